"""The page behind a password link."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from commandpost.accounts.actions.passwords import set_password_by_link
from commandpost.accounts.aside import aside
from commandpost.accounts.errors import LinkExpired
from commandpost.accounts.passwords import passwords_of
from commandpost.accounts.queries import get_user
from commandpost.accounts.queries.secrets import find_reset
from commandpost.accounts.rules import secret_hash
from commandpost.accounts.web.cookie import give_cookie, user_agent_of
from commandpost.kit.clock import now
from commandpost.kit.edge import Db, database_of
from commandpost.kit.errors import Invalid
from commandpost.kit.words import _
from commandpost.ui.render import page
from commandpost.ui.shell import done, shell

router = APIRouter()


@dataclass(frozen=True, slots=True)
class PasswordLinkPage:
    """What password_link.html shows."""

    secret: str
    username: str
    error: str = ""


@router.get("/password/{secret}")
def show_password_link(request: Request, session: Db, secret: str) -> Response:
    return _show(request, session, secret)


@router.post("/password/{secret}")
async def set_password_by_form(
    request: Request, secret: str, password: Annotated[str, Form()] = ""
) -> Response:
    deed = partial(
        set_password_by_link,
        database_of(request),
        secret,
        password,
        user_agent=user_agent_of(request),
        passwords=passwords_of(request.app),
    )
    try:
        cookie = await aside(deed)
    except Invalid as refusal:
        return await aside(partial(_refused, request, secret, refusal.sentence))
    response = done("/", _("Your password is set, and you are signed in."))
    give_cookie(request, response, cookie)
    return response


def _refused(request: Request, secret: str, sentence: str) -> Response:
    with database_of(request).reading() as session:
        return _show(request, session, secret, error=sentence, status=422)


def _show(
    request: Request, session: Session, secret: str, *, error: str = "", status: int = 200
) -> Response:
    link = find_reset(session, secret_hash(secret), at=now())
    if link is None:
        raise LinkExpired
    shown = PasswordLinkPage(secret, get_user(session, link.user_id).username, error)
    return page(
        request,
        "accounts/password_link.html",
        page=shown,
        shell=shell(request, _("Choose a password")),
        status=status,
    )
