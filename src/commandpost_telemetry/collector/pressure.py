"""Bounds on what is in flight, and on what one source may send."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from commandpost_telemetry.collector.limits import CollectorLimits, RateLimit


class Overloaded(Exception):
    """Too much is in flight already."""


class InFlight:
    """Counts requests and bytes between their arrival and their answer."""

    def __init__(self, limits: CollectorLimits) -> None:
        self._limits = limits
        self.requests = 0
        self.bytes = 0

    @contextmanager
    def request(self) -> Iterator["Held"]:
        """Count one request; raise `Overloaded` when it is one too many."""
        if self.requests >= self._limits.inflight_requests:
            raise Overloaded
        self.requests += 1
        held = Held(self, self._limits.inflight_bytes)
        try:
            yield held
        finally:
            self.requests -= 1
            self.bytes -= held.bytes


class Held:
    """The bytes that one request holds."""

    def __init__(self, all_held: InFlight, most: int) -> None:
        self._all = all_held
        self._most = most
        self.bytes = 0

    def hold(self, size: int) -> None:
        """Count bytes of this request; raise `Overloaded` when they are too many for all."""
        if self._all.bytes + size > self._most:
            raise Overloaded
        self.bytes += size
        self._all.bytes += size


class Rates:
    """One leaky bucket per source: a moment at which it will be empty again (GCRA)."""

    def __init__(self, limit: RateLimit | None) -> None:
        self._limit = limit
        self._empty_at: dict[str, float] = {}

    def seconds_to_wait(self, source_id: str, events: int) -> float:
        """Count events of a source; return 0, or how long to wait if they are too many now."""
        if self._limit is None:
            return 0.0
        now = time.monotonic()
        each = self._limit.seconds / self._limit.events
        empty_at = max(self._empty_at.get(source_id, now), now) + events * each
        if empty_at - now > self._limit.seconds and events <= self._limit.events:
            return empty_at - now - self._limit.seconds
        if events > self._limit.events and self._empty_at.get(source_id, now) > now:
            return self._empty_at[source_id] - now
        self._empty_at[source_id] = empty_at
        return 0.0
