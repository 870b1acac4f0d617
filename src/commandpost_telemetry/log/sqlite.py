"""The log on one machine: SQLite files, one writer thread, one commit for all who wait."""

import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from itertools import pairwise, zip_longest
from pathlib import Path

import structlog

from commandpost_telemetry.log.body import unpacked
from commandpost_telemetry.log.entry import Entry, Request
from commandpost_telemetry.log.errors import DamagedError, LogUnavailableError
from commandpost_telemetry.log.limits import LogLimits
from commandpost_telemetry.log.queued import WriteQueue
from commandpost_telemetry.log.recent import counts_since, newest_rows
from commandpost_telemetry.log.segments import DAMAGED, Row, Segment, is_damage, list_segments
from commandpost_telemetry.log.store import Store
from commandpost_telemetry.log.writer import Commit

logger = structlog.get_logger(__name__)

_CHECK_SECONDS = 1.0  # how old the answer about free space may be


class SqliteLog:
    """Implements LogWriter and LogReader over a folder."""

    def __init__(
        self,
        folder: Path,
        limits: LogLimits | None = None,
        *,
        on_commit: Callable[[Commit], None] | None = None,
    ) -> None:
        self.folder = folder
        self.limits = limits or LogLimits()
        self.on_commit = on_commit
        self._queue = WriteQueue(self._open_store, self.limits, self._report)
        self._checked_at = 0.0
        self._backlog = 0
        self._free = 0
        self._damaged: set[Segment] = set()
        folder.mkdir(parents=True, exist_ok=True)

    # writing

    async def append(self, request: Request) -> None:
        """Make the request durable; repeats of earlier messages are left out."""
        self.check(len(request.lines))
        await self._queue.put(request)

    def check(self, size: int = 0) -> None:
        """Raise `LogUnavailableError` when `size` more bytes cannot be promised a place."""
        self._queue.check(size)
        self._look_at_disk()
        if self._free < self.limits.min_free_bytes:
            raise LogUnavailableError("The disk is nearly full; free some space, then send again.")
        if self._backlog > self.limits.backlog_bytes:
            raise LogUnavailableError("Too much waits to be loaded; send it again later.")

    def backlog_bytes(self) -> int:
        """Return how many bytes lie in the log, at most a second old."""
        self._look_at_disk()
        return self._backlog

    def close(self) -> None:
        """Write what is queued and stop."""
        self._queue.close()

    def _look_at_disk(self) -> None:
        if time.monotonic() - self._checked_at > _CHECK_SECONDS:
            self._free = shutil.disk_usage(self.folder).free
            self._backlog = sum(segment.size() for segment in list_segments(self.folder))
            self._checked_at = time.monotonic()

    def _open_store(self) -> Store:
        return Store(self.folder, self.limits)

    def _report(self, commit: Commit) -> None:
        if self.on_commit is not None:
            self.on_commit(commit)

    # reading

    def read(self, *, after: int, max_bytes: int = 64 << 20) -> list[Entry]:
        """Return the entries behind `after` in order, at least one if any, about `max_bytes`."""
        segments = list_segments(self.folder)
        ends = [segment.first_position for segment in segments[1:]]
        for segment, end in zip_longest(segments, ends):
            is_passed = end is not None and end <= after + 1
            if not is_passed and (entries := self._read_from(segment, after, max_bytes, end)):
                # the file may hold more than was asked of it: the next call goes on there
                return entries
        return []

    def _read_from(
        self, segment: Segment, after: int, max_bytes: int, end: int | None
    ) -> list[Entry]:
        """Read one file; entries that cannot be read are passed over, and the file is kept."""
        entries: list[Entry] = []
        while not entries:
            rows, error = segment.rows(after=after, max_bytes=max(max_bytes // 4, 1), end=end)
            if error is not None:
                self._note_damage(segment, error)
            if not rows:
                break
            after = rows[-1][0]
            entries = self._entries(segment, rows, max_bytes)
        return entries

    def _entries(self, segment: Segment, rows: list[Row], max_bytes: int) -> list[Entry]:
        entries: list[Entry] = []
        size = 0
        for row in rows:
            try:
                entries.append(_entry(row))
            except DamagedError as error:
                self._note_damage(segment, error)
                continue
            size += len(entries[-1].lines)
            if size >= max_bytes:
                break
        return entries

    def _note_damage(self, segment: Segment, error: Exception) -> None:
        logger.warning("log_file_damaged", path=str(segment.path), error=str(error))
        is_newest = list_segments(self.folder)[-1:] == [segment]
        if is_newest and not (isinstance(error, sqlite3.Error) and not is_damage(error)):
            segment.begin_next()  # whoever writes notices, and leaves the damaged one
        self._damaged.add(segment)

    def damaged_files(self) -> int:
        """Return how many files are kept because something in them cannot be read."""
        left = sum(segment.path.exists() for segment in tuple(self._damaged))
        return left + sum(1 for _ in self.folder.glob(f"*{DAMAGED}"))

    def last_position(self) -> int:
        """Return the position of the newest entry, 0 when the log is empty."""
        for segment in reversed(list_segments(self.folder)):
            position = segment.last_position()
            if position is not None:
                return position
        return 0

    def newest(self, limit: int) -> list[Entry]:
        """Return the newest entries, newest first."""
        entries: list[Entry] = []
        for row in newest_rows(self.folder, limit):
            with suppress(DamagedError):  # who only looks need not be told
                entries.append(_entry(row))
        return entries

    def counts_since(self, since: datetime) -> Counter[str]:
        """Return how many events each source has sent since then, as far as they are here."""
        return counts_since(self.folder, since)

    def release(self, up_to: int) -> None:
        """Remove files that no reader needs; a damaged one is set aside instead."""
        segments = list_segments(self.folder)
        for segment, following in pairwise(segments):
            if following.first_position > up_to + 1:
                return
            # what a damaged file no longer shows is no reason to delete it
            if segment in self._damaged or not segment.is_sound():
                segment.set_aside()
            else:
                segment.remove()


def _entry(row: Row) -> Entry:
    position, source_id, received_ms, count, stored, _ = row
    lines = unpacked(stored)
    if lines.count(b"\n") != count:
        raise DamagedError(f"The entry at position {position} does not hold its {count} messages.")
    received_at = datetime.fromtimestamp(received_ms / 1000, UTC)
    return Entry(position, source_id, received_at, count, lines)
