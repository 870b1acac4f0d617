"""The first run: a token at the console lets whoever reads it make the first administrator."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from commandpost.accounts.actions.passwords import hash_checked
from commandpost.accounts.actions.sign_in import start_session
from commandpost.accounts.actions.teams import TEAM_NOUN, add_to_team, create_team
from commandpost.accounts.actions.users import create_user
from commandpost.accounts.actor import CONSOLE
from commandpost.accounts.errors import SetupClosed
from commandpost.accounts.models import SetupToken
from commandpost.accounts.passwords import PASSWORDS, Passwords
from commandpost.accounts.queries import has_users
from commandpost.accounts.rules import display_name_problem, secret_hash
from commandpost.kit.clock import now
from commandpost.kit.db import Database
from commandpost.kit.errors import Invalid
from commandpost.kit.ids import UserId, new_secret
from commandpost.kit.text import cleaned
from commandpost.kit.words import _


def offer_setup(session: Session) -> str | None:
    """Return a new set-up token to print while nobody has an account, else nothing."""
    session.execute(delete(SetupToken))
    if has_users(session):
        return None
    secret = new_secret()
    session.add(SetupToken(hash=secret_hash(secret), created_at=now()))
    return secret


def ask_setup_token(session: Session, secret: str) -> None:
    """Refuse unless the token is the one that was printed and nobody has an account.

    Of two who come with it at once the second waits here, and finds it used up.
    """
    token = session.get(SetupToken, secret_hash(secret), with_for_update=True)
    if token is None or has_users(session):
        raise SetupClosed


def set_up(
    database: Database,
    secret: str,
    *,
    username: str,
    display_name: str,
    password: str,
    team_name: str,
    user_agent: str = "",
    passwords: Passwords = PASSWORDS,
) -> str:
    """Make the first administrator and their team; the token is used up.

    Return the secret of the cookie of their session. The token is looked at twice: before the hash,
    which a stranger is not worth and which holds no lock, and in the transaction that uses it up.
    """
    with database.reading() as session:
        ask_setup_token(session, secret)
    password_hash = hash_checked(password, username=username, passwords=passwords)
    with database.transaction() as session:
        ask_setup_token(session, secret)
        user_id = create_user(
            session,
            CONSOLE,
            username=username,
            display_name=display_name,
            password_hash=password_hash,
            is_admin=True,
        )
        _make_first_team(session, team_name, user_id)
        session.execute(delete(SetupToken))
        return start_session(session, user_id, user_agent=user_agent)


def _make_first_team(session: Session, team_name: str, user_id: UserId) -> None:
    if problem := display_name_problem(cleaned(team_name), noun=_(TEAM_NOUN)):
        raise Invalid(problem, field="team_name")
    add_to_team(session, CONSOLE, create_team(session, CONSOLE, display_name=team_name), user_id)
