"""How far a load got: each state as it is reached, where it broke off, and what a kill leaves."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from commandpost_telemetry.kit.clock import clock
from commandpost_telemetry.warehouse.destinations.destination import Destination, StagedTable
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination
from commandpost_telemetry.warehouse.destinations.duckdb.transaction import DuckDBTransaction
from commandpost_telemetry.warehouse.destinations.errors import LoadRefused, WarehouseUnavailable
from commandpost_telemetry.warehouse.listings.listings import get_listing
from commandpost_telemetry.warehouse.loading.load import Loader
from commandpost_telemetry.warehouse.loading.states import State
from tests.commandpost_telemetry.warehouse import given

BEFORE = [
    State.WAITING,
    State.GENERATING,
    State.GENERATED,
    State.CREATING,
    State.CREATED,
    State.EXPORTING,
]


def states(destination: Destination) -> list[list[object]]:
    """The states of each load in the order of their steps, loads in the order of their start."""
    found: dict[object, list[object]] = {}
    query = "SELECT load_id, state FROM loader.load_states ORDER BY reached_at, step, table_name"
    for load_id, state in destination.query(query).rows:
        found.setdefault(load_id, []).append(state)
    return list(found.values())


def listed(destination: Destination) -> list[tuple[object, ...]]:
    listing = get_listing("steps")
    assert listing is not None
    return listing.read(destination.query)


def test_a_load_passes_through_every_state(
    warehouse: Destination, tmp_path: Path, at_noon: datetime
) -> None:
    given.loaded(warehouse, tmp_path, given.a_message())

    assert states(warehouse) == [[*BEFORE, State.EXPORTED]]
    before = ", ".join(f"{state} 0.0 s" for state in BEFORE)
    noon = at_noon.replace(tzinfo=None)
    assert listed(warehouse) == [(noon, State.EXPORTED, before, "", "")]
    ids = "SELECT COUNT(*) FROM loader.loads WHERE load_id IN (SELECT load_id FROM {})"
    assert warehouse.query(ids.format("loader.load_states")).rows == [(1,)]


def test_one_that_breaks_off_says_where_and_why_and_is_begun_anew(
    in_memory: DuckDBDestination, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = given.MemoryLog([given.a_message()])

    given.fill_the_disk(monkeypatch)
    with pytest.raises(WarehouseUnavailable):
        given.a_sync(log, in_memory, tmp_path)
    monkeypatch.undo()
    [(*_, state, way, _, error)] = listed(in_memory)
    given.a_sync(log, in_memory, tmp_path)

    assert (state, "no space left" in str(error)) == (State.FAILED, True)
    assert str(way).startswith("waiting ")
    assert states(in_memory) == [[*BEFORE, State.FAILED], [*BEFORE, State.EXPORTED]]
    assert given.rows(in_memory, "tracks", "event") == [("something_done",)]


def test_one_that_was_killed_stays_where_it_was(
    in_memory: DuckDBDestination, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = given.MemoryLog([given.a_message()])

    def killed(self: DuckDBTransaction, staged: StagedTable) -> int:
        raise SystemExit(f"{self} {staged}")

    monkeypatch.setattr(DuckDBTransaction, "add", killed)  # a kill -9 here would end the tests
    with pytest.raises(SystemExit):
        given.a_sync(log, in_memory, tmp_path)
    monkeypatch.undo()

    assert states(in_memory) == [BEFORE]
    assert given.rows(in_memory, "tracks", "id") == []


def test_what_cannot_be_staged_or_divided_fails_there(
    in_memory: DuckDBDestination, tmp_path: Path
) -> None:
    log = given.MemoryLog([given.a_message()])
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")
    with pytest.raises(WarehouseUnavailable, match="blocked"):
        given.a_sync(log, in_memory, blocked)
    loader = Loader(in_memory, tmp_path)
    prepared = loader.prepare(in_memory.engine(), log.read(after=0))
    in_memory.query("ALTER TABLE loader.held RENAME TO elsewhere")
    with pytest.raises(LoadRefused):
        loader.load("log", 0, prepared)

    staged, divided = states(in_memory)
    assert staged == [State.WAITING, State.GENERATING, State.GENERATING_FAILED]
    assert divided[-2:] == [State.CREATING, State.CREATING_FAILED]


def test_a_held_table_is_named_with_the_load(warehouse: Destination, tmp_path: Path) -> None:
    warehouse.query("CREATE TABLE main.sign_up (id VARCHAR, plan UUID)")
    given.loaded(warehouse, tmp_path, given.a_message(event="Sign Up", properties={"plan": "free"}))

    [(*_, state, _, tables, _)] = listed(warehouse)
    assert (state, tables) == (State.EXPORTED, "sign_up exporting_data_failed")


def test_states_are_kept_for_a_week(
    warehouse: Destination, tmp_path: Path, at_noon: datetime
) -> None:
    log = given.MemoryLog()
    for days in (0, 6, 8):
        clock.set(at_noon + timedelta(days=days))
        log.append([given.a_message()])
        given.a_sync(log, warehouse, tmp_path)

    assert len(states(warehouse)) == 2
