"""One sync: everything the log holds behind the warehouse's position, then what is too old."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Lock

import duckdb
from prometheus_client import CollectorRegistry

from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.log.entry import LogReader
from commandpost_telemetry.warehouse.destinations.bookkeeping import (
    HELD,
    REJECTS,
    forget_old,
    note_failure,
)
from commandpost_telemetry.warehouse.destinations.destination import Destination, Load
from commandpost_telemetry.warehouse.destinations.errors import WarehouseError
from commandpost_telemetry.warehouse.destinations.refusals import refusals_told
from commandpost_telemetry.warehouse.loading import states
from commandpost_telemetry.warehouse.loading.batches import Batches
from commandpost_telemetry.warehouse.loading.load import Loader
from commandpost_telemetry.warehouse.loading.options import Options
from commandpost_telemetry.warehouse.loading.retries import Retries
from commandpost_telemetry.warehouse.loading.without_rows import pass_over
from commandpost_telemetry.warehouse.syncing.metrics import SyncMetrics
from commandpost_telemetry.warehouse.syncing.outcome import Attempt, Outcome, outcome_of, together
from commandpost_telemetry.warehouse.syncing.retention import Removal, Retention

READER = "log"
_BATCH_BYTES = 64 << 20  # about 90,000 events
_KEPT = {HELD: 30, REJECTS: 90}  # days, where retention says nothing


class Sync:
    """Moves messages from one log into one destination."""

    def __init__(
        self,
        log: LogReader,
        destination: Destination,
        folder: Path,
        *,
        options: Options | None = None,
        batch_bytes: int = _BATCH_BYTES,
        metrics: SyncMetrics | None = None,
        reader: str = READER,
    ) -> None:
        retention = (options or Options()).retention
        days = _KEPT | dict(retention)
        self.reader = reader
        self._log = log
        self._destination = destination
        loader = Loader(destination, folder, options)
        self._batches = Batches(log, destination, loader, reader, batch_bytes)
        of_rows = {name: kept for name, kept in retention.items() if name not in _KEPT}
        self._retention = Retention(destination, of_rows)
        self._retries = Retries(destination, loader, reader)
        self._held_for = timedelta(days=days[HELD])
        self._rejects_for = timedelta(days=days[REJECTS])
        self._metrics = metrics or SyncMetrics(CollectorRegistry())
        self._one_at_a_time = Lock()

    def run(self) -> Outcome:
        """Load until nothing is left; raise what stopped it, whatever was loaded before."""
        outcome, error = self.attempt()
        if error is not None:
            raise error
        return outcome

    def attempt(self) -> Attempt:
        """Load until nothing is left; every load that ended is kept and told, whatever failed.

        Rows that are too old but stay are told, and no error of the loads.
        """
        with self._one_at_a_time:
            started, loads, removal, held = now(), list[Outcome](), Removal(), dict[str, int]()
            error: WarehouseError | None = None
            try:
                with refusals_told():
                    for load in self._all_loads():
                        loads.append(outcome_of(load))
                    if loads:
                        forget_old(self._destination, self._rejects_for)
                    removal = self._retention.run()
            except WarehouseError as raised:
                error = raised
            with suppress(WarehouseError, duckdb.Error):  # it may be what does not answer
                held = self._held()
            outcome = replace(together(started, loads), held=held, removed=removal.removed)
            return Attempt(self._noted(outcome, error or removal.error), error)

    def _all_loads(self) -> Iterator[Load]:
        position = self._destination.position(self.reader)
        # a log younger than the warehouse was replaced; what is loaded already is known by id
        after = 0 if self._log.last_position() < position else position
        yield from self._counted(self._retries.due())
        yield from self._counted(self._batches.load(position, after))
        yield from self._counted(self._retries.due())  # what was refused just now
        yield from self._counted(self._retries.give_up_old(now() - self._held_for))

    def start_at(self, reader: str, position: int) -> None:
        """Let a reader, this or another one, read on from a place in the log."""
        with self._one_at_a_time:
            at = self._destination.position(reader)
            if at != position:
                pass_over(self._destination, reader, at, position)

    def retry(self, table: str = "") -> Outcome:
        """Try held tables at once, or the one that is named."""
        with self._one_at_a_time:
            started = now()
            held = [each.table for each in states.list_held(self._destination)]
            named = [each for each in held if table in {"", each}]
            retried = (self._retries.retry(each) for each in named)
            loads = [outcome_of(load) for some in retried for load in self._counted(some)]
            return replace(together(started, loads), held=self._held())

    def skip(self, table: str) -> int:
        """Give up what a held table has missed; return how many messages that were."""
        with self._one_at_a_time:
            skipped = self._retries.skip(table)
            self._held()
            return skipped

    def _counted(self, loads: Iterator[Load]) -> Iterator[Load]:
        for load in loads:
            self._metrics.note_load(load)
            yield load

    def _held(self) -> dict[str, int]:
        held = states.list_held(self._destination)
        self._metrics.note_held(self.reader, held)
        return {each.table: each.messages for each in held}

    def _noted(self, outcome: Outcome, error: WarehouseError | None) -> Outcome:
        self._metrics.note_removed(outcome.removed)
        if error is None:
            self._metrics.note_success(self.reader, outcome.finished_at.timestamp())
            return outcome
        self._metrics.note_failure()
        note_failure(self._destination, self.reader, str(error))
        return replace(outcome, failed={self.reader: str(error)})
