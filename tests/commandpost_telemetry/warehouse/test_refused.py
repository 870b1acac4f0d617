"""A batch that the destination refuses: what is to blame is passed over, the rest is loaded."""

from pathlib import Path

import duckdb
import pytest

from commandpost_telemetry.warehouse.destination import StagedTable
from commandpost_telemetry.warehouse.duckdb import DuckDBDestination, DuckDBTransaction
from commandpost_telemetry.warehouse.errors import WarehouseUnavailable
from tests.commandpost_telemetry.warehouse import given


@pytest.fixture
def guarded(in_memory: DuckDBDestination) -> DuckDBDestination:
    """A warehouse that refuses some rows, as one with constraints made by hand does."""
    with in_memory.cursor() as cursor:
        cursor.execute("DROP VIEW telemetry_events")
        cursor.execute("DROP TABLE tracks")
        cursor.execute("CREATE TABLE tracks (id VARCHAR, event VARCHAR CHECK (event <> 'bad'))")
    return in_memory


def test_a_refused_message_is_rejected_and_all_others_are_loaded(
    guarded: DuckDBDestination, tmp_path: Path
) -> None:
    events = ["fine", "bad", "fine", "fine", "bad"]
    messages = [given.a_message(messageId=f"m{n}", event=e) for n, e in enumerate(events)]
    log = given.MemoryLog(messages[:2], messages[2:], [given.a_message(messageId="m9")])

    outcome = given.a_sync(log, guarded, tmp_path)

    assert (outcome.messages, outcome.loaded, outcome.rejected) == (6, 4, 2)
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

    def full(self: DuckDBTransaction, staged: StagedTable) -> int:
        raise duckdb.IOException(f"no space left for {staged.name} {self!r}"[:40])

    # a full disk cannot be had in a test in any other way
    monkeypatch.setattr(DuckDBTransaction, "add", full)
    with pytest.raises(WarehouseUnavailable, match="no space left"):
        given.a_sync(log, in_memory, tmp_path)
    monkeypatch.undo()

    [(position, error)] = in_memory.query("SELECT from_position, error FROM loader.failures").rows
    assert (position, "no space left" in str(error)) == (0, True)
    assert given.a_sync(log, in_memory, tmp_path).loaded == 1
