"""Questions that every feature asks: who acts, who people are, which teams they are in."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.errors import TeamNotFound, UserNotFound
from commandpost.accounts.models import SignIn, Team, TeamMember, Token, User
from commandpost.kit.ids import UserId

ACTOR = (User.id, User.username, User.display_name, User.is_admin, User.language)
ADMINISTERS = (User.is_admin.is_(True), User.deactivated_at.is_(None), User.is_bot.is_(False))

# Every request asks by sign-in or by token, past the session. All are built once: to build and key
# a statement costs three times as much as to run it.
IN_FORCE = (
    select(*ACTOR, SignIn.expires_at, SignIn.id)
    .join(SignIn, SignIn.user_id == User.id)
    .where(SignIn.expires_at > bindparam("at"), User.deactivated_at.is_(None))
)
BY_SIGN_IN = IN_FORCE.where(SignIn.id == bindparam("sign_in_id"))
BY_SIGN_INS = IN_FORCE.where(SignIn.id.in_(bindparam("sign_in_ids", expanding=True)))
BY_TOKEN = (
    select(*ACTOR, Token.scope, Token.expires_at)
    .join(Token, Token.user_id == User.id)
    .where(Token.hash == bindparam("token_hash"), User.deactivated_at.is_(None))
)
IS_TEAM_MEMBER = select(
    exists().where(
        TeamMember.user_id == bindparam("user_id"), TeamMember.team_id == bindparam("team_id")
    )
)
POSTS_EDITS = select(Team.posts_edits).where(Team.id == bindparam("team_id"))
TEAM_MEMBERS_AMONG = select(TeamMember.user_id).where(
    TeamMember.team_id == bindparam("team_id"),
    TeamMember.user_id.in_(bindparam("user_ids", expanding=True)),
)


@dataclass(frozen=True, slots=True)
class FoundToken:
    """Who a token stands for, how far and until when."""

    actor: Actor
    scope: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class FoundSession:
    """Who a cookie stands for, and until when."""

    actor: Actor
    expires_at: datetime


def find_actor_by_sign_in(
    session: Session, sign_in_id: str, *, at: datetime
) -> FoundSession | None:
    """Return whose session this is, unless it ran out or they were deactivated."""
    asked = {"sign_in_id": sign_in_id, "at": at}
    row = session.connection().execute(BY_SIGN_IN, asked).first()
    return _found_session(row) if row else None


def find_actors_by_sign_ins(
    session: Session, sign_in_ids: Collection[str], *, at: datetime
) -> dict[str, FoundSession]:
    """Return by session whose it is, as `find_actor_by_sign_in` does for one."""
    asked = {"sign_in_ids": list(sign_in_ids), "at": at}
    rows = session.connection().execute(BY_SIGN_INS, asked)
    return {row[6]: _found_session(row) for row in rows}


def _found_session(row: Sequence[Any]) -> FoundSession:
    return FoundSession(Actor(UserId(row[0]), *row[1:5]), row[5])


def find_actor_by_token(session: Session, token_hash: str, *, at: datetime) -> FoundToken | None:
    """Return whose token this is, unless it ran out or they were deactivated."""
    row = session.connection().execute(BY_TOKEN, {"token_hash": token_hash}).first()
    if row is None or (row.expires_at is not None and row.expires_at <= at):
        return None
    actor = Actor(UserId(row[0]), *row[1:5])
    return FoundToken(actor, row.scope, row.expires_at)


def get_actor(session: Session, user_id: str) -> Actor:
    """Return an active user as one who acts."""
    row = session.execute(
        select(*ACTOR).where(User.id == user_id, User.deactivated_at.is_(None))
    ).first()
    if row is None:
        raise UserNotFound
    return Actor(UserId(row[0]), *row[1:])


def get_user(session: Session, user_id: str) -> User:
    """Return a user, deactivated or not, or a bot."""
    user = session.get(User, user_id)
    if user is None:
        raise UserNotFound
    return user


def lock_user(session: Session, user_id: str) -> User:
    """Return a user whom nobody else changes until the commit."""
    user = session.get(User, user_id, with_for_update=True)
    if user is None:
        raise UserNotFound
    return user


def find_user_by_username(session: Session, username: str) -> User | None:
    """Return the user of that name, deactivated or not, or a bot."""
    return session.scalar(select(User).where(User.username == username))


def count_administrators(session: Session) -> int:
    """Return how many active people administer this server."""
    return session.scalar(select(func.count()).select_from(User).where(*ADMINISTERS)) or 0


def lock_administrators(session: Session) -> Sequence[str]:
    """Return which active people administer this server; that stays so until the commit."""
    return session.scalars(
        select(User.id).where(*ADMINISTERS).order_by(User.id).with_for_update()
    ).all()


def get_team(session: Session, team_id: str) -> Team:
    """Return a team, whoever asks."""
    team = session.get(Team, team_id)
    if team is None:
        raise TeamNotFound
    return team


def lock_team(session: Session, team_id: str) -> Team:
    """Return a team that nobody else changes until the commit."""
    team = session.get(Team, team_id, with_for_update=True)
    if team is None:
        raise TeamNotFound
    return team


def get_team_for(session: Session, viewer: Actor, team_id: str) -> Team:
    """Return a team to its members and to administrators; to others it does not exist."""
    if not may_see_team(session, viewer, team_id):
        raise TeamNotFound
    return get_team(session, team_id)


def may_see_team(session: Session, viewer: Actor, team_id: str) -> bool:
    """Return whether the viewer may know of the team and what belongs to it."""
    return viewer.is_admin or is_team_member(session, viewer.id, team_id)


def posts_edits(session: Session, team_id: str) -> bool:
    """Return whether the team wants checks and edits posted in the channels of its incidents."""
    return bool(session.scalar(POSTS_EDITS, {"team_id": team_id}))


def who_may_see_team(session: Session, viewers: Collection[Actor], team_id: str) -> set[UserId]:
    """Return which of the viewers may know of the team, as `may_see_team` does for one."""
    asked = {"team_id": team_id, "user_ids": [viewer.id for viewer in viewers]}
    members = session.scalars(TEAM_MEMBERS_AMONG, asked)
    return {UserId(each) for each in members} | {each.id for each in viewers if each.is_admin}


def find_team_by_name(session: Session, name: str) -> Team | None:
    """Return the team of that short name."""
    return session.scalar(select(Team).where(Team.name == name))


def list_teams_of(session: Session, user_id: str) -> Sequence[Team]:
    """Return the teams that a user is in, by name."""
    return session.scalars(
        select(Team)
        .join(TeamMember, TeamMember.team_id == Team.id)
        .where(TeamMember.user_id == user_id)
        .order_by(Team.display_name, Team.id)
    ).all()


def list_team_members(session: Session, team_id: str) -> Sequence[User]:
    """Return the active people of a team, by user name, without bots."""
    return session.scalars(
        select(User)
        .join(TeamMember, TeamMember.user_id == User.id)
        .where(TeamMember.team_id == team_id, User.deactivated_at.is_(None), User.is_bot.is_(False))
        .order_by(User.username)
    ).all()


def is_team_member(session: Session, user_id: str, team_id: str) -> bool:
    """Return whether the user is in the team."""
    return bool(session.scalar(IS_TEAM_MEMBER, {"user_id": user_id, "team_id": team_id}))


def has_users(session: Session) -> bool:
    """Return whether anybody has an account."""
    return bool(session.scalar(select(exists().where(User.is_bot.is_(False)))))
