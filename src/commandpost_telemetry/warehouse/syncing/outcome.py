"""What a sync did: loads and rows, what stays behind, and which readers of the log failed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import NamedTuple

from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.warehouse.destinations.destination import Load
from commandpost_telemetry.warehouse.destinations.errors import WarehouseError


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one sync did; with `failed` it is what was done all the same."""

    started_at: datetime
    finished_at: datetime
    loads: int = 0
    messages: int = 0
    loaded: int = 0
    repeated: int = 0
    discarded: int = 0
    rejected: int = 0
    archived: int = 0
    tables: Mapping[str, int] = field(default_factory=dict)  # table -> rows added
    held: Mapping[str, int] = field(default_factory=dict)  # table -> messages it has not taken
    removed: Mapping[str, int] = field(default_factory=dict)  # table -> rows that were too old
    failed: Mapping[str, str] = field(default_factory=dict)  # reader of the log -> what failed
    is_up: bool = True  # whether the warehouse answered when it was last tried


class Attempt(NamedTuple):
    """What one reader did, and what stopped it."""

    outcome: Outcome
    error: WarehouseError | None = None


_COUNTERS = [each.name for each in fields(Outcome) if each.type is int]


def outcome_of(load: Load) -> Outcome:
    """Return what one load did."""
    return Outcome(
        started_at=load.started_at,
        finished_at=load.finished_at,
        loads=1,
        messages=load.messages,
        loaded=load.loaded,
        repeated=load.repeated,
        discarded=load.discarded,
        rejected=len(load.rejected),
        tables=load.tables,
    )


def together(started: datetime, outcomes: Sequence[Outcome]) -> Outcome:
    """Return what several loads or readers did."""
    tables: Counter[str] = Counter()
    held: dict[str, int] = {}
    removed: dict[str, int] = {}
    failed: dict[str, str] = {}
    for outcome in outcomes:
        tables.update(outcome.tables)
        held |= outcome.held
        removed |= outcome.removed
        failed |= outcome.failed
    counted = {name: sum(getattr(each, name) for each in outcomes) for name in _COUNTERS}
    return Outcome(
        started_at=started,
        finished_at=now(),
        tables=dict(sorted(tables.items())),
        held=held,
        removed=removed,
        failed=failed,
        **counted,
    )
