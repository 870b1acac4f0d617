"""People and teams to start from. Ann administers, Ben is a member, Cid is of another team."""

from collections.abc import Sequence

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from commandpost.accounts.actions.sign_in import start_session
from commandpost.accounts.actions.teams import add_to_team, create_team
from commandpost.accounts.actions.tokens import create_token
from commandpost.accounts.actions.users import create_user
from commandpost.accounts.actor import CONSOLE, Actor
from commandpost.accounts.passwords import Passwords, cheap
from commandpost.accounts.queries import get_actor
from commandpost.accounts.queries.secrets import find_credentials
from commandpost.accounts.rules import Scope
from commandpost.kit.ids import TeamId, UserId

PASSWORDS = cheap()
STRONGER = Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))


def a_team(session: Session, name: str = "demo", *, display_name: str = "") -> TeamId:
    """A team with nobody in it."""
    return create_team(session, CONSOLE, name=name, display_name=display_name)


def a_user(
    session: Session,
    username: str,
    *,
    teams: Sequence[str] = (),
    is_admin: bool = False,
    password: str = "",
    display_name: str = "",
) -> UserId:
    """A person, in these teams; without a password they can't sign in by one."""
    user_id = create_user(
        session,
        CONSOLE,
        username=username,
        display_name=display_name,
        password=password,
        is_admin=is_admin,
        passwords=PASSWORDS,
    )
    for team_id in teams:
        add_to_team(session, CONSOLE, team_id, user_id)
    return user_id


def an_actor(
    session: Session, username: str, *, teams: Sequence[str] = (), is_admin: bool = False
) -> Actor:
    """A person as actions and queries take them."""
    return get_actor(session, a_user(session, username, teams=teams, is_admin=is_admin))


def a_token(session: Session, actor: Actor, *, scope: Scope = Scope.WRITE) -> str:
    """The secret of a personal token, for `Authorization: Bearer …`."""
    return create_token(session, actor, name="tests", scope=scope).secret


def a_session(session: Session, user_id: str) -> str:
    """The secret of a session, for the cookie `gate.COOKIE`."""
    return start_session(session, user_id, user_agent="Test browser")


def password_hash_of(session: Session, username: str) -> str:
    """What the database keeps of a password."""
    found = find_credentials(session, username)
    return found.password_hash if found else ""
