"""What takes a batch to its receiver, and how the relay reads the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Outcome(StrEnum):
    """The only four things that an answer can mean to the relay."""

    DELIVERED = "delivered"
    TRANSIENT = "transient"  # try the same bytes again, soon
    HELD = "held"  # the receiver does not know us; keep all, try again slowly
    REFUSED = "refused"  # something in the batch is bad; split, then park


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `status` is None when nothing did, `retry_after` is in seconds."""

    outcome: Outcome
    status: int | None
    text: str
    retry_after: float | None = None


class Carrier(Protocol):
    """One lane's way out."""

    def pack(self, payloads: Sequence[bytes], *, sent_at: datetime) -> bytes:
        """Return the request body that carries the payloads."""
        ...

    def fits(self, size: int, count: int) -> bool:
        """Return whether a batch of `count` payloads with `size` bytes in all may be sent."""
        ...

    def send(self, body: bytes) -> Answer:
        """Send a body and return the answer; never raises for what a network can do."""
        ...

    def close(self) -> None:
        """Let go of the connections."""
        ...
