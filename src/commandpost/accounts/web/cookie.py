"""The session cookie: how it is given to a browser and taken back."""

from fastapi import Request, Response

from commandpost.accounts.gate import COOKIE

KEPT = 400 * 86_400  # what browsers allow at most; the server ends it after 30 days without use


def is_secure(request: Request) -> bool:
    """Return whether people see this site by https, and cookies may say so."""
    return str(request.app.state.settings.site()).startswith("https:")


def give_cookie(request: Request, response: Response, secret: str) -> None:
    """Let the browser send this secret with each request to this site, and scripts never see it."""
    response.set_cookie(
        COOKIE, secret, max_age=KEPT, httponly=True, samesite="lax", secure=is_secure(request)
    )


def take_cookie(request: Request, response: Response) -> None:
    """Let the browser forget it."""
    response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=is_secure(request))


def user_agent_of(request: Request) -> str:
    """Return what the browser calls itself, shown in the list of sessions."""
    return request.headers.get("user-agent", "")
