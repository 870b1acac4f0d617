"""What a fuzzer calls with any bytes: the parser, the gzip reader, the reader of the log.

`python -m tests.commandpost_telemetry.fuzz TARGET SECONDS` runs one of them with atheris, guided by
coverage; the targets are plain functions, and a test calls them too.
"""

import asyncio
import gzip
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import msgspec

from commandpost_telemetry.collector.body import TooLarge, Unreadable, inflated
from commandpost_telemetry.collector.ingest import (
    Refusal,
    Taken,
    take_batch,
    take_single,
    write_key_in,
)
from commandpost_telemetry.collector.taking import Arrival
from commandpost_telemetry.log.entry import Entry, Request
from commandpost_telemetry.log.errors import LogUnavailableError
from commandpost_telemetry.log.segments import DAMAGED, list_segments
from commandpost_telemetry.log.sqlite import SqliteLog

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ARRIVAL = Arrival("ann", NOON, "203.0.113.7")
MESSAGES = {
    "invalid json",
    "event is not a valid rudder event",
    "request neither has anonymousId nor userId",
    "empty batch payload",
}
ENTRIES = 12
FIRST_PAGE = 16384  # bytes: with less a file is empty to SQLite, and holds no entry
MOST = 4096  # bytes that a gzip stream may hold


def parser(data: bytes) -> None:
    """Every body is taken whole, event by event a line or a reject, or is refused and kept."""
    for taken in (take_batch(data, ARRIVAL), take_single(data, "track", ARRIVAL)):
        if isinstance(taken, Refusal):
            assert (taken.status, taken.message in MESSAGES) == (400, True)
            assert [reject.body for reject in taken.kept] == [data]
        else:
            check_lines(taken)
    assert isinstance(write_key_in(data), str)


def check_lines(taken: Taken) -> None:
    """Hold the lines of a request against its count and its ids."""
    lines = taken.request.lines.splitlines(keepends=True)
    messages = [msgspec.json.decode(line) for line in lines]
    assert b"".join(lines) == taken.request.lines
    assert [message["messageId"] for message in messages] == list(taken.request.message_ids)
    assert len(messages) == taken.request.count


def gzip_reader(data: bytes) -> None:
    """Any bytes inflate to what the standard library says, or are refused."""
    try:
        whole = inflated(data, MOST)
    except (TooLarge, Unreadable):
        return
    assert len(whole) <= MOST
    assert whole == (gzip.decompress(data) if data else b"")


def log_reader(data: bytes) -> None:
    """A file of the log in any state yields what it had, is kept, and holds up nobody."""
    name, content, before = _a_segment()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        left = _damaged(content, data)
        path.write_bytes(left)
        with closing(SqliteLog(path.parent)) as log:
            found = list(_entries(log))
            log.newest(ENTRIES)
            with suppress(LogUnavailableError):  # once; a sender tries again
                asyncio.run(log.append(_a_request(ENTRIES)))
            asyncio.run(log.append(_a_request(ENTRIES)))
            assert list(_entries(log))[-1].lines == _a_request(ENTRIES).lines
            log.release(log.last_position())
        lost = {entry.position for entry in before} - {entry.position for entry in found}
        is_kept = path.exists() or Path(f"{path}{DAMAGED}").exists()
        assert not lost or is_kept or len(left) < FIRST_PAGE
        assert len(list_segments(path.parent)) >= 1


TARGETS: dict[str, Callable[[bytes], None]] = {
    "parser": parser,
    "gzip": gzip_reader,
    "log": log_reader,
}


def seeds(target: str) -> list[bytes]:
    """Return inputs that reach into the target, to begin with."""
    event = {"type": "track", "userId": "u", "messageId": "m", "event": "E", "properties": {}}
    body = json.dumps({"batch": [event, event | {"sentAt": None}], "sentAt": "2026"}).encode()
    return {
        "parser": [body, json.dumps(event).encode(), b'{"batch":{"userId":"\\ud800"}}'],
        "gzip": [gzip.compress(body), gzip.compress(body) + gzip.compress(b"x")],
        "log": [
            b"",
            b"\xff\x80",  # the last page is cut short
            b"\x40\x00",  # nothing is left but half a page
            b"\x01\x00/@\x00\x10\xff",  # no version that SQLite knows
            b"@\x00\x10@\xff\xff\xff\xff\x10\xbfb\x00",  # the table has another name
            b"\x8b\x8b\x8b\x00\x00?\xe7\xff\xff",  # a column has another name
            b"\xe7\xf7s\xff\xff\xc0\x18\x00\x00",  # rows are out of order
            b"\xff\xff\xcb\xff\xc0\xff\xc0\xff\xff\xc0\x17\xff\xff",  # no moment
            b"\x80\x00\x1a!\xb8x\xcf\xf0\x00\xcf",  # found malformed by the first write
            b"\xff\xff\xdf\xff{\xff\xff\x00\x00\x10\xff\xff",  # a message is no text
            b"\x00?\xff\xff\xff\xff\x02",  # what SQLite says of it is no text
            b"\xbc\xff\xc1\x00\x00\xff\xbd\xff\xc8v\xc0\xc6\xff",  # a row far ahead of its place
            b"\xff\xff5\x08>\xf8\xc0\xff\xff\xff\xcb.\xc0",  # the newest is of no file
        ],
    }[target]


def _damaged(content: bytes, data: bytes) -> bytes:
    """Four bytes say where and what is overwritten; two left over say how much is cut off."""
    damaged = bytearray(content)
    whole = len(data) // 4 * 4
    for start in range(0, whole, 4):
        damaged[int.from_bytes(data[start : start + 3]) % len(damaged)] = data[start + 3]
    kept = int.from_bytes(data[whole:]) if len(data) - whole == 2 else 0xFFFF
    return bytes(damaged[: len(damaged) * kept // 0xFFFF])


@cache
def _a_segment() -> tuple[str, bytes, list[Entry]]:
    with tempfile.TemporaryDirectory() as folder:
        with closing(SqliteLog(Path(folder))) as log:
            for number in range(ENTRIES):
                asyncio.run(log.append(_a_request(number)))
            entries = log.read(after=0)
        (segment,) = list_segments(Path(folder))
        return segment.path.name, segment.path.read_bytes(), entries


def _a_request(number: int) -> Request:
    padding = f"{number}" * (300 * (number % 4))
    line = b'{"messageId":"m%d","type":"track","padding":"%s"}\n' % (number, padding.encode())
    return Request("ann", NOON, 1, line, [f"m{number}"])


def _entries(log: SqliteLog) -> Iterator[Entry]:
    after = 0
    while found := log.read(after=after, max_bytes=2000):
        yield from found
        assert found[-1].position > after
        after = found[-1].position


def main(name: str, seconds: str) -> None:
    """Fuzz one target for so many seconds."""
    import atheris  # noqa: PLC0415 - of requirements/torture.txt, for this command alone

    target = TARGETS[name]
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(seeds(name)):
            Path(corpus, str(number)).write_bytes(seed)
        atheris.instrument_all()
        options = [f"-max_total_time={seconds}", "-timeout=20", "-rss_limit_mb=2048", corpus]
        atheris.Setup([sys.argv[0], *options], target)
        atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
