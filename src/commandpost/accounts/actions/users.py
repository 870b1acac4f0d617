"""Users: made, changed, deactivated and let in again."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from commandpost.accounts.actions.may import ask_administrator
from commandpost.accounts.actions.passwords import hash_checked
from commandpost.accounts.actor import CONSOLE, Actor
from commandpost.accounts.errors import LastAdministrator, UsernameTaken, UserNotFound
from commandpost.accounts.listening import PEOPLE
from commandpost.accounts.models import PasswordReset, SignIn, Token, User
from commandpost.accounts.passwords import NO_PASSWORD, PASSWORDS, PasswordHash, Passwords
from commandpost.accounts.queries import (
    find_user_by_username,
    get_user,
    list_teams_of,
    lock_administrators,
    lock_user,
)
from commandpost.accounts.rules import (
    Values,
    change,
    display_name_problem,
    email_problem,
    fold_username,
    username_problem,
)
from commandpost.kit.clock import now
from commandpost.kit.db import tell
from commandpost.kit.errors import Invalid
from commandpost.kit.ids import UserId, new_id
from commandpost.kit.text import cleaned
from commandpost.kit.words import LANGUAGES, _


def create_user(
    session: Session,
    actor: Actor,
    *,
    username: str,
    display_name: str = "",
    email: str = "",
    password: str = "",
    password_hash: PasswordHash = NO_PASSWORD,
    is_admin: bool = False,
    passwords: Passwords = PASSWORDS,
) -> UserId:
    """Make a person; without a password they sign in by a link or a provider.

    Doors hand in what `hash_checked` made before the transaction; `password` is for the console.
    """
    ask_administrator(actor)
    username = fold_username(username)
    if problem := username_problem(username):
        raise Invalid(problem, field="username")
    if find_user_by_username(session, username) is not None:
        raise UsernameTaken(username)
    user = User(
        id=new_id(),
        username=username,
        display_name=_checked_display_name(display_name or username),
        email=_checked_email(email),
        password_hash=password_hash or _first_hash(actor, username, password, passwords),
        is_admin=is_admin,
        is_bot=False,
        created_at=now(),
        deactivated_at=None,
    )
    session.add(user)
    session.flush()  # the id, for memberships in the same transaction
    tell(session, PEOPLE)
    return UserId(user.id)


def _first_hash(actor: Actor, username: str, password: str, passwords: Passwords) -> str:
    """Return the hash of a first password; at the console the operator chooses freely."""
    if not password or actor is CONSOLE:
        return passwords.hash(password) if password else ""
    return hash_checked(password, username=username, passwords=passwords)


def change_user(
    session: Session,
    actor: Actor,
    user_id: str,
    *,
    display_name: str | None = None,
    email: str | None = None,
    language: str | None = None,
    is_admin: bool | None = None,
    was: Values | None = None,
) -> None:
    """Change what is given: an administrator anybody's, everybody their own.

    `was` is what they saw: what another changed since is refused.
    """
    if actor.id != user_id or is_admin is not None:
        ask_administrator(actor)
    # before the one person: in one order for all
    administrators = [] if is_admin is None else lock_administrators(session)
    user = lock_user(session, user_id)
    wanted = {
        "display_name": None if display_name is None else _checked_display_name(display_name),
        "email": None if email is None else _checked_email(email),
        "language": None if language is None else _checked_language(language),
        "is_admin": is_admin,
    }
    if is_admin is False and administrators == [user_id]:
        raise LastAdministrator
    change(user, wanted, was=was)
    tell(session, PEOPLE, f"user:{user_id}")


def deactivate_user(session: Session, actor: Actor, user_id: str) -> None:
    """Take away all access at once: sessions, tokens and links end, and stay ended."""
    ask_administrator(actor)
    user = get_user(session, user_id)
    if user.is_bot:
        raise UserNotFound
    if not user.is_active:
        return
    _keep_an_administrator(session, user)
    user.deactivated_at = now()
    for kept in (SignIn, Token, PasswordReset):
        session.execute(delete(kept).where(kept.user_id == user_id))
    _tell_around(session, user_id)


def activate_user(session: Session, actor: Actor, user_id: str) -> None:
    """Let somebody in again; teams and password are as they were."""
    ask_administrator(actor)
    user = get_user(session, user_id)
    user.deactivated_at = None
    _tell_around(session, user_id)


def _tell_around(session: Session, user_id: str) -> None:
    """Tell whoever works with them: whether they are there has changed."""
    teams = list_teams_of(session, user_id)
    tell(session, PEOPLE, f"user:{user_id}", *(f"team:{team.id}:members" for team in teams))


def _keep_an_administrator(session: Session, user: User) -> None:
    """Refuse to lose the last one who could undo it, also when another is lost at this moment."""
    if lock_administrators(session) == [user.id]:
        raise LastAdministrator


def _checked_display_name(typed: str) -> str:
    shown = cleaned(typed)
    if problem := display_name_problem(shown):
        raise Invalid(problem, field="display_name")
    return shown


def _checked_language(chosen: str) -> str:
    if chosen and chosen not in LANGUAGES:
        raise Invalid(
            _("There is no such language here. Choose one of: %(all)s.", all=", ".join(LANGUAGES)),
            field="language",
        )
    return chosen


def _checked_email(typed: str) -> str:
    email = typed.strip()
    if problem := email_problem(email):
        raise Invalid(problem, field="email")
    return email
