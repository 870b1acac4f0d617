"""What a sync did: loads and rows, what stays behind, and which readers of the log failed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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


def outcome_of(started: datetime, loads: Sequence[Load]) -> Outcome:
    """Return what the loads did together."""
    tables: Counter[str] = Counter()
    for load in loads:
        tables.update(load.tables)
    return Outcome(
        started_at=started,
        finished_at=now(),
        loads=len(loads),
        messages=sum(load.messages for load in loads),
        loaded=sum(load.loaded for load in loads),
        repeated=sum(load.repeated for load in loads),
        discarded=sum(load.discarded for load in loads),
        rejected=sum(len(load.rejected) for load in loads),
        tables=dict(sorted(tables.items())),
    )


def together(started: datetime, outcomes: Sequence[Outcome]) -> Outcome:
    """Return what several readers did."""
    tables: Counter[str] = Counter()
    held: dict[str, int] = {}
    removed: dict[str, int] = {}
    failed: dict[str, str] = {}
    for outcome in outcomes:
        tables.update(outcome.tables)
        held |= outcome.held
        removed |= outcome.removed
        failed |= outcome.failed
    return Outcome(
        started_at=started,
        finished_at=now(),
        loads=sum(each.loads for each in outcomes),
        messages=sum(each.messages for each in outcomes),
        loaded=sum(each.loaded for each in outcomes),
        repeated=sum(each.repeated for each in outcomes),
        discarded=sum(each.discarded for each in outcomes),
        rejected=sum(each.rejected for each in outcomes),
        archived=sum(each.archived for each in outcomes),
        tables=dict(sorted(tables.items())),
        held=held,
        removed=removed,
        failed=failed,
    )
