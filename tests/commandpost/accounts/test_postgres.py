"""What happens at once on PostgreSQL: of two administrators one stays, who is out stays out."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeAlias

import pytest
from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from commandpost.accounts.actions.first_run import offer_setup, set_up
from commandpost.accounts.actions.identities import Claims, connect_identity, sign_in_by_identity
from commandpost.accounts.actions.passwords import make_password_link, set_password_by_link
from commandpost.accounts.actions.sign_in import sign_in, start_session
from commandpost.accounts.actions.users import change_user, deactivate_user
from commandpost.accounts.actor import CONSOLE
from commandpost.accounts.errors import (
    LastAdministrator,
    LinkExpired,
    NoAccount,
    SetupClosed,
    WrongCredentials,
)
from commandpost.accounts.models import SetupToken
from commandpost.accounts.queries import get_user, has_users, lock_administrators
from commandpost.accounts.queries.secrets import list_sessions
from commandpost.kit.clock import now
from commandpost.kit.db import Base, Database
from tests.commandpost.accounts import given
from tests.commandpost.chat.postgres import postgres_url

__all__ = ["postgres_url"]

pytestmark = pytest.mark.slow

PASSWORD = "four words in a row"
CLAIMS = Claims(issuer="https://id.example.org", subject="4711")
WayIn: TypeAlias = Callable[[Database, str], None]
Deed: TypeAlias = Callable[[Session, str], None]
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    made = Database(postgres_url)
    Base.metadata.drop_all(made.engine)
    Base.metadata.create_all(made.engine)
    yield made
    made.dispose()


def demote(session: Session, user_id: str) -> None:
    change_user(session, CONSOLE, user_id, display_name="Somebody", is_admin=False)


def deactivate(session: Session, user_id: str) -> None:
    deactivate_user(session, CONSOLE, user_id)


@pytest.mark.parametrize("first", [demote, deactivate])
@pytest.mark.parametrize("second", [demote, deactivate])
def test_of_two_administrators_lost_at_once_one_stays(
    database: Database, first: Deed, second: Deed
) -> None:
    with database.transaction() as session:
        ann = given.a_user(session, "ann", is_admin=True)
        bob = given.a_user(session, "bob", is_admin=True)

    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            first(session, ann)
            session.flush()  # done, but not committed
            other = pool.submit(_do, database, second, bob)
            _until_it_waits(database, other)
        with pytest.raises(LastAdministrator):
            other.result(20)

    with database.reading() as session:
        assert lock_administrators(session) == [bob]


def by_password(database: Database, _link: str) -> None:
    sign_in(database, "ben", PASSWORD, address="::1", passwords=given.PASSWORDS)


def by_link(database: Database, link: str) -> None:
    set_password_by_link(database, link, "another four words", passwords=given.PASSWORDS)


def by_provider(database: Database, _link: str) -> None:
    with database.transaction() as session:
        start_session(session, sign_in_by_identity(session, CLAIMS, may_create=False))


@pytest.mark.parametrize(
    ("way_in", "refusal"),
    [(by_password, WrongCredentials), (by_link, LinkExpired), (by_provider, NoAccount)],
)
def test_who_comes_in_while_they_are_deactivated_is_refused(
    database: Database, way_in: WayIn, refusal: type[Exception]
) -> None:
    with database.transaction() as session:
        ben = given.an_actor(session, "ben")
        get_user(session, ben.id).password_hash = given.PASSWORDS.hash(PASSWORD)
        connect_identity(session, ben, CLAIMS)
        link = make_password_link(session, CONSOLE, ben.id)

    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            deactivate_user(session, CONSOLE, ben.id)
            session.flush()
            other = pool.submit(way_in, database, link)
            _until_it_waits(database, other)
        with pytest.raises(refusal):
            other.result(20)

    with database.reading() as session:
        assert list_sessions(session, ben.id, at=now()) == []


def test_a_set_up_token_that_is_just_used_up_makes_no_second_administrator(
    database: Database,
) -> None:
    with database.transaction() as session:
        token = offer_setup(session) or ""

    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            session.execute(delete(SetupToken))
            other = pool.submit(_set_up, database, token)
            _until_it_waits(database, other)
        with pytest.raises(SetupClosed):
            other.result(20)

    with database.reading() as session:
        assert not has_users(session)


def _set_up(database: Database, token: str) -> None:
    set_up(
        database,
        token,
        username="eve",
        display_name="Eve",
        password=PASSWORD,
        team_name="Demo",
        passwords=given.PASSWORDS,
    )


def _do(database: Database, deed: Deed, user_id: str) -> None:
    with database.transaction() as session:
        deed(session, user_id)


def _until_it_waits(database: Database, other: Future[None]) -> None:
    """Return when the other stands before a lock, or is through."""
    deadline = time.monotonic() + 20
    while not other.done() and time.monotonic() < deadline:
        with database.reading() as session:
            if session.scalar(WAITING):
                return
