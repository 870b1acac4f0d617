"""Questions that administrators ask: all people and teams, searched and paged."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.errors import NoTeamYet
from commandpost.accounts.models import Team, TeamMember, User
from commandpost.accounts.queries import get_team_for, list_teams_of
from commandpost.kit.paging import MAX_PER_PAGE, Page, PageRequest

T = TypeVar("T")


class Shown(StrEnum):
    """Which people a list shows."""

    ACTIVE = "active"
    DEACTIVATED = "deactivated"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class TeamSize:
    """A team and how many active people are in it."""

    id: str
    name: str
    display_name: str
    members: int


def page_of_users(
    session: Session, request: PageRequest, *, search: str = "", shown: Shown = Shown.ACTIVE
) -> Page[User]:
    """Return a page of people by user name; the search looks into names and addresses."""
    asked = select(User).where(User.is_bot.is_(False))
    if shown is not Shown.ALL:
        asked = asked.where(User.deactivated_at.is_(None) == (shown is Shown.ACTIVE))
    for word in search.replace("\x00", " ").split():
        asked = asked.where(_holds(word))
    return _page(session, asked.order_by(User.username), request)


def _holds(word: str) -> ColumnElement[bool]:
    return or_(
        *(
            column.icontains(word, autoescape=True)
            for column in (User.username, User.display_name, User.email)
        )
    )


def teams_by_user(session: Session, user_ids: Sequence[str]) -> dict[str, list[Team]]:
    """Return the teams of each of these users, by name."""
    rows = session.execute(
        select(TeamMember.user_id, Team)
        .join(Team, Team.id == TeamMember.team_id)
        .where(TeamMember.user_id.in_(user_ids))
        .order_by(Team.display_name, Team.id)
    )
    found: dict[str, list[Team]] = {user_id: [] for user_id in user_ids}
    for user_id, team in rows:
        found[user_id].append(team)
    return found


def list_team_sizes(session: Session) -> list[TeamSize]:
    """Return every team by name, with how many active people are in it."""
    is_person = and_(
        User.id == TeamMember.user_id, User.deactivated_at.is_(None), User.is_bot.is_(False)
    )
    rows = session.execute(
        select(Team.id, Team.name, Team.display_name, func.count(User.id))
        .outerjoin(TeamMember, TeamMember.team_id == Team.id)
        .outerjoin(User, is_person)
        .group_by(Team.id, Team.name, Team.display_name)
        .order_by(Team.display_name, Team.id)
    )
    return [TeamSize(*row) for row in rows]


def page_of_teams(session: Session, viewer: Actor, request: PageRequest) -> Page[Team]:
    """Return a page of the viewer's teams by name; of all teams to an administrator."""
    asked = select(Team)
    if not viewer.is_admin:
        asked = asked.join(TeamMember, TeamMember.team_id == Team.id).where(
            TeamMember.user_id == viewer.id
        )
    return _page(session, asked.order_by(Team.display_name, Team.id), request)


def choose_team(session: Session, viewer: Actor, team_id: str) -> tuple[Team, Sequence[Team]]:
    """Return the team that an address names, else the viewer's first; and all to choose among.

    Administrators choose among all there are.
    """
    own = list_teams_of(session, viewer.id)
    teams = own
    if viewer.is_admin:
        teams = page_of_teams(session, viewer, PageRequest(0, MAX_PER_PAGE)).items
    if team_id:
        return get_team_for(session, viewer, team_id), teams
    if not teams:
        raise NoTeamYet
    return (own or teams)[0], teams


def page_of_members(session: Session, team_id: str, request: PageRequest) -> Page[User]:
    """Return a page of the active people of a team, by user name."""
    asked = (
        select(User)
        .join(TeamMember, TeamMember.user_id == User.id)
        .where(TeamMember.team_id == team_id, User.deactivated_at.is_(None), User.is_bot.is_(False))
    )
    return _page(session, asked.order_by(User.username), request)


def _page(session: Session, asked: Select[T], request: PageRequest) -> Page[T]:
    total = session.scalar(select(func.count()).select_from(asked.order_by(None).subquery())) or 0
    items = session.scalars(asked.offset(request.offset).limit(request.per_page)).all()
    return Page(items, total, request)
