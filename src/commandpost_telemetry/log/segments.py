"""The files of the log: one per hour or size, named after the first position they may hold."""

import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from commandpost_telemetry.log.errors import DamagedError

SUFFIX = ".sqlite"
DAMAGED = ".damaged"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (
    position INTEGER PRIMARY KEY,
    source_id TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    count INTEGER NOT NULL,
    body BLOB NOT NULL,
    checksum INTEGER NOT NULL
) STRICT
"""
_BEHIND = """
SELECT position, source_id, received_at, count, body, checksum FROM entry
WHERE position > ? ORDER BY position
"""
# where SQLite quotes a damaged name in what it says, Python fails to read that
UNREADABLE = (sqlite3.Error, UnicodeDecodeError)
_PASSING = ("SQLITE_BUSY", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_NOMEM")
_PAGE_BYTES = 16384  # as every file is made below
_NEWEST = "SELECT max(position) FROM entry"
MOST = 1 << 32  # positions that one file can have given away

Row = tuple[int, str, int, int, bytes, int]


@dataclass(frozen=True, slots=True, order=True)
class Segment:
    """One file of the log."""

    first_position: int
    path: Path

    def size(self) -> int:
        """Return the bytes on disk, write-ahead log included."""
        return sum(_size(path) for path in (self.path, Path(f"{self.path}-wal")))

    def open_for_writing(self) -> sqlite3.Connection:
        """Open the file so that a commit returns when the data are on disk."""
        connection = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        try:
            connection.execute("PRAGMA page_size = 16384")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA wal_autocheckpoint = 1000")
            connection.execute(_SCHEMA)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def open_for_reading(self) -> sqlite3.Connection:
        """Open the file for a reader; a file that was cut short opens as far as it goes."""
        connection = sqlite3.connect(
            f"file:{self.path}?mode=rw", uri=True, timeout=30, isolation_level=None
        )
        # the header of a cut-short file promises more pages than there are; this admits it
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("PRAGMA query_only = ON")
        connection.text_factory = _readable
        return connection

    def rows(
        self, *, after: int, max_bytes: int, end: int | None = None
    ) -> tuple[list[Row], Exception | None]:
        """Return rows behind `after`, and what is amiss if the file is damaged.

        `end` is where the next file begins: what says it stands behind would lead past that one.
        """
        found: list[Row] = []
        damage: Exception | None = None
        bound = self.first_position + MOST
        bound = bound if end is None else min(end, bound)
        newest = after
        size = 0
        try:
            with closing(self.open_for_reading()) as connection:
                for row in connection.execute(_BEHIND, (after,)):
                    if not is_entry(row) or not newest < row[0] < bound:
                        damage = DamagedError(f"What stands behind position {newest} is no entry.")
                        continue
                    found.append(row)
                    newest = row[0]
                    size += len(row[4])
                    if size >= max_bytes:
                        break
        except UNREADABLE as error:
            damage = damage if self._is_still_empty(error) else error
        return found, damage

    def is_sound(self) -> bool:
        """Whether the file can be written, and all of it read again; else another is to begin."""
        try:
            with closing(sqlite3.connect(self.path, timeout=30)) as connection:
                connection.text_factory = _readable
                connection.execute("BEGIN IMMEDIATE")
                connection.execute(_BEHIND, (MOST,))  # its columns have their names
                said: str = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
                newest: int | None = connection.execute(_NEWEST).fetchone()[0]
                return said == "ok" and (newest is None or self._may_hold(newest))
        except UNREADABLE as error:
            if getattr(error, "sqlite_errorname", "").startswith(_PASSING):
                raise
            return self._is_still_empty(error)

    def _may_hold(self, position: int) -> bool:
        """Whether a position is one of this file: what is written goes on behind its newest."""
        return self.first_position <= position < self.first_position + MOST

    def last_position(self) -> int | None:
        """Return the newest position in this file, None when it holds none that can be read."""
        with suppress(*UNREADABLE), closing(self.open_for_reading()) as connection:
            newest: int | None = connection.execute(_NEWEST).fetchone()[0]
            return newest
        return None

    def _is_still_empty(self, error: Exception) -> bool:
        """Whether the first request has not come yet, rather than that the table is gone."""
        return "no such table" in str(error) and _size(self.path) <= _PAGE_BYTES

    def begin_next(self, *, at_least: int = 0) -> "Segment":
        """Begin a file behind this damaged one, past any position that it may have given away."""
        following = segment_at(self.path.parent, max(self.first_position + MOST, at_least))
        following.path.touch()
        return following

    def remove(self) -> None:
        """Delete the file and what SQLite keeps beside it."""
        for path in (self.path, Path(f"{self.path}-wal"), Path(f"{self.path}-shm")):
            path.unlink(missing_ok=True)

    def set_aside(self) -> None:
        """Keep a damaged file under a name that the log no longer reads."""
        for end in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                Path(f"{self.path}{end}").rename(f"{self.path}{DAMAGED}{end}")


def list_segments(folder: Path) -> list[Segment]:
    """Return the files of the log, oldest first."""
    return sorted(
        Segment(int(path.stem), path) for path in folder.glob(f"*{SUFFIX}") if path.stem.isdecimal()
    )


def segment_at(folder: Path, first_position: int) -> Segment:
    """Return the file that starts at this position."""
    return Segment(first_position, folder / f"{first_position:020d}{SUFFIX}")


def _readable(text: bytes) -> str:
    return text.decode("utf-8", "replace")


def is_entry(row: tuple[object, ...]) -> bool:
    """Whether a row has the types of an entry, and says what was written."""
    if tuple(map(type, row)) != (int, str, int, int, bytes, int):
        return False
    return checksum_of(row[:-1]) == row[-1]


def checksum_of(row: tuple[object, ...]) -> int:
    """Return what is stored beside a row: a row that rots is told from one that was written."""
    *fields, body = row
    assert isinstance(body, bytes)  # noqa: S101 - asked for rows of these types only
    return crc32(body, crc32(repr(fields).encode()))


def is_damage(error: sqlite3.Error) -> bool:
    """Whether a file is no whole database."""
    return getattr(error, "sqlite_errorname", "").startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
