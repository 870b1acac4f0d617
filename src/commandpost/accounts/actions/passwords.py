"""Passwords: changed by whose they are, set by a link that an administrator hands over.

Who chooses one waits for 50 ms of hashing; nobody else does, as it is done before the transaction.
"""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from commandpost.accounts.actions.may import ask_administrator
from commandpost.accounts.actions.sign_in import end_sessions, start_session
from commandpost.accounts.actor import Actor
from commandpost.accounts.errors import LinkExpired, UserNotFound
from commandpost.accounts.models import PasswordReset
from commandpost.accounts.passwords import PASSWORDS, PasswordHash, Passwords
from commandpost.accounts.queries import get_user, lock_user
from commandpost.accounts.queries.secrets import Credentials, find_reset, lock_proven
from commandpost.accounts.rules import RESET_LASTS, fold_username, password_problem, secret_hash
from commandpost.kit.clock import now
from commandpost.kit.db import Database
from commandpost.kit.errors import Invalid
from commandpost.kit.ids import new_secret


def hash_checked(
    password: str, *, username: str, field: str = "password", passwords: Passwords = PASSWORDS
) -> PasswordHash:
    """Return the hash of a new password, or refuse a poor one; call it outside of transactions."""
    if problem := password_problem(password, username=fold_username(username)):
        raise Invalid(problem, field=field)
    return PasswordHash(passwords.hash(password))


def change_password(
    database: Database,
    actor: Actor,
    *,
    proven: Credentials,
    new_password: str,
    keep_session: str = "",
    passwords: Passwords = PASSWORDS,
) -> None:
    """Set one's own password; the door has let them prove the current one.

    All other sessions end, and links that would set it again: somebody else may hold them.
    """
    password_hash = hash_checked(
        new_password, username=actor.username, field="new_password", passwords=passwords
    )
    with database.transaction() as session:
        lock_proven(session, proven).password_hash = password_hash
        _end_links(session, actor.id)
        end_sessions(session, actor.id, keep=keep_session)


def make_password_link(session: Session, actor: Actor, user_id: str) -> str:
    """Return the secret of a link that sets somebody's password once; older ones end."""
    ask_administrator(actor)
    user = lock_user(session, user_id)
    if user.is_bot or not user.is_active:
        raise UserNotFound
    _end_links(session, user_id)
    secret = new_secret()
    session.add(
        PasswordReset(hash=secret_hash(secret), user_id=user_id, expires_at=now() + RESET_LASTS)
    )
    return secret


def set_password_by_link(
    database: Database,
    secret: str,
    password: str,
    *,
    user_agent: str = "",
    passwords: Passwords = PASSWORDS,
) -> str:
    """Set a password by a link, which is used up, and end every session but a new one.

    Return the secret of its cookie. The link is looked at twice: before the hash, which a stranger
    is not worth, and in the transaction that uses it up.
    """
    with database.reading() as session:
        known = get_user(session, _good_link(session, secret).user_id)
    password_hash = hash_checked(password, username=known.username, passwords=passwords)
    with database.transaction() as session:
        user = lock_user(session, known.id)  # first: who ends the link changes them too
        _good_link(session, secret)
        user.password_hash = password_hash
        _end_links(session, user.id)
        end_sessions(session, user.id)
        return start_session(session, user.id, user_agent=user_agent)


def _end_links(session: Session, user_id: str) -> None:
    session.execute(delete(PasswordReset).where(PasswordReset.user_id == user_id))


def _good_link(session: Session, secret: str) -> PasswordReset:
    link = find_reset(session, secret_hash(secret), at=now())
    if link is None:
        raise LinkExpired
    return link
