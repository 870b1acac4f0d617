"""Questions about what lets somebody in: passwords, tries, sessions, tokens, links, identities."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from commandpost.accounts.errors import TokenNotFound, WrongCredentials
from commandpost.accounts.models import Identity, PasswordReset, SignIn, SignInFailure, Token, User
from commandpost.accounts.queries import lock_user
from commandpost.accounts.rules import fold_username
from commandpost.kit.ids import UserId


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a password is checked against; the hash is empty for those who have none."""

    user_id: UserId
    password_hash: str


def find_credentials(session: Session, username: str) -> Credentials | None:
    """Return what to check the password of an active person against."""
    row = session.execute(
        select(User.id, User.password_hash).where(
            User.username == fold_username(username),
            User.deactivated_at.is_(None),
            User.is_bot.is_(False),
        )
    ).first()
    return Credentials(UserId(row.id), row.password_hash) if row else None


def lock_proven(session: Session, proven: Credentials) -> User:
    """Return who proved a password; refuse if it was changed, or they were deactivated, since."""
    user = lock_user(session, proven.user_id)
    if not user.is_active or user.password_hash != proven.password_hash:
        raise WrongCredentials
    return user


def oldest_of_too_many_tries(session: Session, subject: str, allowed: int) -> datetime | None:
    """Return the oldest of the last `allowed` tries, if there were so many."""
    return session.scalar(
        select(SignInFailure.at)
        .where(SignInFailure.subject == subject)
        .order_by(SignInFailure.at.desc(), SignInFailure.id)
        .offset(allowed - 1)
        .limit(1)
    )


def list_sessions(session: Session, user_id: str, *, at: datetime) -> Sequence[SignIn]:
    """Return the sessions of a user that are good, the last used first."""
    return session.scalars(
        select(SignIn)
        .where(SignIn.user_id == user_id, SignIn.expires_at > at)
        .order_by(SignIn.expires_at.desc(), SignIn.id)
    ).all()


def list_tokens(session: Session, user_id: str) -> Sequence[Token]:
    """Return the tokens of a user, the newest first; those that ran out stay until revoked."""
    return session.scalars(
        select(Token).where(Token.user_id == user_id).order_by(Token.created_at.desc(), Token.id)
    ).all()


def get_token(session: Session, token_id: str) -> Token:
    """Return a token."""
    token = session.get(Token, token_id)
    if token is None:
        raise TokenNotFound
    return token


def find_own_token(session: Session, user_id: str, hashed: str) -> Token | None:
    """Return a user's token by its hash."""
    return session.scalar(select(Token).where(Token.hash == hashed, Token.user_id == user_id))


def list_identities(session: Session, user_id: str) -> Sequence[Identity]:
    """Return who a user is at OpenID providers."""
    return session.scalars(
        select(Identity)
        .where(Identity.user_id == user_id)
        .order_by(Identity.issuer, Identity.subject)
    ).all()


def find_reset(session: Session, hashed: str, *, at: datetime) -> PasswordReset | None:
    """Return a password link that is still good, of somebody active."""
    return session.scalar(
        select(PasswordReset)
        .join(User, User.id == PasswordReset.user_id)
        .where(
            PasswordReset.hash == hashed,
            PasswordReset.expires_at > at,
            User.deactivated_at.is_(None),
        )
    )
