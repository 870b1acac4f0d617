"""The sign-in page, and the way out."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from commandpost.accounts.actions.sign_in import sign_in, sign_out
from commandpost.accounts.aside import aside
from commandpost.accounts.errors import WrongCredentials
from commandpost.accounts.gate import COOKIE, address_of, find_viewer
from commandpost.accounts.openid import provider_of
from commandpost.accounts.passwords import passwords_of
from commandpost.accounts.queries import has_users
from commandpost.accounts.rules import is_local_path
from commandpost.accounts.web.cookie import give_cookie, take_cookie, user_agent_of
from commandpost.kit.edge import Db, database_of
from commandpost.kit.errors import TooMany
from commandpost.kit.words import _
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
    provider: str = ""


@router.get("/sign-in")
def show_sign_in(request: Request, session: Db, next: str = "/") -> Response:  # noqa: A002 - the field's name
    if find_viewer(request, session) is not None:
        return done(local(next))
    return _show(request, local(next), nobody_yet=not has_users(session))


@router.post("/sign-in")
async def sign_in_by_form(
    request: Request,
    username: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002 - the field's name
) -> Response:
    deed = partial(
        sign_in,
        database_of(request),
        username,
        password,
        address=address_of(request),
        user_agent=user_agent_of(request),
        passwords=passwords_of(request.app),
    )
    try:
        secret = await aside(deed)
    except WrongCredentials as refusal:
        return _show(request, local(next), username, refusal.sentence, status=422)
    except TooMany as refusal:
        response = _show(request, local(next), username, refusal.sentence, status=429)
        response.headers["Retry-After"] = str(refusal.retry_after)
        return response
    response = done(local(next))
    give_cookie(request, response, secret)
    return response


@router.post("/sign-out")
def sign_out_by_form(request: Request, session: Db) -> Response:
    sign_out(session, request.cookies.get(COOKIE, ""))
    response = done("/sign-in", _("You are signed out."))
    take_cookie(request, response)
    return response


def local(target: str) -> str:
    """Return where to go after signing in, but never to another site."""
    return target if is_local_path(target) else "/"


def _show(
    request: Request,
    next_page: str,
    username: str = "",
    error: str = "",
    *,
    nobody_yet: bool = False,
    status: int = 200,
) -> Response:
    provider = provider_of(request.app)
    shown = SignInPage(next_page, username, error, nobody_yet, provider.name if provider else "")
    return page(
        request,
        "accounts/sign_in.html",
        page=shown,
        shell=shell(request, _("Sign in")),
        status=status,
    )
