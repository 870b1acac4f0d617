"""Two processes on one PostgreSQL hear of each other; here two databases stand for them."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest
from sqlalchemy import make_url, text

from commandpost.kit.db import Database, tell
from commandpost.live.hub import EVERYTHING
from commandpost.live.notify import Notifier
from commandpost.live.pulse import ASK
from tests.commandpost_telemetry.warehouse import silent

pytestmark = pytest.mark.slow

Heard = Queue[frozenset[str]]


class Process:
    """What one process has: its own connections, and what it heard."""

    def __init__(self, url: str, **options: float) -> None:
        self.database = Database(url)
        self.heard: Heard = Queue()
        self.database.listen(self.heard.put)
        self.notifier = Notifier(self.database, **options)
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


def test_a_server_that_falls_silent_is_noticed_and_everything_counts_as_changed(
    postgres_url: str, other: Process
) -> None:
    address = make_url(postgres_url)
    with silent.a_way(partial(silent.reached, postgres_url.replace("+psycopg", ""))) as way:
        through = address.set(host="127.0.0.1", port=way.port, query={})
        process = Process(through.render_as_string(hide_password=False), patience=0.1)

        way.fall_silent(ASK)
        _until(lambda: not process.notifier.ready.is_set())
        way.heal()

        assert process.heard.get(timeout=20) == {EVERYTHING}
        write(other.database, "a")
        assert process.heard.get(timeout=10) == {"a"}
        process.end()


def test_a_server_that_answers_is_asked_again_and_again(postgres_url: str, other: Process) -> None:
    process = Process(postgres_url, patience=0.01)

    for number in range(20):
        write(other.database, str(number))
        assert process.heard.get(timeout=10) == {str(number)}

    process.end()


def _until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize(("said", "seconds"), [({}, "10"), ({"connect_timeout": "3"}, "3")])
def test_no_connection_waits_for_hours_and_its_address_may_say_otherwise(
    postgres_url: str, said: dict[str, str], seconds: str
) -> None:
    address = make_url(postgres_url).update_query_dict(said)
    database = Database(address.render_as_string(hide_password=False))

    with database.engine.connect() as connection:
        wire: Any = connection.connection.driver_connection
        parameters = wire.info.get_parameters()
    database.dispose()

    asked = ("connect_timeout", "keepalives_idle", "tcp_user_timeout")
    assert [parameters.get(name) for name in asked] == [seconds, "30", "60000"]


def test_on_sqlite_there_is_nobody_to_tell(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.sqlite'}")
    notifier = Notifier(database)

    notifier.start()
    write(database, "a")
    notifier.stop()
    database.dispose()

    assert not notifier.ready.is_set()
