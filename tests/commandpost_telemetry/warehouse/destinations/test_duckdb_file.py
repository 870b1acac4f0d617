"""The file of a DuckDB warehouse: put in order when nobody waits, opened anew when given up."""

from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from commandpost_telemetry.kit.clock import clock
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination
from commandpost_telemetry.warehouse.destinations.errors import WarehouseUnavailable
from tests.commandpost_telemetry.warehouse import given


def pieces(warehouse: DuckDBDestination) -> int:
    query = "SELECT COUNT(DISTINCT row_group_id) FROM pragma_storage_info('tracks')"
    [(found,)] = warehouse.query(query).rows
    assert isinstance(found, int)
    return found


def load(destination: DuckDBDestination, folder: Path, log: given.MemoryLog, times: int) -> None:
    for _ in range(times):
        log.append([given.a_message(messageId=f"m{log.last_position()}")])
        given.a_sync(log, destination, folder)
        destination.query("CHECKPOINT")  # as a commit does now and then


def test_loads_leave_pieces_which_are_put_together_later(tmp_path: Path) -> None:
    log = given.MemoryLog()
    with closing(DuckDBDestination(tmp_path / "warehouse.duckdb")) as destination:
        load(destination, tmp_path, log, 3)
        left = pieces(destination)
        destination.compact()
        load(destination, tmp_path, log, 1)

        assert (left, pieces(destination)) == (3, 2)
        assert given.rows(destination, "tracks", "id") == [(f"m{n}",) for n in range(4)]


def test_while_somebody_writes_the_pieces_stay(tmp_path: Path, at_noon: datetime) -> None:
    log = given.MemoryLog()
    with closing(DuckDBDestination(tmp_path / "warehouse.duckdb")) as destination:
        load(destination, tmp_path, log, 3)
        with closing(destination.cursor()) as other:
            other.execute("BEGIN")
            other.execute("INSERT INTO loader.positions VALUES ('other', 1)")
            destination.compact()
            other.execute("COMMIT")
        left = pieces(destination)
        clock.set(at_noon + timedelta(days=1))
        destination.compact()

        assert (left, pieces(destination)) == (3, 1)
        assert given.count(destination, "tracks") == 3


def test_where_it_cannot_be_put_in_order_what_was_loaded_is_there(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = given.MemoryLog()
    with closing(DuckDBDestination(tmp_path / "warehouse.duckdb")) as destination:
        load(destination, tmp_path, log, 2)
        destination.query(
            "CREATE VIEW loader.compactions AS SELECT TIMESTAMP '2020-01-01' AS begun_at"
        )
        with caplog.at_level("INFO"):
            destination.compact()

        assert "put in order another time" in caplog.text
        assert (pieces(destination), given.count(destination, "tracks")) == (2, 2)
        assert destination.query("SELECT current_setting('max_vacuum_tasks')").rows == [(0,)]


def test_what_cannot_be_opened_again_is_tried_until_it_can(tmp_path: Path) -> None:
    path, away = tmp_path / "warehouse.duckdb", tmp_path / "away.duckdb"
    with closing(DuckDBDestination(path)) as destination:
        destination.query("INSERT INTO loader.positions VALUES ('log', 7)")
        destination.close()  # as DuckDB leaves it after a full disk
        path.rename(away)
        path.mkdir()  # which no right opens, not even that of root
        for _ in range(2):
            with pytest.raises(WarehouseUnavailable, match="cannot be opened"):
                destination.position("log")
        path.rmdir()
        away.rename(path)

        assert destination.position("log") == 7
