"""How doors learn who asks: the session cookie or a personal token, never anything else."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from commandpost.accounts.actions.sign_in import renew
from commandpost.accounts.actor import Actor
from commandpost.accounts.queries import (
    find_actor_by_sign_in,
    find_actor_by_token,
    find_actors_by_sign_ins,
)
from commandpost.accounts.rules import needs_renewal, secret_hash
from commandpost.kit.clock import now
from commandpost.kit.edge import SAFE_METHODS, Db, database_of, language_of
from commandpost.kit.errors import Forbidden, Unauthenticated
from commandpost.kit.words import _, speak

COOKIE = "commandpost_session"


async def signed_in(request: Request, session: Db) -> Actor:
    """Return who asks, or refuse with 401.

    The look-up is one indexed row, cheaper than a hop to another thread. It never takes the write
    lock: waiting for it here would stop the loop, and with it the commit that frees the lock. It
    keeps no connection: hundreds of requests that wait for a thread would keep hundreds.
    """
    if request.method not in SAFE_METHODS:
        return await signed_in_outside(request)
    actor = find_viewer(request, session)
    session.close()  # it opens again by itself when the endpoint asks
    await _renew(request)
    return _known(request, actor)


async def signed_in_outside(request: Request) -> Actor:
    """As `signed_in`, for endpoints that hash passwords: outside of any transaction or turn."""
    with database_of(request).reading() as reading:
        actor = find_viewer(request, reading)
    return _known(request, actor)


def _known(request: Request, actor: Actor | None) -> Actor:
    if actor is None:
        raise Unauthenticated(_("You are not signed in. Sign in, or send a personal access token."))
    request.state.viewer = actor
    speak(language_of(request))
    return actor


def find_viewer(request: Request, session: Session) -> Actor | None:
    """Return who asks, if anybody; a token that is not good is refused at once."""
    return _by_token(request, session) or _by_cookie(request, session)


def find_viewers_at_once(
    requests: Iterable[Request], session: Session
) -> list[tuple[Request, Actor]]:
    """Return who asks by cookie, unless the session has to be renewed first, which is a write."""
    at = now()
    cookies = ((request, request.cookies.get(COOKIE)) for request in requests)
    asked = [(request, secret_hash(cookie)) for request, cookie in cookies if cookie]
    found = find_actors_by_sign_ins(session, {sign_in_id for _, sign_in_id in asked}, at=at)
    viewers: list[tuple[Request, Actor]] = []
    for request, sign_in_id in asked:
        theirs = found.get(sign_in_id)
        if theirs is not None and not needs_renewal(theirs.expires_at, at):
            request.state.viewer = theirs.actor
            viewers.append((request, theirs.actor))
    return viewers


def _by_token(request: Request, session: Session) -> Actor | None:
    scheme, _space, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    found = find_actor_by_token(session, secret_hash(secret.strip()), at=now())
    if found is None:
        raise Unauthenticated(_("This token is unknown, expired or revoked. Make a new one."))
    if found.scope == "read" and request.method not in SAFE_METHODS:
        raise Forbidden(_("This token may only read. Make one with the scope “write”."))
    request.state.token_expires_at = found.expires_at
    return found.actor


def _by_cookie(request: Request, session: Session) -> Actor | None:
    secret = request.cookies.get(COOKIE)
    if not secret:
        return None
    sign_in_id = secret_hash(secret)
    found = find_actor_by_sign_in(session, sign_in_id, at=now())
    if found is None:
        return None
    request.state.sign_in_id = sign_in_id
    request.state.to_renew = needs_renewal(found.expires_at, now())
    return found.actor


async def _renew(request: Request) -> None:
    """Extend a session that is in use: a write, but only once a day."""
    if getattr(request.state, "to_renew", False):
        await run_in_threadpool(_renew_now, request)


def _renew_now(request: Request) -> None:
    with database_of(request).transaction() as session:
        renew(session, request.state.sign_in_id)


def administrator(actor: Annotated[Actor, Depends(signed_in, scope="function")]) -> Actor:
    """Return who asks if they administer this server, else refuse."""
    if not actor.is_admin:
        raise Forbidden(_("Only an administrator may do this."))
    return actor


def administrator_outside(
    actor: Annotated[Actor, Depends(signed_in_outside, scope="function")],
) -> Actor:
    """As `administrator`, outside of any transaction or turn."""
    return administrator(actor)


SignedIn = Annotated[Actor, Depends(signed_in, scope="function")]
Administrator = Annotated[Actor, Depends(administrator, scope="function")]
SignedInOutside = Annotated[Actor, Depends(signed_in_outside, scope="function")]
AdministratorOutside = Annotated[Actor, Depends(administrator_outside, scope="function")]


def sign_in_id_of(request: Request) -> str:
    """Return which session the signed-in cookie stands for, or nothing for a token."""
    return str(getattr(request.state, "sign_in_id", ""))


def token_ends_at(request: Request) -> datetime | None:
    """Return when the token that asks ends, if one asks and it does."""
    ends_at: datetime | None = getattr(request.state, "token_expires_at", None)
    return ends_at


def address_of(request: Request) -> str:
    """Return who connects; behind a proxy that the server trusts, whom the proxy named."""
    return request.client.host if request.client else ""
