"""Two processes on one PostgreSQL hear of each other; here two databases stand for them."""

from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest
from sqlalchemy import text

from commandpost.kit.db import Database, tell
from commandpost.live.hub import EVERYTHING
from commandpost.live.notify import Notifier

pytestmark = pytest.mark.slow

Heard = Queue[frozenset[str]]


class Process:
    """What one process has: its own connections, and what it heard."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.heard: Heard = Queue()
        self.database.listen(self.heard.put)
        self.notifier = Notifier(self.database)
        self.notifier.start()
        assert self.notifier.ready.wait(10)
        assert self.heard.get(timeout=10) == {EVERYTHING}

    def end(self) -> None:
        self.notifier.stop()
        self.database.dispose()


@pytest.fixture
def one(postgres_url: str) -> Iterator[Process]:
    process = Process(postgres_url)
    yield process
    process.end()


@pytest.fixture
def other(postgres_url: str) -> Iterator[Process]:
    process = Process(postgres_url)
    yield process
    process.end()


def write(database: Database, *topics: str, kept: bool = True) -> None:
    session = database.writing()
    session.execute(text("SELECT 1"))
    tell(session, *topics)
    if kept:
        database.commit(session)
    session.close()


def test_both_processes_hear_each_commit_once(one: Process, other: Process) -> None:
    write(one.database, "a", "b")
    write(other.database, "c")

    for process in (one, other):
        heard = {process.heard.get(timeout=10), process.heard.get(timeout=10)}
        assert heard == {frozenset({"a", "b"}), frozenset({"c"})}
        with pytest.raises(Empty):
            process.heard.get(timeout=0.2)


def test_nobody_hears_what_was_not_committed(one: Process, other: Process) -> None:
    write(one.database, "a", kept=False)
    write(one.database, "b")

    assert [process.heard.get(timeout=10) for process in (one, other)] == [{"b"}, {"b"}]


def test_many_topics_come_in_parts(one: Process, other: Process) -> None:
    topics = {f"channel:{number:026}" for number in range(250)}

    write(one.database, *topics)

    parts = [other.heard.get(timeout=10) for _ in range(3)]
    assert frozenset().union(*parts) == topics


def test_a_nested_part_of_a_transaction_tells_nothing_early(one: Process, other: Process) -> None:
    session = one.database.writing()
    with session.begin_nested():
        tell(session, "a")
    session.rollback()
    session.close()
    write(one.database, "b")

    assert other.heard.get(timeout=10) == {"b"}


def test_a_lost_connection_is_made_again_and_everything_counts_as_changed(
    one: Process, other: Process
) -> None:
    with one.database.engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid()"
            )
        )

    for process in (one, other):
        assert process.heard.get(timeout=20) == {EVERYTHING}
    write(one.database, "a")
    assert other.heard.get(timeout=10) == {"a"}


def test_on_sqlite_there_is_nobody_to_tell(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.sqlite'}")
    notifier = Notifier(database)

    notifier.start()
    write(database, "a")
    notifier.stop()
    database.dispose()

    assert not notifier.ready.is_set()
