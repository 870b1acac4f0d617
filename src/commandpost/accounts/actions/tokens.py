"""Personal access tokens: made and revoked by whose they are."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.errors import TokenNotFound, UserNotFound
from commandpost.accounts.models import Token
from commandpost.accounts.queries import find_user_by_username, get_actor
from commandpost.accounts.rules import (
    MAX_TOKEN_NAME,
    Scope,
    display_name_problem,
    fold_username,
    secret_hash,
)
from commandpost.kit.clock import now
from commandpost.kit.db import tell
from commandpost.kit.errors import Invalid
from commandpost.kit.ids import new_id, new_secret
from commandpost.kit.text import cleaned
from commandpost.kit.words import _

PREFIX = "cp_"  # so that scanners for leaked secrets can tell what it is
LASTS_AT_MOST = timedelta(days=3653)  # ten years


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made; its secret is shown once and kept nowhere."""

    id: str
    secret: str


def create_token(
    session: Session,
    actor: Actor,
    *,
    name: str,
    scope: Scope = Scope.WRITE,
    expires_at: datetime | None = None,
    not_after: datetime | None = None,
) -> NewToken:
    """Make a token for the actor; `not_after` is the end of the token that asks for one, if any."""
    name = cleaned(name)
    noun = _("The name of a token")
    if problem := display_name_problem(name, noun=noun, at_most=MAX_TOKEN_NAME):
        raise Invalid(problem, field="name")
    if expires_at is not None and expires_at <= now():
        raise Invalid(_("This moment has passed. Choose a later one."), field="expires_at")
    if expires_at is not None and expires_at > now() + LASTS_AT_MOST:
        raise Invalid(
            _("A token lasts ten years at most. Choose an earlier moment, or none."),
            field="expires_at",
        )
    if not_after is not None and (expires_at is None or expires_at > not_after):
        raise Invalid(_("A token can't make one that outlives it."), field="expires_at")
    secret = PREFIX + new_secret()
    token = Token(
        id=new_id(),
        user_id=actor.id,
        name=name,
        hash=secret_hash(secret),
        scope=scope,
        created_at=now(),
        expires_at=expires_at,
    )
    session.add(token)
    tell(session, f"user:{actor.id}")
    return NewToken(token.id, secret)


def create_token_for(
    session: Session, *, username: str, name: str, scope: str = Scope.WRITE
) -> str:
    """Make a token for somebody at the console of the server; return its secret."""
    user = find_user_by_username(session, fold_username(username))
    if user is None:
        raise UserNotFound
    if scope not in {Scope.READ, Scope.WRITE}:
        raise Invalid(_("The scope of a token is read or write."), field="scope")
    return create_token(session, get_actor(session, user.id), name=name, scope=Scope(scope)).secret


def revoke_token(session: Session, actor: Actor, token_id: str) -> None:
    """End one of one's own tokens."""
    token = session.get(Token, token_id)
    if token is None or token.user_id != actor.id:
        raise TokenNotFound
    session.delete(token)
    tell(session, f"user:{actor.id}")
