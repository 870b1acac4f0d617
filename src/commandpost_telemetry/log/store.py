"""One group of requests into the newest file of the log, under the lock that processes share."""

import fcntl
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
import structlog

from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.log.body import unpacked
from commandpost_telemetry.log.entry import Request
from commandpost_telemetry.log.errors import DamagedError
from commandpost_telemetry.log.limits import LogLimits
from commandpost_telemetry.log.repeats import Packed, without_repeats
from commandpost_telemetry.log.seen import Keys, Seen, keys_of
from commandpost_telemetry.log.segments import (
    Row,
    Segment,
    checksum_of,
    is_damage,
    list_segments,
    segment_at,
)

_INSERT = "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)"
_NEWEST = "SELECT max(position) FROM entry"


logger = structlog.get_logger(__name__)


class _Line(msgspec.Struct):
    messageId: str  # noqa: N815 - the name on the wire


_LINE = msgspec.json.Decoder(_Line)


class Store:
    """Writes groups; one thread of one process calls it, other processes may have their own."""

    def __init__(self, folder: Path, limits: LogLimits) -> None:
        self._folder = folder
        self._limits = limits
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = (folder / "lock").open("a+b")
        self._folder_stamp = 0
        self._segment: Segment | None = None
        self._connection: sqlite3.Connection | None = None
        self._began_ms = 0
        self._remembered = 0
        with self._locked():
            self._seen = Seen(folder, limits.seen)
            self._remember_unsynced()

    def write(self, group: Sequence[Packed]) -> int:
        """Make a group durable as a whole; return how many messages were repeats."""
        at_ms = _milliseconds()
        with self._locked():
            self._notice_others()
            fresh = without_repeats(group, self._seen)
            if fresh.bodies:
                position = self._insert(fresh.bodies, at_ms)
                # only now: a key that is remembered without its message would lose the message
                self._remember(fresh.keys, position, at_ms)
        return fresh.repeats

    def _remember(self, keys: Keys, position: int, at_ms: int) -> None:
        try:
            self._seen.add(keys, at_ms=at_ms)
        except OSError as error:
            # the messages are safe; should they come again, the warehouse tells them apart
            logger.warning("log_repeats_not_remembered", error=str(error), messages=len(keys.keys))
        else:
            self._remembered = position

    def sync(self) -> None:
        """Put what is remembered on disk, so that a power cut needs no long replay."""
        position = self._remembered
        if not position:
            return
        try:
            self._seen.sync()
            temporary = self._folder / "synced.new"
            temporary.write_text(str(position))
            temporary.rename(self._folder / "synced")
        except (OSError, ValueError) as error:  # ValueError: a table was dropped meanwhile
            logger.warning("log_repeats_not_synced", error=str(error))

    def close(self) -> None:
        """Leave everything on disk and let go of the files."""
        with self._locked():
            self.sync()
        self._let_go()
        self._seen.close()
        self._lock.close()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._lock, fcntl.LOCK_UN)

    def _notice_others(self) -> None:
        stamp = self._folder.stat().st_mtime_ns
        if stamp != self._folder_stamp:
            self._folder_stamp = stamp
            self._seen.refresh()
            segments = list_segments(self._folder)
            if self._segment is not None and segments[-1:] != [self._segment]:
                self._let_go()

    def _insert(self, fresh: Sequence[tuple[Request, int, bytes]], at_ms: int) -> int:
        connection, segment = self._current(at_ms)
        try:
            connection.execute("BEGIN IMMEDIATE")
            newest = connection.execute(_NEWEST).fetchone()[0]
            first = segment.first_position if newest is None else newest + 1
            connection.executemany(_INSERT, _rows(fresh, first))
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._give_up(error)
            raise
        return first + len(fresh) - 1

    def _give_up(self, error: sqlite3.Error) -> None:
        """Let go of the file after a failure; a damaged one is never written to again."""
        segment = self._segment
        self._let_go()
        if segment is not None and is_damage(error):
            _begun_behind(segment)

    def _current(self, at_ms: int) -> tuple[sqlite3.Connection, Segment]:
        if self._connection is None or self._segment is None:
            self._open_newest(at_ms)
        elif self._is_due(at_ms):
            last = self._segment.last_position()
            if last is not None:
                self._let_go()
                self._open(segment_at(self._folder, last + 1), at_ms)
        assert self._connection is not None  # noqa: S101 - opened just above
        assert self._segment is not None  # noqa: S101 - opened just above
        return self._connection, self._segment

    def _is_due(self, at_ms: int) -> bool:
        assert self._segment is not None  # noqa: S101 - asked for an open file only
        too_old = at_ms - self._began_ms >= self._limits.segment_seconds * 1000
        return too_old or self._segment.size() >= self._limits.segment_bytes

    def _open_newest(self, at_ms: int) -> None:
        segments = list_segments(self._folder)
        if not segments:
            self._open(segment_at(self._folder, _first_position(at_ms)), at_ms)
            return
        newest = segments[-1]
        try:
            self._open(newest if newest.is_sound() else _begun_behind(newest), at_ms)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            self._open(_begun_behind(newest), at_ms)

    def _open(self, segment: Segment, at_ms: int) -> None:
        self._connection = segment.open_for_writing()
        self._segment = segment
        row = self._connection.execute("SELECT min(received_at) FROM entry").fetchone()
        self._began_ms = at_ms if row[0] is None else row[0]
        self._folder_stamp = 0

    def _let_go(self) -> None:
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
        self._connection = self._segment = None

    def _remember_unsynced(self) -> None:
        """Take up again what was logged after the last sync of what is remembered."""
        synced = 0
        with suppress(FileNotFoundError, ValueError):
            synced = int((self._folder / "synced").read_text())
        for segment in list_segments(self._folder):
            newest = segment.last_position()
            if newest is not None and newest > synced:
                rows, _ = segment.rows(after=synced, max_bytes=1 << 62)
                for row in rows:
                    with suppress(DamagedError, msgspec.DecodeError, UnicodeDecodeError):
                        self._remember_again(_keys_of(row), at_ms=row[2])

    def _remember_again(self, keys: list[bytes], *, at_ms: int) -> None:
        known = self._seen.find(Keys(keys))
        self._seen.add(Keys([key for key in keys if key not in known]), at_ms=at_ms)


def _rows(fresh: Sequence[tuple[Request, int, bytes]], first: int) -> Iterator[Row]:
    for position, (request, count, body) in enumerate(fresh, first):
        received_ms = int(request.received_at.timestamp() * 1000)
        row = (position, request.source_id, received_ms, count, body)
        yield *row, checksum_of(row)


def _keys_of(row: Row) -> list[bytes]:
    lines = unpacked(row[4]).splitlines()
    return keys_of(row[1], (_LINE.decode(line).messageId for line in lines))


def _milliseconds() -> int:
    return int(now().timestamp() * 1000)


def _begun_behind(damaged: Segment) -> Segment:
    return damaged.begin_next(at_least=_first_position(_milliseconds()))


def _first_position(at_ms: int) -> int:
    """Where a fresh log starts: behind all that an older log in the same place gave away."""
    return at_ms << 12
