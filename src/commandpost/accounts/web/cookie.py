"""Cookies: the one of a session, given to a browser and taken back, and the one of a new secret."""

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from commandpost.accounts.gate import COOKIE

SHOWN = "commandpost_shown"
SHOWN_MINUTES = 5
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


def show_for_minutes(request: Request, response: RedirectResponse, secret: str) -> Response:
    """Let the page that a redirect leads to show a new secret, and again when it is reloaded.

    Here we keep its hash alone; the browser, which is to show it, sends it back to that page only.
    """
    response.set_cookie(
        SHOWN,
        secret,
        max_age=SHOWN_MINUTES * 60,
        path=response.headers["location"],
        httponly=True,
        samesite="strict",
        secure=is_secure(request),
    )
    return response


def shown_secret(request: Request) -> str:
    """Return the secret to show on this page, if one was made a moment ago; it may be used up."""
    return request.cookies.get(SHOWN, "")
