"""Rows that are too old are removed, counted and shown; users stay."""

import re
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from commandpost_telemetry.insights.quality import Verdict, run_checks
from commandpost_telemetry.insights.source import DuckDBSource
from commandpost_telemetry.insights.upkeep import Upkeep
from commandpost_telemetry.kit.clock import clock
from commandpost_telemetry.settings import Settings
from commandpost_telemetry.warehouse.destinations import bookkeeping
from commandpost_telemetry.warehouse.destinations.destination import Destination, Schema
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination
from commandpost_telemetry.warehouse.loading.options import Options
from commandpost_telemetry.warehouse.syncing.sync import Sync
from tests.commandpost_telemetry.warehouse import given

DAYS = {"*": 30, "event": 10, "sign_up": 3}


def received(days_ago: float, kind: str = "track", **fields: Any) -> dict[str, Any]:
    at = datetime(2026, 11, 24, 12, tzinfo=UTC) - timedelta(days=days_ago)
    return given.a_message(kind, receivedAt=at.isoformat(), **fields)


def a_sync(log: given.MemoryLog, destination: Destination, folder: Path, **days: int) -> Sync:
    return Sync(log, destination, folder, options=Options(retention=days or DAYS))


def some() -> list[dict[str, Any]]:
    ages = (0, 5, 20, 40)
    return [
        *(received(age, messageId=f"s{age}", event="Sign Up") for age in ages),
        *(received(age, messageId=f"o{age}", event="Other") for age in ages),
        *(received(age, "page", messageId=f"p{age}") for age in ages),
        *(received(age, "identify", messageId=f"i{age}", userId=f"u{age}") for age in ages),
    ]


def test_it_is_done_once_a_day_and_never_again_for_the_same_rows(
    warehouse: Destination, tmp_path: Path, at_noon: datetime
) -> None:
    log = given.MemoryLog([received(0, messageId="m1", event="Other")])
    sync = a_sync(log, warehouse, tmp_path, other=1)
    sync.run()
    log.append([received(9, messageId="m2", event="Other")])

    assert sync.run().removed == {}
    clock.set(at_noon + timedelta(days=1))
    assert sync.run().removed == {"other": 1}
    clock.set(at_noon + timedelta(days=2))
    assert sync.run().removed == {"other": 1}
    clock.set(at_noon + timedelta(days=3))
    assert sync.run().removed == {}


def test_without_the_setting_nothing_is_removed(warehouse: Destination, tmp_path: Path) -> None:
    outcome = Sync(given.MemoryLog(some()), warehouse, tmp_path).run()

    assert outcome.removed == {}
    assert len(given.rows(warehouse, "tracks", "id")) == 8


class Asked(DuckDBDestination):
    """A warehouse that counts how often it is asked for its tables."""

    times = 0

    @override
    def schema(self) -> Schema:
        self.times += 1
        return super().schema()


@pytest.mark.parametrize(("days", "times"), [({}, 0), ({"loader.held": 3}, 0), ({"other": 3}, 1)])
def test_where_all_rows_stay_no_table_is_looked_for(
    tmp_path: Path, days: dict[str, int], times: int
) -> None:
    with closing(Asked(None)) as warehouse:
        before = warehouse.times
        Sync(given.MemoryLog(), warehouse, tmp_path, options=Options(retention=days)).run()

        assert warehouse.times - before == times


def test_what_the_loads_say_still_adds_up_and_the_models_count_what_is_left(
    in_memory: DuckDBDestination, tmp_path: Path, at_noon: datetime
) -> None:
    created = [
        received(age, event="CreateIncident", properties={"IncidentID": f"i{age}"})
        for age in (0, 40)
    ]
    source = DuckDBSource(in_memory.cursor)
    given.loaded(in_memory, tmp_path, *created)
    Upkeep(source).refresh()

    clock.set(at_noon + timedelta(seconds=1))
    a_sync(given.MemoryLog(), in_memory, tmp_path).run()
    Upkeep(source).refresh()

    counts = [each for each in run_checks(source, 1800) if each.name == "counts"]
    assert [each.verdict for each in counts] == [Verdict.FINE]
    assert source.ask("SELECT incident_id FROM insights.incidents").rows == (("i0",),)


@pytest.mark.parametrize("loaded", [1, 3])
def test_what_was_removed_leaves_the_models_however_much_was_loaded_with_it(
    in_memory: DuckDBDestination, tmp_path: Path, at_noon: datetime, loaded: int
) -> None:
    def created(age: int, number: int) -> dict[str, Any]:
        name = f"i{age}{number}"
        return received(age, event="CreateIncident", properties={"IncidentID": name})

    source = DuckDBSource(in_memory.cursor)
    log = given.MemoryLog([created(40, 0)])
    Sync(log, in_memory, tmp_path).run()
    Upkeep(source).refresh()

    clock.set(at_noon + timedelta(seconds=1))
    log.append([created(0, number) for number in range(loaded)])
    a_sync(log, in_memory, tmp_path).run()
    Upkeep(source).refresh()

    found = source.ask("SELECT incident_id FROM insights.incidents ORDER BY 1").rows
    assert found == tuple((f"i0{number}",) for number in range(loaded))


def test_a_table_that_keeps_its_rows_stops_no_other(
    warehouse: Destination, tmp_path: Path, at_noon: datetime
) -> None:
    del at_noon
    columns = "id INTEGER PRIMARY KEY, received_at TIMESTAMP, uuid_ts TIMESTAMP"
    warehouse.query(f"CREATE TABLE main.bound ({columns})")
    warehouse.query("CREATE TABLE main.binding (id INTEGER REFERENCES main.bound (id))")
    warehouse.query("INSERT INTO main.bound VALUES (1, TIMESTAMP '2020-01-01 00:00:00', NULL)")
    warehouse.query("INSERT INTO main.binding VALUES (1)")

    outcome = a_sync(given.MemoryLog(some()), warehouse, tmp_path).run()

    assert re.search(r"(?s)too old stay in bound \(.*loaded is kept", outcome.failed["log"])
    assert outcome.removed == {"sign_up": 3, "other": 2, "tracks": 2, "pages": 1, "identifies": 1}
    assert outcome.loaded == 16
    [(failure,)] = warehouse.query("SELECT error FROM loader.failures").rows
    assert failure == outcome.failed["log"]
    assert warehouse.query("SELECT id FROM main.bound").rows == [(1,)]
    assert given.rows(warehouse, "sign_up", "id") == [("s0",)]
    accounts = warehouse.query("SELECT table_name FROM loader.removals ORDER BY 1").rows
    assert accounts == [("identifies",), ("other",), ("pages",), ("sign_up",), ("tracks",)]


def test_rejects_and_held_messages_do_not_grow_for_ever(
    warehouse: Destination, tmp_path: Path, at_noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse.query("CREATE TABLE main.sign_up (id VARCHAR, plan UUID)")
    signed = given.a_message(messageId="s1", event="Sign Up", properties={"plan": "free"})
    log = given.MemoryLog([given.a_message("merge", messageId="r1"), signed])
    sync = Sync(log, warehouse, tmp_path, options=Options(retention={"loader.held": 3}))
    sync.run()

    clock.set(at_noon + timedelta(days=2))
    kept = sync.run()
    clock.set(at_noon + timedelta(days=4))
    given_up = sync.run()
    states = warehouse.query("SELECT table_name FROM loader.table_states").rows
    rejects = given.asked(warehouse, "SELECT message_id, reason FROM loader.rejects ORDER BY 1")
    clock.set(at_noon + timedelta(days=91))
    log.append([given.a_message(messageId="o1"), *(given.a_message("merge") for _ in range(3))])
    sync.run()

    assert (kept.held, given_up.held, given_up.rejected) == ({"sign_up": 1}, {}, 1)
    assert states == []  # what is refused next is tried again by itself
    assert rejects == [
        ("r1", 'Unknown event type: "merge".'),
        ("s1", "Held too long: sign_up did not take it."),
    ]
    assert warehouse.query("SELECT count(*) FROM loader.rejects").rows == [(4,)]

    monkeypatch.setattr(bookkeeping, "MOST_REJECTS", 2)
    clock.set(at_noon + timedelta(days=92))
    log.append([given.a_message("merge"), given.a_message("merge")])
    sync.run()
    at = warehouse.query("SELECT DISTINCT rejected_at FROM loader.rejects").rows
    assert at == [((at_noon + timedelta(days=92)).replace(tzinfo=None),)]


@pytest.mark.parametrize("days", [{"*": 0}, {"tracks": -1}, {"tracks": "long"}])
def test_days_are_whole_and_more_than_none(days: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="retention_days"):
        Settings(retention_days=days)
