"""People known to an OpenID provider: they sign in, connect an account, disconnect it."""

import re
from dataclasses import dataclass

from sqlalchemy.orm import Session

from commandpost.accounts.actions.users import create_user
from commandpost.accounts.actor import CONSOLE, Actor
from commandpost.accounts.errors import IdentityTaken, LastWayIn, NoAccount
from commandpost.accounts.models import Identity
from commandpost.accounts.queries import find_user_by_username, get_user, lock_user
from commandpost.accounts.queries.secrets import list_identities
from commandpost.accounts.rules import (
    display_name_problem,
    email_problem,
    fold_username,
    username_problem,
)
from commandpost.kit.clock import now
from commandpost.kit.db import tell
from commandpost.kit.ids import UserId
from commandpost.kit.text import cleaned


@dataclass(frozen=True, slots=True)
class Claims:
    """Who a provider says somebody is; only issuer and subject are relied on."""

    issuer: str
    subject: str
    username: str = ""
    display_name: str = ""
    email: str = ""


def sign_in_by_identity(session: Session, claims: Claims, *, may_create: bool) -> UserId:
    """Return whose account it is; makes one, in no team, for somebody new if that is allowed."""
    known = session.get(Identity, (claims.issuer, claims.subject))
    if known is not None:
        user = lock_user(session, known.user_id)
        if not user.is_active:
            raise NoAccount
        return UserId(user.id)
    if not may_create:
        raise NoAccount
    user_id = create_user(
        session,
        CONSOLE,
        username=_free_username(session, claims),
        display_name=_fit(claims.display_name),
        email="" if email_problem(claims.email) else claims.email,
    )
    _connect(session, user_id, claims)
    return user_id


def connect_identity(session: Session, actor: Actor, claims: Claims) -> None:
    """Let the actor sign in by this provider from now on."""
    known = session.get(Identity, (claims.issuer, claims.subject))
    if known is None:
        _connect(session, actor.id, claims)
    elif known.user_id != actor.id:
        raise IdentityTaken


def disconnect_identity(session: Session, actor: Actor, *, issuer: str, subject: str) -> None:
    """Stop signing in by a provider, unless there would be no way in left."""
    known = session.get(Identity, (issuer, subject))
    if known is None or known.user_id != actor.id:
        return
    has_password = bool(get_user(session, actor.id).password_hash)
    if not has_password and len(list_identities(session, actor.id)) == 1:
        raise LastWayIn
    session.delete(known)


def _connect(session: Session, user_id: str, claims: Claims) -> None:
    session.add(
        Identity(issuer=claims.issuer, subject=claims.subject, user_id=user_id, created_at=now())
    )
    tell(session, f"user:{user_id}")


def _free_username(session: Session, claims: Claims) -> str:
    """Return a user name close to what the provider says, with a number when it is taken."""
    wanted = claims.username or claims.email.partition("@")[0]
    plain = re.sub(r"[^a-z0-9._-]+", "-", fold_username(wanted)).strip("._-")[:56] or "user"
    plain = plain.rstrip("._-")
    candidates = (plain, *(f"{plain}-{number}" for number in range(2, 10_000)))
    return next(
        name
        for name in candidates
        if not username_problem(name) and find_user_by_username(session, name) is None
    )


def _fit(display_name: str) -> str:
    shown = cleaned(display_name)
    return "" if display_name_problem(shown) else shown
