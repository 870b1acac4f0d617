"""Two administrators lost at once on PostgreSQL: one of them stays."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeAlias

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from commandpost.accounts.actions.users import change_user, deactivate_user
from commandpost.accounts.actor import CONSOLE
from commandpost.accounts.errors import LastAdministrator
from commandpost.accounts.queries import lock_administrators
from commandpost.kit.db import Base, Database
from tests.commandpost.accounts import given
from tests.commandpost.chat.postgres import postgres_url

__all__ = ["postgres_url"]

pytestmark = pytest.mark.slow

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
