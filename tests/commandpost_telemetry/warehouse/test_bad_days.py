"""What others do to a warehouse while it is loaded: the rest goes on, nothing twice or lost."""

import os
import random
import resource
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from commandpost_telemetry.kit.clock import clock
from commandpost_telemetry.warehouse.destinations.destination import Destination
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination
from commandpost_telemetry.warehouse.destinations.errors import WarehouseUnavailable
from commandpost_telemetry.warehouse.destinations.postgres.destination import PostgresDestination
from commandpost_telemetry.warehouse.loading import batches
from commandpost_telemetry.warehouse.loading.options import Options
from commandpost_telemetry.warehouse.syncing.sync import Sync
from tests.commandpost_telemetry.warehouse import given
from tests.commandpost_telemetry.warehouse.lending import ROLE, Admin

DAY = timedelta(days=1)
EVENT_NAMES = int(os.environ.get("COMMANDPOST_EVENT_NAMES", "120"))


def test_a_table_without_rights_is_held_and_stops_no_sync(
    lent: PostgresDestination, admin: Admin, tmp_path: Path, at_noon: datetime
) -> None:
    log = given.MemoryLog(given.a_pair(0))
    sync = Sync(log, lent, tmp_path)
    sync.run()

    admin(sql.SQL("REVOKE ALL ON main.sign_up FROM {}").format(ROLE))
    for number in (1, 2):
        log.append(given.a_pair(number))
        clock.set(at_noon + number * DAY)
        assert sync.run().held == {"sign_up": number}
    admin(sql.SQL("GRANT ALL ON main.sign_up TO {}").format(ROLE))
    clock.set(at_noon + 3 * DAY)
    outcome = sync.run()

    assert (outcome.tables, outcome.held) == ({"sign_up": 2}, {})
    given.assert_all_there_once(lent, 3)


def test_a_table_that_somebody_locks_is_held_and_stops_no_other(
    lent_url: str, admin: Admin, empty_postgres: str, tmp_path: Path, at_noon: datetime
) -> None:
    admin(sql.SQL("ALTER ROLE {} SET lock_timeout = '100ms'").format(ROLE))
    log = given.MemoryLog(given.a_pair(0))
    with closing(PostgresDestination(lent_url, tmp_path)) as hurried:
        sync = Sync(log, hurried, tmp_path)
        sync.run()
        log.append(given.a_pair(1))

        with psycopg.connect(empty_postgres) as other:
            other.execute("LOCK TABLE main.sign_up IN ACCESS EXCLUSIVE MODE")
            held = sync.run().held
        clock.set(at_noon + DAY)
        outcome = sync.run()

        assert (held, outcome.tables, outcome.held) == ({"sign_up": 1}, {"sign_up": 1}, {})
        given.assert_all_there_once(hurried, 2)


def test_a_server_that_never_answers_is_given_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        url = f"postgresql://x@127.0.0.1:{port}/x?connect_timeout=2"

        with pytest.raises(WarehouseUnavailable, match="the next sync tries again"):
            PostgresDestination(url, tmp_path)


@contextmanager
def no_file_over(size: int) -> Iterator[None]:
    """Files cannot grow beyond the size, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize(
    ("size", "checkpoint"),
    [(50_000, "1GB"), (300_000, "1GB"), (600_000, "1GB"), (1_200_000, "100KB")],
    ids=["staging", "write-ahead log", "a later load", "checkpoint"],
)
def test_what_a_full_disk_stopped_is_loaded_once_there_is_room(
    tmp_path: Path, size: int, checkpoint: str
) -> None:
    chance = random.Random(1)  # noqa: S311 - text that cannot be packed
    log = given.MemoryLog(
        *(
            [given.a_message(messageId=f"m{n:03}", properties={"x": chance.randbytes(2000).hex()})]
            for n in range(400)
        )
    )
    with closing(DuckDBDestination(tmp_path / "warehouse.duckdb")) as warehouse:
        warehouse.query(f"SET GLOBAL checkpoint_threshold = '{checkpoint}'")
        sync = Sync(log, warehouse, tmp_path / "tmp", batch_bytes=200_000)

        with no_file_over(size), pytest.raises(WarehouseUnavailable, match="Look at disk"):
            sync.run()
        sync.run()

        ids = [(f"m{n:03}",) for n in range(400)]
        assert given.rows(warehouse, "tracks", "id") == ids
        assert given.rows(warehouse, "something_done", "id") == ids
        [(failure,)] = warehouse.query("SELECT error FROM loader.failures").rows
        assert "Nothing of it was kept; the log keeps the messages" in str(failure)


def test_event_names_without_end_are_loaded_piece_by_piece(
    warehouse: Destination, tmp_path: Path
) -> None:
    log = given.MemoryLog([given.a_message(event=f"Event {n}") for n in range(EVENT_NAMES)])
    log.append([given.a_message(event="Event 0")])
    options = Options(most_at_once=min(EVENT_NAMES * 8, Options().most_at_once))

    outcome = Sync(log, warehouse, tmp_path, options=options).run()

    assert (outcome.messages, outcome.loaded, outcome.rejected) == (EVENT_NAMES + 1,) * 2 + (0,)
    assert outcome.loads > 1
    assert outcome.tables == {
        "tracks": EVENT_NAMES + 1,
        "event_0": 2,
        **{f"event_{n}": 1 for n in range(1, EVENT_NAMES)},
    }


@pytest.mark.parametrize("most_columns", [500, 100_000], ids=["taken apart", "at once"])
def test_a_file_is_opened_anew_under_who_reads_it_and_nothing_is_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_columns: int
) -> None:
    monkeypatch.setattr(batches, "MANY_TABLES", 5)  # else it takes hundreds
    log = given.MemoryLog()
    for part in range(3):
        log.append([given.a_message(event=f"Event {part} {n}") for n in range(40)])
    with closing(DuckDBDestination(tmp_path / "warehouse.duckdb")) as warehouse:
        reading = warehouse.cursor()
        reading.execute("BEGIN")
        before = reading.execute("SELECT count(*) FROM tracks").fetchone()
        options = Options(most_at_once=most_columns)

        outcome = Sync(log, warehouse, tmp_path, batch_bytes=1000, options=options).run()

        assert (before, reading.execute("SELECT count(*) FROM tracks").fetchone()) == ((0,), (0,))
        reading.close()
        assert (outcome.loaded, len(outcome.tables)) == (120, 121)
        assert warehouse.query("SELECT count(*) FROM tracks").rows == [(120,)]


def test_a_warehouse_in_memory_stays(in_memory: DuckDBDestination, tmp_path: Path) -> None:
    given.loaded(in_memory, tmp_path, given.a_message(messageId="m1"))

    in_memory.lighten()

    assert given.rows(in_memory, "tracks", "id") == [("m1",)]
