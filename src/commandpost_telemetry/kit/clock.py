"""The one place of the pipeline that reads the time; tests set it."""

from collections.abc import Callable
from datetime import UTC, datetime


def _system() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - this is the clock that everyone else must use


class Clock:
    """Answers `now()` in timezone-aware UTC; `set()` fixes it, `reset()` lets it run again."""

    def __init__(self) -> None:
        self._source: Callable[[], datetime] = _system

    def now(self) -> datetime:
        return self._source()

    def set(self, at: datetime | Callable[[], datetime]) -> None:
        self._source = at if callable(at) else lambda: at

    def reset(self) -> None:
        self._source = _system


clock = Clock()


def now() -> datetime:
    """Return the current time, timezone-aware, in UTC."""
    return clock.now()
