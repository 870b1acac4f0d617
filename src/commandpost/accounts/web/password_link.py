"""The page behind a password link."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from commandpost.accounts.actions.passwords import set_password_by_link
from commandpost.accounts.actions.sign_in import start_session
from commandpost.accounts.errors import LinkExpired
from commandpost.accounts.passwords import passwords_of
from commandpost.accounts.queries import get_user
from commandpost.accounts.queries.secrets import find_reset
from commandpost.accounts.rules import secret_hash
from commandpost.accounts.web.cookie import give_cookie, user_agent_of
from commandpost.kit.clock import now
from commandpost.kit.edge import Db
from commandpost.kit.errors import Invalid
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
def set_password_by_form(
    request: Request, session: Db, secret: str, password: Annotated[str, Form()] = ""
) -> Response:
    try:
        user_id = set_password_by_link(
            session, secret, password, passwords=passwords_of(request.app)
        )
    except Invalid as refusal:
        session.rollback()
        return _show(request, session, secret, error=refusal.sentence, status=422)
    response = done("/", "Your password is set, and you are signed in.")
    cookie = start_session(session, user_id, user_agent=user_agent_of(request))
    give_cookie(request, response, cookie)
    return response


def _show(
    request: Request, session: Db, secret: str, *, error: str = "", status: int = 200
) -> Response:
    link = find_reset(session, secret_hash(secret), at=now())
    if link is None:
        raise LinkExpired
    shown = PasswordLinkPage(secret, get_user(session, link.user_id).username, error)
    return page(
        request,
        "accounts/password_link.html",
        page=shown,
        shell=shell(request, "Choose a password"),
        status=status,
    )
