"""A row that rots while its file is open is told from what was written, and hides nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from commandpost_telemetry.log.segments import list_segments
from commandpost_telemetry.log.sqlite import SqliteLog
from tests.commandpost_telemetry.log import given


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteLog]:
    with closing(SqliteLog(tmp_path)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("body", b'{"messageId":"m9"}\n'),  # too small to be compressed
        ("count", 2),
        ("source_id", "bob"),
        ("received_at", 1),
        ("position", 1 << 60),
        ("checksum", 1),
    ],
)
def test_the_newest_row_rots_and_all_others_are_read(
    log: SqliteLog, column: str, value: object
) -> None:
    given.appended(log, *(given.a_request(name) for name in ("m1", "m2", "m3")))

    _rot(log.folder, column, value)
    before = given.kept_ids(log)
    given.appended(log, given.a_request("m4"))

    assert before == ["m1", "m2"]
    assert given.kept_ids(log) == ["m1", "m2", "m4"]


def test_the_writer_leaves_a_file_that_rots_and_the_file_is_kept(log: SqliteLog) -> None:
    given.appended(log, given.a_request("m1"), given.a_request("m2"))

    _rot(log.folder, "count", 2)
    assert log.damaged_files() == 0
    given.kept_ids(log)
    given.appended(log, given.a_request("m3"))
    first, second = list_segments(log.folder)
    log.release(log.last_position())

    assert log.damaged_files() == 1
    assert list_segments(log.folder) == [second]
    assert first.path.with_name(f"{first.path.name}.damaged").exists()
    assert given.kept_ids(log) == ["m3"]


def test_a_row_that_rots_is_not_shown_among_the_newest(log: SqliteLog) -> None:
    given.appended(log, given.a_request("m1"), given.a_request("m2"))

    _rot(log.folder, "source_id", "bob")

    assert [entry.source_id for entry in log.newest(5)] == ["ann"]


def _rot(folder: Path, column: str, value: object) -> None:
    """Let the newest row say something else."""
    (segment,) = list_segments(folder)
    with closing(sqlite3.connect(segment.path)) as connection, connection:
        connection.row_factory = sqlite3.Row
        newest = "SELECT * FROM entry ORDER BY position DESC LIMIT 1"
        row = dict(connection.execute(newest).fetchone())
        connection.execute("DELETE FROM entry WHERE position = ?", (row["position"],))
        row[column] = value
        connection.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)", tuple(row.values()))
