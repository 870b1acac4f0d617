"""Loads that bring no rows: what is passed over, rejected or given up."""

from collections.abc import Sequence
from contextlib import closing
from uuid import uuid4

from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.log.entry import Entry
from commandpost_telemetry.warehouse.destinations.destination import (
    Destination,
    Held,
    Load,
    Rejected,
    Released,
)
from commandpost_telemetry.warehouse.loading import holding, sift
from commandpost_telemetry.warehouse.loading.messages import Batch


def pass_over(destination: Destination, reader: str, position: int, to_position: int) -> None:
    """Move on where nothing was ours."""
    _noted(destination, reader, position, to_position, [])


def reject(destination: Destination, reader: str, position: int, entry: Entry, reason: str) -> Load:
    """Pass over an entry that cannot be loaded, and keep it whole with the reason."""
    batch = Batch.of([entry])
    rejected = [sift.rejected(batch, number, reason) for number in range(entry.count)]
    return _noted(destination, reader, position, entry.position, rejected)


def give_up(
    destination: Destination, reader: str, position: int, missed: Sequence[Held], reason: str
) -> Load:
    """Keep among the rejects what a table does not get."""
    rejected = [
        Rejected.of(each.source_id, each.message_id, reason, each.line.encode()) for each in missed
    ]
    return _noted(
        destination, reader, position, position, rejected, released=holding.released(missed)
    )


def _noted(
    destination: Destination,
    reader: str,
    position: int,
    to_position: int,
    rejected: Sequence[Rejected],
    *,
    released: Released | None = None,
) -> Load:
    started = now()
    account = Load(
        load_id=uuid4().hex,
        reader=reader,
        started_at=started,
        finished_at=started,
        from_position=position,
        to_position=to_position,
        messages=0 if released else len(rejected),
        rejected=rejected,
        released=released,
    )
    with closing(destination.engine()) as engine:
        destination.begin(engine, reader, position).commit(account)
    return account
