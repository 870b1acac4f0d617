"""A batch that the destination refuses: what is to blame is passed over, the rest is loaded."""

from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from commandpost_telemetry.kit.clock import clock
from commandpost_telemetry.warehouse.destinations import bookkeeping
from commandpost_telemetry.warehouse.destinations.destination import Destination
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination
from commandpost_telemetry.warehouse.destinations.errors import WarehouseError, WarehouseUnavailable
from commandpost_telemetry.warehouse.loading.load import Loader
from commandpost_telemetry.warehouse.loading.retries import Retries
from commandpost_telemetry.warehouse.loading.states import State, list_held
from commandpost_telemetry.warehouse.syncing.sync import READER, Sync
from tests.commandpost_telemetry.warehouse import given


@pytest.fixture
def guarded(in_memory: DuckDBDestination) -> DuckDBDestination:
    """A warehouse that refuses some rows, as one with constraints made by hand does."""
    with in_memory.cursor() as cursor:
        cursor.execute("DROP VIEW telemetry_events")
        cursor.execute("DROP TABLE tracks")
        cursor.execute("CREATE TABLE tracks (id VARCHAR, event VARCHAR CHECK (event <> 'bad'))")
    return in_memory


def test_what_one_table_refuses_is_rejected_and_all_else_is_loaded(
    guarded: DuckDBDestination, tmp_path: Path
) -> None:
    events = ["fine", "bad", "fine", "fine", "bad"]
    messages = [given.a_message(messageId=f"m{n}", event=e) for n, e in enumerate(events)]
    log = given.MemoryLog(messages[:2], messages[2:], [given.a_message(messageId="m9")])

    outcome = given.a_sync(log, guarded, tmp_path)

    assert (outcome.messages, outcome.loaded, outcome.rejected, outcome.held) == (6, 6, 2, {})
    assert outcome.tables == {"tracks": 4, "fine": 3, "bad": 2, "something_done": 1}
    assert given.rows(guarded, "tracks", "id") == [("m0",), ("m2",), ("m3",), ("m9",)]
    rejects = guarded.query("SELECT message_id, reason FROM loader.rejects ORDER BY 1").rows
    assert [each for each, _ in rejects] == ["m1", "m4"]
    assert "CHECK constraint failed" in str(rejects[0][1])
    assert guarded.position("log") == 3
    assert given.a_sync(log, guarded, tmp_path).loads == 0


def test_a_failure_that_is_nobodys_fault_is_noted_and_tried_again(
    in_memory: DuckDBDestination, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = given.MemoryLog([given.a_message()])

    given.fill_the_disk(monkeypatch)
    with pytest.raises(WarehouseUnavailable, match="no space left"):
        given.a_sync(log, in_memory, tmp_path)
    monkeypatch.undo()

    [(position, error)] = in_memory.query("SELECT from_position, error FROM loader.failures").rows
    assert (position, "no space left" in str(error)) == (0, True)
    assert given.a_sync(log, in_memory, tmp_path).loaded == 1


def long_keys(count: int) -> given.MemoryLog:
    """A log of messages that take many times their size of memory."""
    return given.MemoryLog(
        given.a_message(messageId=f"m{n:03}", properties={"k" * 100_000: n}) for n in range(count)
    )


def test_a_batch_that_takes_too_much_memory_is_loaded_in_parts(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    with closing(DuckDBDestination(path, memory_limit="128MB")) as warehouse:
        outcome = given.a_sync(long_keys(100), warehouse, tmp_path)

        assert (outcome.loaded, outcome.rejected, outcome.loads > 1) == (100, 0, True)
        assert given.rows(warehouse, "tracks", "id") == [(f"m{n:03}",) for n in range(100)]


def test_what_no_memory_is_left_for_waits_for_more(tmp_path: Path) -> None:
    path, log = tmp_path / "warehouse.duckdb", long_keys(2)
    with closing(DuckDBDestination(path, memory_limit="64MB")) as warehouse:
        with pytest.raises(WarehouseUnavailable, match="Out of Memory"):
            given.a_sync(log, warehouse, tmp_path)

        assert warehouse.position("log") == 0
    with closing(DuckDBDestination(path)) as warehouse:
        assert given.a_sync(log, warehouse, tmp_path).loaded == 2


def test_of_failures_the_newest_are_kept(
    warehouse: Destination, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_noon: datetime
) -> None:
    monkeypatch.setattr(bookkeeping, "MOST_NOTES", 3)
    warehouse.query("ALTER TABLE loader.loads RENAME TO elsewhere")
    for minute in range(5):
        clock.set(at_noon + timedelta(minutes=minute))
        with pytest.raises(WarehouseError):
            given.a_sync(given.MemoryLog([given.a_message()]), warehouse, tmp_path)

    kept = warehouse.query("SELECT failed_at FROM loader.failures ORDER BY 1").rows
    assert [at.minute for (at,) in kept if isinstance(at, datetime)] == [2, 3, 4]


@pytest.fixture
def altered(warehouse: Destination) -> Destination:
    """A warehouse in which somebody has made a column of `sign_up` something of their own."""
    warehouse.query("CREATE TABLE main.sign_up (id VARCHAR, plan UUID)")
    return warehouse


def test_after_three_tries_and_three_hours_a_table_waits_for_a_person(
    altered: Destination, tmp_path: Path, at_noon: datetime
) -> None:
    sync = Sync(given.sign_ups("a"), altered, tmp_path)
    tries = []
    for minutes in (0, 1, 3, 7, 15, 31, 61, 91, 121, 151, 181, 211, 500):
        clock.set(at_noon + timedelta(minutes=minutes))
        sync.run()
        [held] = list_held(altered)
        tries.append((held.attempts, held.state))

    assert tries[:3] == [(1, State.FAILED), (2, State.FAILED), (3, State.FAILED)]
    assert tries[-3:] == [(11, State.ABORTED)] * 3

    altered.query("DROP TABLE main.sign_up")
    assert sync.retry("sign_up").tables == {"sign_up": 1}
    assert list_held(altered) == []


def test_tracks_that_are_held_still_know_what_came_before(
    in_memory: DuckDBDestination, tmp_path: Path
) -> None:
    in_memory.query("DROP VIEW telemetry_events")
    in_memory.query("DROP TABLE tracks")
    in_memory.query("CREATE TABLE tracks (id UUID)")
    log = given.MemoryLog([given.a_message(messageId="m1")])
    sync = Sync(log, in_memory, tmp_path)
    sync.run()
    log.append([given.a_message(messageId="m1"), given.a_message(messageId="m2")])

    outcome = sync.run()
    in_memory.query("ALTER TABLE tracks ALTER COLUMN id SET DATA TYPE VARCHAR")
    sync.retry()

    assert (outcome.loaded, outcome.repeated, outcome.held) == (1, 1, {"tracks": 2})
    for table in ("tracks", "something_done"):
        assert given.rows(in_memory, table, "id") == [("m1",), ("m2",)]


def test_a_try_that_was_broken_off_before_it_rejected_anything_is_ended_by_the_next(
    in_memory: DuckDBDestination, tmp_path: Path
) -> None:
    in_memory.query("CREATE TABLE sign_up (id VARCHAR, plan UUID)")
    Sync(given.sign_ups("a", "b", "c"), in_memory, tmp_path).run()
    in_memory.query("DROP TABLE sign_up")
    in_memory.query("CREATE TABLE sign_up (id VARCHAR, plan VARCHAR CHECK (plan <> 'c'))")
    [held] = list_held(in_memory)
    tries = Retries(in_memory, Loader(in_memory, tmp_path), READER)

    next(iter(tries.retry(held.table)))  # what it takes is loaded, and nothing is rejected yet
    left = [each.messages for each in list_held(in_memory)]
    list(tries.retry(held.table))

    assert (left, list_held(in_memory)) == ([1], [])
    assert given.rows(in_memory, "sign_up", "id", "plan") == [("m0", "a"), ("m1", "b")]
    rejects = in_memory.query("SELECT message_id FROM loader.rejects").rows
    assert rejects == [("m2",)]


def test_what_is_given_up_is_kept_whole_up_to_64_kb(altered: Destination, tmp_path: Path) -> None:
    sync = Sync(given.sign_ups("short", "é" * 50_000), altered, tmp_path)
    sync.run()

    sync.skip("sign_up")

    found = altered.query("SELECT payload FROM loader.rejects ORDER BY message_id").rows
    short, long = (str(payload) for (payload,) in found)
    assert short.endswith("}")
    assert len(long.encode()) in range(65_536, 65_539)  # half a letter is one that tells so
