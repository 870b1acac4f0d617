"""Signing in and out: tries are counted, sessions live on the server."""

from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.errors import SignInNotFound, WrongCredentials
from commandpost.accounts.models import SignIn, SignInFailure, User
from commandpost.accounts.passwords import PASSWORDS, Passwords
from commandpost.accounts.queries.secrets import (
    Credentials,
    find_credentials,
    lock_proven,
    oldest_of_too_many_tries,
)
from commandpost.accounts.rules import (
    SIGN_IN_LASTS,
    THROTTLE_WINDOW,
    TRIES_FROM_ADDRESS,
    TRIES_PER_ADDRESS,
    TRIES_PER_USERNAME,
    address_subject,
    pair_subject,
    secret_hash,
    username_subject,
)
from commandpost.kit.clock import now
from commandpost.kit.db import Database, tell
from commandpost.kit.errors import TooMany
from commandpost.kit.ids import UserId, new_id, new_secret
from commandpost.kit.words import _


@dataclass(frozen=True, slots=True)
class Attempt:
    """A counted try: what is counted for the pair of name and address, and the rows of this one."""

    subject: str
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """A password that was right when it was looked at, its hash anew if outdated, and the try."""

    credentials: Credentials
    fresh: str
    attempt: Attempt


def sign_in(
    database: Database,
    username: str,
    password: str,
    *,
    address: str,
    user_agent: str = "",
    passwords: Passwords = PASSWORDS,
) -> str:
    """Start a session for who knows the password; return the secret of its cookie."""
    proof = _look_at(database, username, password, address=address, passwords=passwords)
    with database.transaction() as session:
        user = _accept(session, proof)
        return start_session(session, user.id, user_agent=user_agent)


def prove_password(
    database: Database,
    username: str,
    password: str,
    *,
    address: str,
    passwords: Passwords = PASSWORDS,
) -> Credentials:
    """Return whose user name and password these are, or refuse; `lock_proven` takes it."""
    proof = _look_at(database, username, password, address=address, passwords=passwords)
    with database.transaction() as session:
        user = _accept(session, proof)
        return Credentials(UserId(user.id), user.password_hash)


def _look_at(
    database: Database, username: str, password: str, *, address: str, passwords: Passwords
) -> Proof:
    """Return what a right password proves, or refuse.

    Transactions of its own: a try is counted before the password is looked at, so that many at
    once do not slip through, and stays counted although the request fails; and the 50 ms of
    hashing hold no lock.
    """
    with database.transaction() as session:
        attempt = _count_try(session, username, address)
    with database.reading() as session:
        found = find_credentials(session, username)
    if not passwords.verify(found.password_hash if found else "", password) or found is None:
        raise WrongCredentials
    fresh = passwords.hash(password) if passwords.is_outdated(found.password_hash) else ""
    return Proof(found, fresh, attempt)


def _accept(session: Session, proof: Proof) -> User:
    """Return whose password was right, and still is; forget the try."""
    user = lock_proven(session, proof.credentials)
    user.password_hash = proof.fresh or user.password_hash
    _forgive(session, proof.attempt)
    return user


def start_session(session: Session, user_id: str, *, user_agent: str = "") -> str:
    """Begin a session; return the secret of its cookie, which is kept nowhere."""
    secret = new_secret()
    at = now()
    session.add(
        SignIn(
            id=secret_hash(secret),
            user_id=user_id,
            created_at=at,
            expires_at=at + SIGN_IN_LASTS,
            user_agent=user_agent[:256],
        )
    )
    tell(session, f"user:{user_id}")
    return secret


def renew(session: Session, sign_in_id: str) -> None:
    """Let a session that is in use live on."""
    used = session.get(SignIn, sign_in_id)
    if used is not None:
        used.expires_at = now() + SIGN_IN_LASTS


def sign_out(session: Session, secret: str) -> None:
    """End the session of a cookie, if there is one."""
    ended = session.get(SignIn, secret_hash(secret))
    if ended is not None:
        session.delete(ended)
        tell(session, f"user:{ended.user_id}")


def end_session(session: Session, actor: Actor, sign_in_id: str) -> None:
    """End one of one's own sessions."""
    ended = session.get(SignIn, sign_in_id)
    if ended is None or ended.user_id != actor.id:
        raise SignInNotFound
    session.delete(ended)
    tell(session, f"user:{actor.id}")


def end_sessions(session: Session, user_id: str, *, keep: str = "") -> None:
    """End every session of a user but one."""
    session.execute(delete(SignIn).where(SignIn.user_id == user_id, SignIn.id != keep))
    tell(session, f"user:{user_id}")


def _count_try(session: Session, username: str, address: str) -> Attempt:
    """Count a try, unless there were too many already."""
    forget_old_failures(session)
    pair = pair_subject(username, address)
    allowed = {
        pair: TRIES_FROM_ADDRESS,
        address_subject(address): TRIES_PER_ADDRESS,
        username_subject(username): TRIES_PER_USERNAME,
    }
    for subject, tries in allowed.items():
        _ask_throttle(session, subject, tries)
    rows = [SignInFailure(id=new_id(), subject=subject, at=now()) for subject in allowed]
    session.add_all(rows)
    return Attempt(pair, tuple(row.id for row in rows))


def _ask_throttle(session: Session, subject: str, allowed: int) -> None:
    oldest = oldest_of_too_many_tries(session, subject, allowed)
    if oldest is None:
        return
    seconds = int((oldest + THROTTLE_WINDOW - now()).total_seconds()) + 1
    raise TooMany(
        _(
            "Too many tries to sign in. Wait %(minutes)s minutes, then try again.",
            minutes=-(-seconds // 60),
        ),
        retry_after=seconds,
    )


def _forgive(session: Session, attempt: Attempt) -> None:
    """Forget the tries of this name from here; of name and address, which others try, this one."""
    session.execute(delete(SignInFailure).where(SignInFailure.subject == attempt.subject))
    session.execute(delete(SignInFailure).where(SignInFailure.id.in_(attempt.rows)))


def forget_old_failures(session: Session) -> None:
    """Remove tries and sessions that no longer count."""
    at = now()
    session.execute(delete(SignInFailure).where(SignInFailure.at <= at - THROTTLE_WINDOW))
    session.execute(delete(SignIn).where(SignIn.expires_at <= at))
