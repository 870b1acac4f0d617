"""How fresh the numbers are: when the last sync was, when the next one is, what went wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Freshness:
    """What the host process knows of the sync; None where it does not know."""

    last_sync_at: datetime | None = None
    next_sync_at: datetime | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class HeldTables:
    """What may be done with a table that does not take its rows."""

    retry: Callable[[str], object]
    skip: Callable[[str], object]


FreshnessOf = Callable[[], Freshness]
SyncNow = Callable[[], object]  # runs a sync and waits for it
