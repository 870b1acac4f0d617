"""The backstage pages of teams and who is in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from commandpost.accounts.actions.teams import (
    add_to_team,
    change_team,
    create_team,
    remove_from_team,
)
from commandpost.accounts.errors import ChangedMeanwhile
from commandpost.accounts.gate import Administrator
from commandpost.accounts.models import User
from commandpost.accounts.queries import find_user_by_username, get_team, list_team_members
from commandpost.accounts.queries.directory import TeamSize, list_team_sizes
from commandpost.accounts.rules import Values, fold_username
from commandpost.accounts.web.forms import Seen, SeenChecked, errors_of, seen
from commandpost.kit.edge import Db
from commandpost.kit.errors import AppError, Conflict, Invalid
from commandpost.kit.words import _
from commandpost.ui.files import csv_file
from commandpost.ui.render import fragment, page, wants_fragment
from commandpost.ui.shell import done, shell

router = APIRouter(prefix="/backstage/people/teams")

TEAMS, TEAM = "accounts/teams.html", "accounts/team.html"


@dataclass(frozen=True, slots=True)
class TeamsPage:
    """What teams.html shows; what was typed stays."""

    teams: Sequence[TeamSize]
    display_name: str = ""
    name: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TeamPage:
    """What team.html shows; what was typed stays."""

    id: str
    name: str
    display_name: str
    posts_edits: bool
    was: Values
    members: Sequence[User]
    username: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@router.get("")
def show_teams(request: Request, session: Db, _actor: Administrator) -> Response:
    return _show_teams(request, TeamsPage(list_team_sizes(session)))


@router.get(".csv")
def export_teams(session: Db, _actor: Administrator) -> Response:
    rows = [(team.name, team.display_name, team.members) for team in list_team_sizes(session)]
    return csv_file("teams", ("short_name", "name", "people"), rows)


@router.post("")
def add_team(
    request: Request,
    session: Db,
    actor: Administrator,
    display_name: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
) -> Response:
    try:
        team_id = create_team(session, actor, name=name, display_name=display_name)
    except (Invalid, Conflict) as refusal:
        session.rollback()
        typed = TeamsPage(list_team_sizes(session), display_name, name, errors_of(refusal))
        return _show_teams(request, typed, status=refusal.form_status)
    return done(_address(team_id), _("The team is there. Add people to it."))


@router.get("/{team_id}")
def show_team(request: Request, session: Db, _actor: Administrator, team_id: str) -> Response:
    return _show_team(request, session, team_id)


@router.post("/{team_id}")
def change_team_by_form(
    request: Request,
    session: Db,
    actor: Administrator,
    team_id: str,
    display_name: Annotated[str, Form()] = "",
    posts_edits: Annotated[bool, Form()] = False,  # noqa: FBT002 - a checkbox
    was_display_name: Seen = (),
    was_posts_edits: SeenChecked = None,
) -> Response:
    was = {"display_name": seen(was_display_name), "posts_edits": was_posts_edits}
    try:
        change_team(
            session, actor, team_id, display_name=display_name, posts_edits=posts_edits, was=was
        )
    except (Invalid, ChangedMeanwhile) as refusal:
        session.rollback()
        typed = (display_name, posts_edits)
        return _show_team(request, session, team_id, typed=typed, refusal=refusal)
    return done(_address(team_id), _("Saved."))


@router.get("/{team_id}/members.csv")
def export_members(session: Db, _actor: Administrator, team_id: str) -> Response:
    team = get_team(session, team_id)
    members = list_team_members(session, team_id)
    rows = [(user.username, user.display_name, user.email) for user in members]
    return csv_file(f"people of {team.name}", ("username", "name", "email"), rows)


@router.post("/{team_id}/members")
def add_member(
    request: Request,
    session: Db,
    actor: Administrator,
    team_id: str,
    username: Annotated[str, Form()] = "",
) -> Response:
    get_team(session, team_id)
    user = find_user_by_username(session, fold_username(username).removeprefix("@"))
    if user is None or user.is_bot:
        refusal = Invalid(_("Nobody has this user name. Add them under People."), field="username")
        return _show_team(request, session, team_id, username=username, refusal=refusal)
    add_to_team(session, actor, team_id, user.id)
    return done(
        _address(team_id), _("%(display_name)s is in the team.", display_name=user.display_name)
    )


@router.post("/{team_id}/members/{user_id}/remove")
def remove_member(session: Db, actor: Administrator, team_id: str, user_id: str) -> Response:
    remove_from_team(session, actor, team_id, user_id)
    return done(_address(team_id), _("They are no longer in the team."))


def _address(team_id: str) -> str:
    return f"/backstage/people/teams/{team_id}"


def _show_teams(request: Request, shown: TeamsPage, *, status: int = 200) -> Response:
    if request.method == "GET" and wants_fragment(request):
        return fragment(request, TEAMS, "team_list", page=shown)
    return page(
        request,
        TEAMS,
        page=shown,
        shell=shell(request, _("Teams")),
        status=status,
    )


def _show_team(
    request: Request,
    session: Session,
    team_id: str,
    *,
    username: str = "",
    typed: tuple[str, bool] | None = None,
    refusal: AppError | None = None,
) -> Response:
    team = get_team(session, team_id)
    members = list_team_members(session, team_id)
    display_name, posts_edits = typed or (team.display_name, team.posts_edits)
    shown = TeamPage(
        id=team.id,
        name=team.name,
        display_name=display_name,
        posts_edits=posts_edits,
        was={"display_name": team.display_name, "posts_edits": team.posts_edits},
        members=members,
        username=username,
        errors=errors_of(refusal) if refusal else {},
    )
    if request.method == "GET" and wants_fragment(request):
        return fragment(request, TEAM, "team_members", page=shown)
    return page(
        request,
        TEAM,
        page=shown,
        shell=shell(request, team.display_name),
        status=refusal.form_status if refusal else 200,
    )
