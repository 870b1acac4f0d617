"""Teams and who is in them."""

from sqlalchemy.orm import Session

from commandpost.accounts.actions.may import ask_administrator
from commandpost.accounts.actor import CONSOLE, Actor
from commandpost.accounts.errors import TeamNameTaken
from commandpost.accounts.listening import PEOPLE
from commandpost.accounts.models import Team, TeamMember
from commandpost.accounts.queries import (
    find_team_by_name,
    get_team,
    get_user,
    is_team_member,
    lock_team,
)
from commandpost.accounts.rules import (
    Values,
    change,
    display_name_problem,
    plain_name,
    team_name_problem,
)
from commandpost.kit.clock import now
from commandpost.kit.db import tell
from commandpost.kit.errors import Invalid
from commandpost.kit.ids import TeamId, new_id
from commandpost.kit.text import cleaned
from commandpost.kit.words import N_, _

TEAM_NOUN = N_("The name of a team")


def create_team(
    session: Session, actor: Actor, *, name: str = "", display_name: str = ""
) -> TeamId:
    """Make a team with nobody in it; without a short name one is made from the other."""
    ask_administrator(actor)
    shown = _checked_display_name(display_name or name)
    name = name.strip().lower() or _free_name(session, shown)
    if problem := team_name_problem(name):
        raise Invalid(problem, field="name")
    if find_team_by_name(session, name) is not None:
        raise TeamNameTaken(name)
    team = Team(id=new_id(), name=name, display_name=shown, created_at=now())
    session.add(team)
    session.flush()  # the id, for memberships in the same transaction
    tell(session, PEOPLE)
    return TeamId(team.id)


def join_team_by_name(session: Session, *, name: str, user_id: str) -> TeamId:
    """Put somebody in the team of that name at the console of the server; make it if missing."""
    team = find_team_by_name(session, name.strip().lower())
    team_id = TeamId(team.id) if team else create_team(session, CONSOLE, name=name)
    add_to_team(session, CONSOLE, team_id, user_id)
    return team_id


def change_team(
    session: Session,
    actor: Actor,
    team_id: str,
    *,
    display_name: str | None = None,
    posts_edits: bool | None = None,
    was: Values | None = None,
) -> None:
    """Change what is given; the short name stays, addresses hold it.

    `was` is what the person saw: what another changed since is refused.
    """
    ask_administrator(actor)
    team = lock_team(session, team_id)
    wanted = {
        "display_name": None if display_name is None else _checked_display_name(display_name),
        "posts_edits": posts_edits,
    }
    change(team, wanted, was=was)
    tell(session, PEOPLE, f"team:{team_id}:members")


def add_to_team(session: Session, actor: Actor, team_id: str, user_id: str) -> None:
    """Put somebody in a team; nothing happens when they are in it already."""
    ask_administrator(actor)
    get_team(session, team_id)
    get_user(session, user_id)
    if is_team_member(session, user_id, team_id):
        return
    session.add(TeamMember(team_id=team_id, user_id=user_id, joined_at=now()))
    session.flush()  # the pair of ids, so that queries of the same transaction see it
    tell(session, PEOPLE, f"user:{user_id}", f"team:{team_id}:members")


def remove_from_team(session: Session, actor: Actor, team_id: str, user_id: str) -> None:
    """Take somebody out of a team; nothing happens when they are not in it."""
    ask_administrator(actor)
    get_team(session, team_id)
    get_user(session, user_id)
    member = session.get(TeamMember, (team_id, user_id))
    if member is None:
        return
    session.delete(member)
    tell(session, PEOPLE, f"user:{user_id}", f"team:{team_id}:members")


def _free_name(session: Session, display_name: str) -> str:
    plain = plain_name(display_name)[:56].rstrip("-") or "team"
    candidates = (plain, *(f"{plain}-{number}" for number in range(2, 10_000)))
    return next(name for name in candidates if find_team_by_name(session, name) is None)


def _checked_display_name(typed: str) -> str:
    shown = cleaned(typed)
    if problem := display_name_problem(shown, noun=_(TEAM_NOUN)):
        raise Invalid(problem, field="display_name")
    return shown
