"""What the rail shows of incidents."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RailEntry:
    """One ongoing incident that the viewer is in."""

    href: str
    name: str
    is_current: bool
    is_unread: bool = False
    mentions: int = 0


@dataclass(frozen=True, slots=True)
class RailEntries:
    """The ongoing incidents that the viewer is in, and how many others the team has."""

    entries: Sequence[RailEntry]
    more: int
    more_href: str
