"""Every question about users, teams and who may see them."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.models import SignIn, TeamMember, Token, User
from commandpost.kit.ids import UserId

ACTOR = (User.id, User.username, User.display_name, User.is_admin)


def find_actor_by_sign_in(session: Session, sign_in_id: str, *, at: datetime) -> Actor | None:
    """Return whose session this is, unless it ran out or they were deactivated."""
    row = session.execute(
        select(*ACTOR)
        .join(SignIn, SignIn.user_id == User.id)
        .where(SignIn.id == sign_in_id, SignIn.expires_at > at, User.deactivated_at.is_(None))
    ).first()
    return Actor(UserId(row[0]), *row[1:]) if row else None


def find_actor_by_token(
    session: Session, token_hash: str, *, at: datetime
) -> tuple[Actor, str] | None:
    """Return whose token this is and its scope, unless it ran out or they were deactivated."""
    row = session.execute(
        select(*ACTOR, Token.scope, Token.expires_at)
        .join(Token, Token.user_id == User.id)
        .where(Token.hash == token_hash, User.deactivated_at.is_(None))
    ).first()
    if row is None or (row.expires_at is not None and row.expires_at <= at):
        return None
    return Actor(UserId(row.id), row.username, row.display_name, row.is_admin), row.scope


def is_team_member(session: Session, user_id: str, team_id: str) -> bool:
    """Return whether the user is in the team."""
    member = exists().where(TeamMember.user_id == user_id, TeamMember.team_id == team_id)
    return bool(session.scalar(select(member)))
