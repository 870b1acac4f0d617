"""Who may send: sources and their write keys, of which only a hash is kept."""

import re
import secrets
import sqlite3
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import structlog

from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.kit.words import _

logger = structlog.get_logger(__name__)

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS source (
    name TEXT PRIMARY KEY,
    key_hash BLOB NOT NULL UNIQUE,
    is_enabled INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    last_seen INTEGER
) STRICT
"""
_SEEN_MS = 60_000  # how exact `last seen` is


class SourceError(ValueError):
    """A source cannot be added or changed in this way; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Source:
    """A sender; `id` is its name, which never changes."""

    id: str
    is_enabled: bool
    created_at: datetime | None
    last_seen: datetime | None
    is_from_settings: bool = False


class Sources:
    """The sources of one data plane: a small file, and those that the settings give."""

    def __init__(
        self,
        path: Path,
        given: Mapping[str, str] | None = None,
        *,
        recheck_seconds: float = 1.0,
    ) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(
            path, timeout=30, isolation_level=None, check_same_thread=False
        )
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute(_SCHEMA)
        self._given = {_hash(key): _given(name) for name, key in (given or {}).items()}
        self._recheck_seconds = recheck_seconds
        self._checked_at = 0.0
        self._version = -1
        self._by_hash: dict[bytes, Source] = {}
        self._seen_ms: dict[str, int] = {}
        self._own: set[str] = set()

    def find(self, write_key: str) -> Source | None:
        """Return the source of a write key, enabled or not."""
        with self._lock:
            self._refresh()
            return self._by_hash.get(_hash(write_key))

    def list_sources(self) -> list[Source]:
        """Return all sources by name."""
        with self._lock:
            self._refresh()
            by_name: dict[str, Source] = {}
            for source in self._by_hash.values():
                by_name.setdefault(source.id, source)
            return [by_name[name] for name in sorted(by_name)]

    def add(self, name: str, write_key: str | None = None) -> str:
        """Add a source and return its write key, which is shown this once only."""
        if _NAME.fullmatch(name) is None:
            raise SourceError(
                _(
                    "“%(name)s” cannot name a source: use letters, digits, dot, dash and "
                    "underscore.",
                    name=name[:64],
                )
            )
        key = write_key or secrets.token_urlsafe(24)
        try:
            self._change(
                "INSERT INTO source (name, key_hash, created_at) VALUES (?, ?, ?)",
                (name, _hash(key), _milliseconds()),
            )
        except sqlite3.IntegrityError as error:
            raise SourceError(
                _("There is a source “%(name)s” or with that key already.", name=name)
            ) from error
        return key

    def ensure(self, name: str, write_key: str) -> None:
        """Make sure that this process's own source exists and takes this write key."""
        self._own.add(name)
        self._change(
            "INSERT INTO source (name, key_hash, created_at) VALUES (?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET key_hash = excluded.key_hash",
            (name, _hash(write_key), _milliseconds()),
        )

    def is_own(self, name: str) -> bool:
        """Whether this process sends as that source, and nobody else may change it."""
        return name in self._own

    def rotate(self, name: str) -> str:
        """Give a source a new write key and return it; the old one is unknown from now on."""
        key = secrets.token_urlsafe(24)
        self._change_existing("UPDATE source SET key_hash = ? WHERE name = ?", (_hash(key), name))
        return key

    def enable(self, name: str) -> None:
        """Take messages of this source again."""
        self._change_existing("UPDATE source SET is_enabled = ? WHERE name = ?", (1, name))

    def disable(self, name: str) -> None:
        """Refuse messages of this source from now on."""
        self._change_existing("UPDATE source SET is_enabled = ? WHERE name = ?", (0, name))

    def is_note_due(self, source: Source) -> bool:
        """Whether it is a minute since it was noted that the source has sent."""
        return _milliseconds() - self._seen_ms.get(source.id, 0) >= _SEEN_MS

    def note_seen(self, source: Source) -> None:
        """Note that the source has just sent; blocks while another process writes."""
        at_ms = self._seen_ms[source.id] = _milliseconds()
        try:
            self._change("UPDATE source SET last_seen = ? WHERE name = ?", (at_ms, source.id))
        except sqlite3.Error as error:
            # what was sent is safe already; the next minute has another chance
            logger.warning("source_not_noted", source=source.id, error=str(error))

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    def _change_existing(self, statement: str, values: tuple[bytes | int, str]) -> None:
        name = values[1]
        if self.is_own(name):
            raise SourceError(
                _(
                    "“%(name)s” is the product's own source; what it sends is switched on the "
                    "Telemetry page.",
                    name=name,
                )
            )
        if self._change(statement, values) == 0:
            raise SourceError(_("There is no source “%(name)s” whose key is kept here.", name=name))

    def _change(self, statement: str, values: tuple[bytes | int | str, ...]) -> int:
        with self._lock:
            changed = self._connection.execute(statement, values).rowcount
            self._version = -1
            return changed

    def _refresh(self) -> None:
        """Read again what another process may have changed, if the last look is long ago."""
        at = time.monotonic()
        if self._version != -1 and at - self._checked_at < self._recheck_seconds:
            return
        self._checked_at = at
        version: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        if version != self._version:
            rows = self._connection.execute(
                "SELECT key_hash, name, is_enabled, created_at, last_seen FROM source"
            ).fetchall()
            stored = {
                key_hash: Source(name, bool(is_enabled), _moment(created), _moment(seen))
                for key_hash, name, is_enabled, created, seen in rows
            }
            self._by_hash = stored | self._given
            self._version = version


def _given(name: str) -> Source:
    return Source(name, is_enabled=True, created_at=None, last_seen=None, is_from_settings=True)


def _hash(write_key: str) -> bytes:
    return sha256(write_key.encode("utf-8", "surrogatepass")).digest()


def _milliseconds() -> int:
    return int(now().timestamp() * 1000)


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)
