"""When syncs are due: an interval after the last, or at fixed times; never in excluded hours."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """All times are UTC."""

    interval: timedelta
    start_at: time | None = None  # the first sync of a day; the others follow by the interval
    exclude: tuple[time, time] | None = None  # no sync by itself in here; may pass midnight

    def following(self, at: datetime) -> datetime:
        """Return when the next sync is due after one at this time."""
        return self.allowed(self._slot_after(at) if self.start_at else at + self.interval)

    def allowed(self, at: datetime) -> datetime:
        """Return the time itself, or the end of the pause that it lies in."""
        if self.exclude is None:
            return at
        start, end = self.exclude
        clock = at.time()
        is_inside = start <= clock < end if start < end else clock >= start or clock < end
        if not is_inside:
            return at
        over = datetime.combine(at.date(), end, at.tzinfo)
        return over if over > at else over + _DAY

    def _slot_after(self, at: datetime) -> datetime:
        first = datetime.combine(at.date(), self.start_at or time(), at.tzinfo)
        if at < first:
            first -= _DAY
        slots = (at - first) // self.interval + 1
        return min(first + slots * self.interval, first + _DAY)
