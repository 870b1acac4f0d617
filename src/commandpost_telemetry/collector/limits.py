"""What one sender, one request and all of them together may cost."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RateLimit:
    """Events that one source may send in a window."""

    events: int = 1000
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class CollectorLimits:
    """Defaults that no official SDK meets; the host may give its own."""

    body_bytes: int = 4_096_000  # inflated
    drained_bytes: int = 16 << 20  # read on to the end for the sake of a readable answer
    body_seconds: float = 20.0
    append_seconds: float = 10.0
    inflight_bytes: int = 64 << 20
    inflight_requests: int = 10_000
    rate: RateLimit | None = None
    retry_after_seconds: int = 5
