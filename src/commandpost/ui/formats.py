"""How values look on a page: times, durations, initials, hues."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from commandpost.kit.words import _

HUES = 8


def iso(moment: datetime) -> str:
    """Return RFC 3339 with milliseconds and Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def duration(seconds: float) -> str:
    """Return a length of time by its largest two units: `3 d 4 h`, `2 h 5 min`, `7 min`, `12 s`."""
    whole = max(0, int(seconds))
    days, rest = divmod(whole, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, secs = divmod(rest, 60)
    if days:
        return _("%(days)s d %(hours)s h", days=days, hours=hours)
    if hours:
        return _("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes)
    if minutes:
        return _("%(minutes)s min", minutes=minutes)
    return _("%(seconds)s s", seconds=secs)


def initial(name: str) -> str:
    """Return the letter of an avatar."""
    return next((c.upper() for c in name if c.isalnum()), "?")


def hue(key: str) -> int:
    """Return which of the avatar hues belongs to a key, the same on every page."""
    return hashlib.sha256(key.encode()).digest()[0] % HUES


FILTERS: dict[str, Callable[..., Any]] = {
    "iso": iso,
    "duration": duration,
    "initial": initial,
    "hue": hue,
}
