"""Lines come back from every form in which the log has stored them, or are told to be damaged."""

import zlib

import pytest

from commandpost_telemetry.log.body import packed, unpacked
from commandpost_telemetry.log.errors import DamagedError

LINE = b'{"type":"track","messageId":"a"}\n'
LINES = LINE * 100


@pytest.mark.parametrize("lines", [LINE, LINES], ids=["small", "large"])
def test_lines_come_back_as_they_were(lines: bytes) -> None:
    assert unpacked(packed(lines)) == lines


def test_large_bodies_take_less_room_than_their_lines() -> None:
    assert len(packed(LINES)) < len(LINES) // 10


def test_any_inflater_reads_what_is_stored() -> None:
    assert zlib.decompress(packed(LINES)[1:], -zlib.MAX_WBITS) == LINES


def test_bodies_of_older_files_are_read() -> None:
    assert unpacked(zlib.compress(LINES, 1)) == LINES


@pytest.mark.parametrize("stored", [packed(LINES), zlib.compress(LINES, 1)], ids=["now", "older"])
def test_a_body_cut_short_is_damaged(stored: bytes) -> None:
    with pytest.raises(DamagedError, match="cannot be inflated"):
        unpacked(stored[:-5])
