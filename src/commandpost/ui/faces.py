"""One error, three faces: a page, a fragment, JSON. Chat commands add the ephemeral line."""

from dataclasses import dataclass
from http import HTTPStatus
from traceback import extract_tb
from urllib.parse import urlsplit

import structlog
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException

from commandpost.kit.edge import language_of
from commandpost.kit.errors import AppError, TooMany, Unauthenticated
from commandpost.kit.words import N_, _, gettext, speaking
from commandpost.ui.methods import methods_of
from commandpost.ui.problems import problem_of
from commandpost.ui.render import Shell, by_htmx, fragment, page, wants_fragment
from commandpost.ui.shell import theme_of

log = structlog.get_logger()

SENTENCES = {
    400: N_(
        "What was sent can't be read: it is damaged, or has more parts than any form here. "
        "Nothing was changed; go back and send less."
    ),
    404: N_("There is nothing at this address. Check it, or go back to where you came from."),
    405: N_(
        "This address does not take that method. See the documentation at /api/v1/openapi.json."
    ),
    413: N_("That is more than one request may carry (1 MiB). Send less at once."),
}
TITLES = (  # as HTTP calls them; here so that they are in the catalogues
    N_("Bad Request"),
    N_("Unauthorized"),
    N_("Forbidden"),
    N_("Not Found"),
    N_("Method Not Allowed"),
    N_("Conflict"),
    N_("Request Entity Too Large"),
    N_("Content Too Large"),  # the same, as newer Pythons say it
    N_("Unprocessable Entity"),
    N_("Unprocessable Content"),
    N_("Too Many Requests"),
    N_("Internal Server Error"),
    N_("Bad Gateway"),
    N_("Service Unavailable"),
)
UNSTORABLE = N_(
    "Something in it can't be stored (a NUL character, or a number that is too large). "
    "Nothing was changed; take it out and try again."
)
MEANWHILE = N_(
    "Somebody did the same, or changed it, in the same instant. Nothing of yours was kept; look at "
    "how it is now and try again."
)
BUSY = N_(
    "The database is busy or out of reach. Nothing was changed; wait a few seconds and try again."
)
BROKEN = N_(
    "Something broke on our side. Nothing was changed; try again, and tell an administrator."
)


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What error.html shows."""

    status: int
    title: str
    sentence: str
    back: str  # the page of this site that led here; empty: none that may be shown again


def add_faces(app: Starlette) -> None:
    """Turn every exception into a sentence with the right status."""
    app.add_exception_handler(AppError, _app_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(DataError, _data_error)
    app.add_exception_handler(IntegrityError, _integrity_error)
    app.add_exception_handler(OperationalError, _operational_error)
    app.add_exception_handler(Exception, _unexpected)


def face(request: Request, status: int, sentence: str, details: object = None) -> Response:
    """Answer with the face that the caller can read."""
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": sentence, "details": details}, status_code=status)
    title = gettext(HTTPStatus(status).phrase)
    context = ErrorPage(status, title, sentence, _page_before(request))
    if wants_fragment(request):
        return fragment(request, "error.html", "error_message", page=context, status=status)
    wrapping = Shell(context.title, theme=theme_of(request))
    return page(request, "error.html", page=context, shell=wrapping, status=status)


def _page_before(request: Request) -> str:
    """Return the page on which the form stands that was refused, to be shown as it is now."""
    try:
        before = urlsplit(request.headers.get("referer", ""))
    except ValueError:  # no address at all
        return ""
    is_ours = before.netloc == request.url.netloc and not before.path.startswith("//")
    if request.method == "GET" or not is_ours or before.path in {"", request.url.path}:
        return ""
    return before._replace(scheme="", netloc="", fragment="").geturl()


def _app_error(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, AppError)  # noqa: S101 - registered for this class alone
    if isinstance(exc, Unauthenticated) and _is_page(request):
        return to_sign_in(request)
    response = face(
        request, exc.form_status if _is_page(request) else exc.status, exc.sentence, exc.details
    )
    if isinstance(exc, TooMany):
        response.headers["Retry-After"] = str(exc.retry_after)
    if isinstance(exc, Unauthenticated):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _is_page(request: Request) -> bool:
    return not request.url.path.startswith("/api/")


def to_sign_in(request: Request) -> Response:
    """Send somebody to sign in and then back to what they asked for."""
    target = request.url.path if request.method == "GET" and not wants_fragment(request) else "/"
    address = f"/sign-in?next={target}" if target != "/" else "/sign-in"
    if wants_fragment(request) or (by_htmx(request) and request.method != "GET"):
        # not a page: what was typed is not taken for sent
        return HTMLResponse("", status_code=401, headers={"HX-Redirect": address})
    return RedirectResponse(address, status_code=303)


def _validation_error(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, RequestValidationError)  # noqa: S101 - registered for this class alone
    details = [
        {"field": ".".join(str(part) for part in error["loc"][1:]), "problem": problem_of(error)}
        for error in exc.errors()
    ]
    first = details[0] if details else {"field": "", "problem": "unreadable"}
    where = f"“{first['field']}”: " if first["field"] else ""
    sentence = _(
        "What was sent can't be used. %(where)s%(problem)s. Nothing was changed.",
        where=where,
        problem=first["problem"],
    )
    return face(request, 422, sentence, details)


def _http_error(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, HTTPException)  # noqa: S101 - registered for this class alone
    response = face(
        request, exc.status_code, gettext(SENTENCES.get(exc.status_code, str(exc.detail)))
    )
    response.headers.update(exc.headers or {})
    if exc.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = methods_of(request)  # of all its routes, not of the first
    return response


def _data_error(request: Request, _exc: Exception) -> Response:
    """Answer for what no database stores: PostgreSQL refuses NUL and numbers that are too large."""
    return face(request, 400, _(UNSTORABLE))


def _integrity_error(request: Request, _exc: Exception) -> Response:
    """Answer the slower of two that did the same in the same instant."""
    return face(request, 409, _(MEANWHILE))


def _operational_error(request: Request, exc: Exception) -> Response:
    """Answer while the database is busy or out of reach: later it may work."""
    log.error("database error", path=_shape(request), error=type(exc).__name__)
    response = face(request, 503, _(BUSY))
    response.headers["Retry-After"] = "5"
    return response


def _shape(request: Request) -> str:
    """Return the address as its route declares it: what stands in it may be a secret."""
    shape: str | None = getattr(request.scope.get("route"), "path", None)
    return shape or "unknown"


def _unexpected(request: Request, exc: Exception) -> Response:
    # what the exception says may hold what a user wrote: the log gets its kind and its place only
    places = [f"{frame.filename}:{frame.lineno}" for frame in extract_tb(exc.__traceback__)[-3:]]
    log.error("unexpected error", path=_shape(request), error=type(exc).__name__, places=places)
    with speaking(language_of(request)):  # what surrounds requests has been left already
        return face(request, 500, _(BROKEN))
