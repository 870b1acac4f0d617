"""Passwords: changed by whose they are, set by a link that an administrator hands over."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from commandpost.accounts.actions.may import ask_administrator
from commandpost.accounts.actions.sign_in import end_sessions
from commandpost.accounts.actor import Actor
from commandpost.accounts.errors import LinkExpired, UserNotFound
from commandpost.accounts.models import PasswordReset
from commandpost.accounts.passwords import PASSWORDS, Passwords
from commandpost.accounts.queries import get_user
from commandpost.accounts.queries.secrets import find_reset
from commandpost.accounts.rules import RESET_LASTS, password_problem, secret_hash
from commandpost.kit.clock import now
from commandpost.kit.errors import Invalid
from commandpost.kit.ids import UserId, new_secret


def hash_checked(
    password: str, *, username: str, field: str = "password", passwords: Passwords = PASSWORDS
) -> str:
    """Return the hash of a new password, or refuse a poor one."""
    if problem := password_problem(password, username=username):
        raise Invalid(problem, field=field)
    return passwords.hash(password)


def change_password(
    session: Session,
    actor: Actor,
    *,
    new_password: str,
    keep_session: str = "",
    passwords: Passwords = PASSWORDS,
) -> None:
    """Set one's own password and end all other sessions; the door has asked for the current one."""
    user = get_user(session, actor.id)
    user.password_hash = hash_checked(
        new_password, username=user.username, field="new_password", passwords=passwords
    )
    end_sessions(session, actor.id, keep=keep_session)


def make_password_link(session: Session, actor: Actor, user_id: str) -> str:
    """Return the secret of a link that sets somebody's password once; older ones end."""
    ask_administrator(actor)
    user = get_user(session, user_id)
    if user.is_bot or not user.is_active:
        raise UserNotFound
    session.execute(delete(PasswordReset).where(PasswordReset.user_id == user_id))
    secret = new_secret()
    session.add(
        PasswordReset(hash=secret_hash(secret), user_id=user_id, expires_at=now() + RESET_LASTS)
    )
    return secret


def set_password_by_link(
    session: Session, secret: str, password: str, *, passwords: Passwords = PASSWORDS
) -> UserId:
    """Set a password by a link, which is used up, and end every session."""
    link = find_reset(session, secret_hash(secret), at=now())
    if link is None:
        raise LinkExpired
    user = get_user(session, link.user_id)
    user.password_hash = hash_checked(password, username=user.username, passwords=passwords)
    session.delete(link)
    end_sessions(session, user.id)
    return UserId(user.id)
