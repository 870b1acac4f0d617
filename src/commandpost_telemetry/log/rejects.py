"""What was sent but cannot be a message: kept where it can be seen, with the reason."""

import sqlite3
import threading
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from commandpost_telemetry.log.errors import LogUnavailableError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS reject (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    source_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    digest BLOB NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT
"""
_INSERT = """
INSERT OR IGNORE INTO reject (at, source_id, reason, digest, size, body) VALUES (?, ?, ?, ?, ?, ?)
"""
_MAKE_ROOM = "DELETE FROM reject WHERE id <= (SELECT max(id) FROM reject) - ?"
_KEPT_BYTES = 64 << 10  # of one body; the digest and the size are those of the whole
_KEPT_REJECTS = 100_000


@dataclass(frozen=True, slots=True)
class Reject:
    """One thing that could not be taken."""

    source_id: str
    at: datetime
    reason: str
    body: bytes


@dataclass(frozen=True, slots=True)
class StoredReject:
    """A reject as it lies in the store: `size` is that of the whole, `body` may be its start."""

    id: int
    source_id: str
    at: datetime
    reason: str
    size: int
    body: bytes


class Rejects:
    """A small store of its own; sending the same again does not fill it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def add(self, rejects: Sequence[Reject]) -> None:
        """Make rejects durable; the oldest make room when there are very many."""
        rows = [_row(reject) for reject in rejects]
        try:
            with self._open() as connection, connection:
                connection.executemany(_INSERT, rows)
                connection.execute(_MAKE_ROOM, (_KEPT_REJECTS,))
        except sqlite3.Error as error:
            raise LogUnavailableError(
                f"Rejects cannot be kept ({error}); send it again."
            ) from error

    def search(
        self, text: str = "", *, limit: int = 50, before: int | None = None
    ) -> list[StoredReject]:
        """Return the newest rejects whose reason, source or kept body contains `text`."""
        wanted = text.encode()
        found: list[StoredReject] = []
        with self._open() as connection:
            rows = connection.execute(
                "SELECT id, source_id, at, reason, size, body FROM reject"
                " WHERE id < ? ORDER BY id DESC",
                (before or 1 << 62,),
            )
            for row in rows:
                reject = _stored(row)
                if wanted in f"{reject.source_id} {reject.reason} ".encode() + reject.body:
                    found.append(reject)
                    if len(found) == limit:
                        break
        return found

    def count(self) -> int:
        """Return how many rejects are kept."""
        with self._open() as connection:
            kept: int = connection.execute("SELECT count(*) FROM reject").fetchone()[0]
            return kept

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if self._connection is None:
                connection = sqlite3.connect(self._path, timeout=30, check_same_thread=False)
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute(_SCHEMA)
                self._connection = connection
            yield self._connection


def _row(reject: Reject) -> tuple[int, str, str, bytes, int, bytes]:
    digest = sha256(f"{reject.source_id}\0{reject.reason}\0".encode() + reject.body).digest()
    kept = zlib.compress(reject.body[:_KEPT_BYTES], 1)
    at_ms = int(reject.at.timestamp() * 1000)
    return at_ms, reject.source_id, reject.reason, digest, len(reject.body), kept


def _stored(row: tuple[int, str, int, str, int, bytes]) -> StoredReject:
    number, source_id, at_ms, reason, size, kept = row
    return StoredReject(
        id=number,
        source_id=source_id,
        at=datetime.fromtimestamp(at_ms / 1000, UTC),
        reason=reason,
        size=size,
        body=zlib.decompress(kept),
    )
