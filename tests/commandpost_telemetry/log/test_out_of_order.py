"""A row whose position was damaged hides nothing that was or will be acknowledged after it."""

from contextlib import closing
from pathlib import Path

import pytest

from commandpost_telemetry.log.entry import Entry
from commandpost_telemetry.log.segments import list_segments
from commandpost_telemetry.log.sqlite import SqliteLog
from tests.commandpost_telemetry.log import given

FAR = 1 << 30  # further than the log goes in days, but still what one file might hold


def test_nothing_written_after_it_is_hidden(tmp_path: Path) -> None:
    _filled(tmp_path)
    _jump_ahead(tmp_path)

    with closing(SqliteLog(tmp_path)) as log:
        read = given.everything(log)
        given.appended(log, given.a_request("m4"))
        later = log.read(after=read[-1].position)

    assert _ids(read) == ["m2", "m3"]
    assert _ids(later) == ["m4"]


def test_nothing_in_the_file_behind_it_is_hidden(tmp_path: Path) -> None:
    _filled(tmp_path)
    (first,) = list_segments(tmp_path)
    (tmp_path / f"{first.first_position + 100:020d}.sqlite").touch()
    with closing(SqliteLog(tmp_path)) as log:
        given.appended(log, given.a_request("m4"))
    _jump_ahead(tmp_path, number=2)

    with closing(SqliteLog(tmp_path)) as log:
        assert _ids(given.everything(log)) == ["m1", "m2", "m4"]
        log.release(log.last_position())

    assert first.path.with_name(f"{first.path.name}.damaged").exists()


@pytest.mark.parametrize("number", [0, 2])
@pytest.mark.parametrize("far", [1 << 33, -(1 << 33)])
def test_nothing_written_behind_one_that_left_its_file_is_hidden(
    tmp_path: Path, number: int, far: int
) -> None:
    _filled(tmp_path)
    _jump_ahead(tmp_path, number, far)

    with closing(SqliteLog(tmp_path)) as log:
        read = given.everything(log)
        given.appended(log, given.a_request("m4"))
        later = log.read(after=read[-1].position)

    assert _ids(later) == ["m4"]


def _filled(folder: Path) -> None:
    with closing(SqliteLog(folder)) as log:
        given.appended(log, *(given.a_request(name) for name in ("m1", "m2", "m3")))


def _jump_ahead(folder: Path, number: int = 0, far: int = FAR) -> None:
    """Let a row of the oldest file say that it stands far from all others."""
    segment = list_segments(folder)[0]
    position = segment.first_position + number
    content = segment.path.read_bytes()
    assert content.count(_varint(position)) == 1
    segment.path.write_bytes(content.replace(_varint(position), _varint(position + far)))


def _varint(number: int) -> bytes:
    """Return a number as SQLite writes one: seven bits a byte, all but the last one marked."""
    sevens = [number & 0x7F]
    while number := number >> 7:
        sevens.append(number & 0x7F | 0x80)
    return bytes(reversed(sevens))


def _ids(entries: list[Entry]) -> list[str]:
    return [line.split(b'"')[3].decode() for entry in entries for line in entry.lines.splitlines()]
