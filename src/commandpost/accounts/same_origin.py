"""Keeps other sites from acting with our visitors' cookies: an ASGI wrapper around the product."""

from urllib.parse import urlsplit

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from commandpost.accounts.gate import COOKIE
from commandpost.kit.edge import SAFE_METHODS
from commandpost.kit.words import N_, _
from commandpost.ui.faces import face

OWN = frozenset({"same-origin", "none"})
REFUSED = N_(
    "This came from another site, so nothing was changed. Open the page on this site and try again."
)


class SameOrigin:
    """Refuses unsafe requests that a browser sent from elsewhere; bearer requests are exempt."""

    def __init__(self, app: ASGIApp, *, site_url: str) -> None:
        self._app = app
        self._site = _origin(site_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._is_fine(request := Request(scope)):
            await self._app(scope, receive, send)
            return
        await face(request, 403, _(REFUSED))(scope, receive, send)

    def _is_fine(self, request: Request) -> bool:
        headers = request.headers
        if request.method in SAFE_METHODS:
            return True
        if headers.get("authorization", "").lower().startswith("bearer "):
            return True  # no browser adds this by itself, as it may with a cookie or Basic
        if fetched_from := headers.get("sec-fetch-site"):
            return fetched_from in OWN
        if origin := headers.get("origin"):
            return self._is_own(origin, request)
        return COOKIE not in request.cookies

    def _is_own(self, address: str, request: Request) -> bool:
        origin = _origin(address)
        asked = _origin(f"{request.url.scheme}://{request.headers.get('host', '')}")
        return origin is not None and origin in {self._site, asked}


def _origin(address: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port, the port of the scheme filled in; none for `null`."""
    try:
        parts = urlsplit(address)
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    except (ValueError, KeyError):
        return None
    return parts.scheme, (parts.hostname or "").lower(), port
