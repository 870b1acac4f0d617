"""How doors learn who asks: the session cookie or a personal token, never anything else."""

import hashlib
from typing import Annotated

from fastapi import Depends, Request

from commandpost.accounts.actor import Actor
from commandpost.accounts.queries import find_actor_by_sign_in, find_actor_by_token
from commandpost.kit.clock import now
from commandpost.kit.errors import Forbidden, Unauthenticated
from commandpost.kit.web import SAFE_METHODS, Db

COOKIE = "commandpost_session"


def secret_hash(secret: str) -> str:
    """Return what the database keeps of a cookie or token: its SHA-256 in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def signed_in(request: Request, session: Db) -> Actor:
    """Return who asks, or refuse with 401.

    The look-up is one indexed row, cheaper than a hop to another thread; on SQLite it never waits.
    """
    actor = _by_token(request, session) or _by_cookie(request, session)
    if actor is None:
        raise Unauthenticated("You are not signed in. Sign in, or send a personal access token.")
    request.state.viewer = actor
    return actor


def _by_token(request: Request, session: Db) -> Actor | None:
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    found = find_actor_by_token(session, secret_hash(secret.strip()), at=now())
    if found is None:
        raise Unauthenticated("This token is unknown, expired or revoked. Make a new one.")
    actor, scope = found
    if scope == "read" and request.method not in SAFE_METHODS:
        raise Forbidden("This token may only read. Make one with the scope “write”.")
    return actor


def _by_cookie(request: Request, session: Db) -> Actor | None:
    secret = request.cookies.get(COOKIE)
    return find_actor_by_sign_in(session, secret_hash(secret), at=now()) if secret else None


def administrator(actor: Annotated[Actor, Depends(signed_in)]) -> Actor:
    """Return who asks if they administer this server, else refuse."""
    if not actor.is_admin:
        raise Forbidden("Only an administrator may do this.")
    return actor


SignedIn = Annotated[Actor, Depends(signed_in, scope="function")]
Administrator = Annotated[Actor, Depends(administrator, scope="function")]
