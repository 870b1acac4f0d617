"""Files to take away: typed Parquet, and CSV in which no cell is a formula."""

from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from commandpost_telemetry.insights.export import as_csv, as_parquet
from commandpost_telemetry.insights.source import Answer

MOMENT = datetime(2026, 11, 24, 12, 30)  # noqa: DTZ001 - as it lies in the warehouse


def test_parquet_keeps_the_type_of_each_column(tmp_path: Path) -> None:
    columns = ("day", "at", "count", "share", "is_ended", "name", "nothing")
    answer = Answer(
        columns,
        (
            (date(2026, 11, 24), MOMENT, 1, 2, True, "a", None),
            (None, None, 2, 0.5, None, "b", None),
        ),
    )
    path = tmp_path / "answer.parquet"

    path.write_bytes(as_parquet(answer))

    with duckdb.connect() as connection:
        found = connection.execute("SELECT * FROM read_parquet(?)", [str(path)])
        types = [str(column[1]) for column in found.description or ()]
        assert types == ["DATE", "TIMESTAMP", "BIGINT", "DOUBLE", "BOOLEAN", "VARCHAR", "VARCHAR"]
        assert tuple(found.fetchall()) == answer.rows


def test_an_empty_answer_is_a_file_with_headings_only(tmp_path: Path) -> None:
    answer = Answer(("day", "count"), ())
    (tmp_path / "answer.parquet").write_bytes(as_parquet(answer))

    with duckdb.connect() as connection:
        found = connection.execute(
            "SELECT * FROM read_parquet(?)", [str(tmp_path / "answer.parquet")]
        )
        assert [column[0] for column in found.description or ()] == ["day", "count"]
    assert as_csv(answer) == b"day,count\r\n"


def test_no_cell_begins_a_formula_where_semicolons_part_cells() -> None:
    answer = Answer(("customer", "count"), (("a;=1;b;-c", 1),))

    assert as_csv(answer).decode().splitlines()[1] == "a;'=1;b;'-c,1"


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_cell_of_csv_is_taken_for_a_formula(formula: str) -> None:
    answer = Answer(("customer", "count"), ((formula, -1),))

    [_, row] = as_csv(answer).decode().splitlines()

    assert row.lstrip('"').startswith("'")
    assert row.endswith(",-1")
