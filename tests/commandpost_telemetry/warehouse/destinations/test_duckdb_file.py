"""The file of a DuckDB warehouse that was given up is opened as soon as it can be."""

from contextlib import closing
from pathlib import Path

import pytest

from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination
from commandpost_telemetry.warehouse.destinations.errors import WarehouseUnavailable


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
