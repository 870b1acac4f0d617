"""What a log offers beside writing and reading: to the data plane, and to those who look at it."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from commandpost_telemetry.log.entry import Entry, LogReader, LogWriter
from commandpost_telemetry.log.writer import Commit


class Log(LogWriter, LogReader, Protocol):
    """Implemented by `SqliteLog` and `KafkaLog`."""

    on_commit: Callable[[Commit], None] | None

    def check(self, size: int = 0) -> None:
        """Raise `LogUnavailableError` when `size` more bytes cannot be promised a place."""
        ...

    def backlog_bytes(self) -> int:
        """Return how many bytes lie in the log, as far as it can tell."""
        ...

    def damaged_files(self) -> int:
        """Return how many files are kept because something in them cannot be read."""
        ...

    def newest(self, limit: int) -> list[Entry]:
        """Return the newest entries, newest first."""
        ...

    def counts_since(self, since: datetime) -> Counter[str]:
        """Return how many events each source has sent since then, as far as they are here."""
        ...

    def close(self) -> None:
        """Write what is queued and stop."""
        ...
