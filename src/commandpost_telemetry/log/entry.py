"""Between collector and warehouse: the small interface that SQLite and Kafka implement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Request:
    """One accepted request on its way into the log.

    `lines` is NDJSON: one normalised message a line (UTF-8, no raw newline inside, each line ends
    with one), with `messageId`, `receivedAt`, `request_ip`, `rudderId` and `type` already set.
    `message_ids` has one id per line, in the same order.
    """

    source_id: str
    received_at: datetime
    count: int
    lines: bytes
    message_ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One durable request. `position` grows strictly over the life of the log, over all files."""

    position: int
    source_id: str
    received_at: datetime
    count: int
    lines: bytes


class LogReader(Protocol):
    """Reading side: every reader keeps its own position."""

    def read(self, *, after: int, max_bytes: int = 64 << 20) -> list[Entry]:
        """Return the entries behind `after` in order, at least one if any, about `max_bytes`."""
        ...

    def last_position(self) -> int:
        """Return the position of the newest entry, 0 when the log is empty."""
        ...

    def release(self, up_to: int) -> None:
        """Say that no reader needs entries up to and including `up_to` any more."""
        ...


class LogWriter(Protocol):
    """Writing side: `append` returns once the request is durable as a whole."""

    async def append(self, request: Request) -> None:
        """Make the request durable; raises `LogUnavailableError` when that can't be promised."""
        ...
