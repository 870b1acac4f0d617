"""What surrounds every request: a limit on its body, headers on its answer, a line in the log."""

import email.message
from collections.abc import Callable
from time import perf_counter
from urllib.parse import quote

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from commandpost.kit.edge import language_of
from commandpost.kit.words import N_, gettext, speaking

MAX_BODY = 1 << 20  # bytes
LONGEST_TYPE = 500  # characters that say what a body is; their reader takes seconds for thousands
POLICY = (
    "default-src 'self'; img-src 'self' data:; connect-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
NOT_UTF8 = N_("Send text as UTF-8; nothing was changed.")
TOO_LARGE = N_("That is more than one request may carry (1 MiB). Nothing was changed; send less.")

Refuse = Callable[[Request, int, str], Response]  # the face of a refusal: for a browser a page

log = structlog.get_logger()


class BodyLimit:
    """Answers 413 for bodies over the limit, whether they announce their size or not."""

    def __init__(self, app: ASGIApp, *, refuse: Refuse, limit: int = MAX_BODY) -> None:
        self._app = app
        self._refuse = refuse
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > self._limit:
            await self._refuse(Request(scope), 413, gettext(TOO_LARGE))(scope, receive, send)
            return
        await self._counted(scope, receive, send)

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        read = 0

        async def counting() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._limit:
                raise HTTPException(413)  # faces.py says the sentence
            return message

        await self._app(scope, counting, send)


class SafeHeaders:
    """Adds the policy that lets a page load only what this server gives."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if not scope["path"].startswith("/static/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


class Languages:
    """Answers in the language of the browser; a viewer's choice is known later, and wins."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with speaking(language_of(HTTPConnection(scope))):
            await self._app(scope, receive, send)


class PlainCookies:
    """Leaves out cookies with a backslash, which none of ours has.

    To undo thousands of them Python takes seconds before 3.11.10, while nobody else is answered.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = scope.get("headers", ())
        if any(name == b"cookie" and b"\\" in value for name, value in headers):
            scope["headers"] = [
                (name, _plain(value) if name == b"cookie" else value) for name, value in headers
            ]
        await self._app(scope, receive, send)


def _plain(cookies: bytes) -> bytes:
    return b";".join(each for each in cookies.split(b";") if b"\\" not in each)


class AccessLog:
    """One structured line for each request: what, how it ended, how long it took."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            took = round((perf_counter() - started) * 1000, 1)
            log.info("request", method=scope["method"], path=_shape(scope), status=status, ms=took)


def _shape(scope: Scope) -> str:
    """Return the address as its route declares it: what stands in it may be a secret.

    The beginning of any other is quoted: a terminal would obey control characters in it.
    """
    shape: str | None = getattr(scope.get("route"), "path", None)
    return shape or f"/{quote(scope['path'].split('/')[1])}"


class OneCharset:
    """Refuses forms in another charset than UTF-8: the parser would believe any that is named."""

    def __init__(self, app: ASGIApp, *, refuse: Refuse) -> None:
        self._app = app
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _is_utf8(Headers(scope=scope).get("content-type", "")):
            await self._app(scope, receive, send)
            return
        await self._refuse(Request(scope), 400, gettext(NOT_UTF8))(scope, receive, send)


def _is_utf8(content_type: str) -> bool:
    if len(content_type) > LONGEST_TYPE:
        return False
    message = email.message.Message()
    message["content-type"] = content_type or "text/plain"
    return (message.get_content_charset() or "utf-8") in {"utf-8", "utf8", "us-ascii"}
