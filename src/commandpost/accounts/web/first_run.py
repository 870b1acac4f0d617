"""The first-run page: whoever reads the console makes the first administrator."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from commandpost.accounts.actions.first_run import ask_setup_token, set_up
from commandpost.accounts.aside import aside
from commandpost.accounts.passwords import passwords_of
from commandpost.accounts.web.cookie import give_cookie, user_agent_of
from commandpost.accounts.web.forms import errors_of
from commandpost.kit.edge import Db, database_of
from commandpost.kit.errors import Conflict, Invalid
from commandpost.kit.words import _
from commandpost.ui.render import page
from commandpost.ui.shell import done, shell

router = APIRouter()


@dataclass(frozen=True, slots=True)
class FirstRunPage:
    """What first_run.html shows; what was typed stays, but for the password."""

    token: str
    username: str = ""
    display_name: str = ""
    team_name: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@router.get("/setup")
def show_first_run(request: Request, session: Db, token: str = "") -> Response:
    ask_setup_token(session, token)
    return _show(request, FirstRunPage(token))


@router.post("/setup")
async def set_up_by_form(
    request: Request,
    token: Annotated[str, Form()] = "",
    username: Annotated[str, Form()] = "",
    display_name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    team_name: Annotated[str, Form()] = "",
) -> Response:
    deed = partial(
        set_up,
        database_of(request),
        token,
        username=username,
        display_name=display_name,
        password=password,
        team_name=team_name,
        user_agent=user_agent_of(request),
        passwords=passwords_of(request.app),
    )
    try:
        secret = await aside(deed)
    except (Invalid, Conflict) as refusal:
        typed = FirstRunPage(token, username, display_name, team_name, errors_of(refusal))
        return _show(request, typed, status=refusal.form_status)
    response = done(
        "/#sidebar", _("Welcome. You administer this server.")
    )  # where the first steps are
    give_cookie(request, response, secret)
    return response


def _show(request: Request, shown: FirstRunPage, *, status: int = 200) -> Response:
    return page(
        request,
        "accounts/first_run.html",
        page=shown,
        shell=shell(request, _("Set up Commandpost")),
        status=status,
    )
