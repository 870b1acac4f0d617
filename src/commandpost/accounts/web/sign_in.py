"""The sign-in page, and the way out."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from commandpost.accounts.actions.sign_in import sign_in, sign_out
from commandpost.accounts.errors import WrongCredentials
from commandpost.accounts.gate import COOKIE, find_viewer
from commandpost.accounts.passwords import passwords_of
from commandpost.accounts.queries import has_users
from commandpost.accounts.rules import is_local_path
from commandpost.accounts.web.cookie import address_of, give_cookie, take_cookie, user_agent_of
from commandpost.kit.errors import AppError, TooMany
from commandpost.kit.web import Db, database_of
from commandpost.ui.render import page
from commandpost.ui.shell import done, shell

router = APIRouter()


@dataclass(frozen=True, slots=True)
class SignInPage:
    """What sign_in.html shows; what was typed stays, but for the password."""

    next: str
    username: str = ""
    error: str = ""
    nobody_yet: bool = False


@router.get("/sign-in")
def show_sign_in(request: Request, session: Db, next: str = "/") -> Response:  # noqa: A002 - the field's name
    if find_viewer(request, session) is not None:
        return done(local(next))
    return _show(request, SignInPage(local(next), nobody_yet=not has_users(session)))


@router.post("/sign-in")
def sign_in_by_form(
    request: Request,
    username: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002 - the field's name
) -> Response:
    try:
        secret = sign_in(
            database_of(request),
            username,
            password,
            address=address_of(request),
            user_agent=user_agent_of(request),
            passwords=passwords_of(request.app),
        )
    except (WrongCredentials, TooMany) as refusal:
        return _refused(request, SignInPage(local(next), username, refusal.sentence), refusal)
    response = done(local(next))
    give_cookie(request, response, secret)
    return response


@router.post("/sign-out")
def sign_out_by_form(request: Request, session: Db) -> Response:
    sign_out(session, request.cookies.get(COOKIE, ""))
    response = done("/sign-in", "You are signed out.")
    take_cookie(request, response)
    return response


def local(target: str) -> str:
    """Return where to go after signing in, but never to another site."""
    return target if is_local_path(target) else "/"


def _refused(request: Request, shown: SignInPage, refusal: AppError) -> Response:
    if not isinstance(refusal, TooMany):
        return _show(request, shown, status=422)
    response = _show(request, shown, status=429)
    response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def _show(request: Request, shown: SignInPage, *, status: int = 200) -> Response:
    return page(
        request,
        "accounts/sign_in.html",
        page=shown,
        shell=shell(request, "Sign in"),
        status=status,
    )
