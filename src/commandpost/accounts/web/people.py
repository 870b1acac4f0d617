"""The backstage pages of people: found, added, changed, deactivated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from commandpost.accounts.actions.passwords import make_password_link
from commandpost.accounts.actions.teams import add_to_team
from commandpost.accounts.actions.users import create_user
from commandpost.accounts.gate import Administrator
from commandpost.accounts.models import Team, User
from commandpost.accounts.queries.directory import (
    Shown,
    TeamSize,
    list_team_sizes,
    page_of_users,
    teams_by_user,
)
from commandpost.accounts.web.cookie import show_for_minutes
from commandpost.accounts.web.forms import errors_of
from commandpost.accounts.web.person import person_address
from commandpost.kit.edge import Db
from commandpost.kit.errors import Conflict, Invalid
from commandpost.kit.paging import DEFAULT_PER_PAGE, PageRequest
from commandpost.kit.words import _
from commandpost.ui.files import csv_file
from commandpost.ui.render import fragment, page, wants_fragment
from commandpost.ui.shell import done, shell

router = APIRouter(prefix="/backstage/people")

PEOPLE = "accounts/people.html"
EXPORTED = 100_000
COLUMNS = ("username", "name", "email", "administrator", "teams", "added", "deactivated")


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person as the list shows them."""

    id: str
    username: str
    display_name: str
    email: str
    is_admin: bool
    created_at: datetime
    deactivated_at: datetime | None
    teams: Sequence[Team]


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """What people.html shows."""

    lines: Sequence[PersonLine]
    search: str
    shown: str
    page: int
    page_count: int
    total: int
    previous_href: str
    next_href: str
    csv_href: str
    live_href: str


@dataclass(frozen=True, slots=True)
class NewPersonPage:
    """What new_person.html shows; what was typed stays."""

    teams: Sequence[TeamSize]
    username: str = ""
    display_name: str = ""
    email: str = ""
    team_id: str = ""
    is_admin: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)


@router.get("")
def show_people(
    request: Request,
    session: Db,
    _actor: Administrator,
    search: Annotated[str, Query(max_length=200)] = "",
    shown: Shown = Shown.ACTIVE,
    page_number: Annotated[int, Query(alias="page", ge=0, le=1_000_000)] = 0,
) -> Response:
    found = page_of_users(
        session, PageRequest(page_number, DEFAULT_PER_PAGE), search=search, shown=shown
    )
    asked = {"search": search, "shown": shown.value}
    context = PeoplePage(
        lines=_lines(session, found.items),
        search=search,
        shown=shown,
        page=page_number,
        page_count=found.page_count,
        total=found.total_count,
        previous_href=_address(asked, page_number - 1) if page_number else "",
        next_href=_address(asked, page_number + 1) if found.has_more else "",
        csv_href=f"/backstage/people.csv?{urlencode(asked)}",
        live_href=_address(asked, page_number),
    )
    if wants_fragment(request):
        return fragment(request, PEOPLE, "people_list", page=context)
    return page(request, PEOPLE, page=context, shell=shell(request, _("People")))


@router.get(".csv")
def export_people(
    session: Db,
    _actor: Administrator,
    search: Annotated[str, Query(max_length=200)] = "",
    shown: Shown = Shown.ACTIVE,
) -> Response:
    found = page_of_users(session, PageRequest(0, EXPORTED), search=search, shown=shown)
    rows = (
        (
            line.username,
            line.display_name,
            line.email,
            line.is_admin,
            " ".join(team.name for team in line.teams),
            line.created_at,
            line.deactivated_at,
        )
        for line in _lines(session, found.items)
    )
    return csv_file("people", COLUMNS, rows)


@router.get("/new")
def show_new_person(
    request: Request, session: Db, _actor: Administrator, team_id: str = ""
) -> Response:
    teams = list_team_sizes(session)
    chosen = team_id or (teams[0].id if len(teams) == 1 else "")
    return _show_new(request, NewPersonPage(teams, team_id=chosen))


@router.post("")
def add_person(
    request: Request,
    session: Db,
    actor: Administrator,
    username: Annotated[str, Form()] = "",
    display_name: Annotated[str, Form()] = "",
    email: Annotated[str, Form()] = "",
    team_id: Annotated[str, Form()] = "",
    is_admin: Annotated[bool, Form()] = False,  # noqa: FBT002 - a checkbox
) -> Response:
    try:
        user_id = create_user(
            session,
            actor,
            username=username,
            display_name=display_name,
            email=email,
            is_admin=is_admin,
        )
    except (Invalid, Conflict) as refusal:
        session.rollback()
        typed = NewPersonPage(
            list_team_sizes(session),
            username,
            display_name,
            email,
            team_id,
            is_admin,
            errors_of(refusal),
        )
        return _show_new(request, typed, status=refusal.form_status)
    if team_id:
        add_to_team(session, actor, team_id, user_id)
    secret = make_password_link(session, actor, user_id)
    return show_for_minutes(request, done(person_address(user_id)), secret)


def _address(asked: Mapping[str, str], number: int) -> str:
    return f"/backstage/people?{urlencode({**asked, 'page': number})}"


def _lines(session: Session, users: Sequence[User]) -> list[PersonLine]:
    teams = teams_by_user(session, [user.id for user in users])
    return [
        PersonLine(
            id=user.id,
            username=user.username,
            display_name=user.display_name,
            email=user.email,
            is_admin=user.is_admin,
            created_at=user.created_at,
            deactivated_at=user.deactivated_at,
            teams=teams[user.id],
        )
        for user in users
    ]


def _show_new(request: Request, shown: NewPersonPage, *, status: int = 200) -> Response:
    return page(
        request,
        "accounts/new_person.html",
        page=shown,
        shell=shell(request, _("Add somebody")),
        status=status,
    )
