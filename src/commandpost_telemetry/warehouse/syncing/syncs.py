"""The syncs of one log into one warehouse: each is tried, whatever becomes of the others."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.warehouse.destinations.bookkeeping import note_failure
from commandpost_telemetry.warehouse.destinations.destination import Destination
from commandpost_telemetry.warehouse.destinations.errors import (
    WarehouseError,
    WarehouseUnavailable,
    has_answered,
)
from commandpost_telemetry.warehouse.destinations.refusals import refusals_told
from commandpost_telemetry.warehouse.syncing.archiving import Archiving
from commandpost_telemetry.warehouse.syncing.namespaces import Positions, reader_of
from commandpost_telemetry.warehouse.syncing.outcome import Attempt, Outcome, together
from commandpost_telemetry.warehouse.syncing.sync import Sync


class Reader(Protocol):
    """What moves one part of the log."""

    @property
    def reader(self) -> str: ...
    def attempt(self) -> Attempt: ...
    def retry(self, table: str = "") -> Outcome: ...
    def skip(self, table: str) -> int: ...


@dataclass(slots=True)
class NamespaceSync:
    """The sync of a schema that may refuse to be made, which is no other's matter."""

    reader: str
    main: Destination
    open: Callable[[], Sync]
    _sync: Sync | None = field(default=None)

    def __post_init__(self) -> None:
        """Make it at once if that goes well; else the next sync says why it did not."""
        with suppress(WarehouseError):
            self._opened()

    def attempt(self) -> Attempt:
        started = now()
        try:
            sync = self._opened()
        except WarehouseError as error:
            note_failure(self.main, self.reader, str(error))
            failed = {self.reader: str(error)}
            return Attempt(Outcome(started, now(), failed=failed), error)
        return sync.attempt()

    def retry(self, table: str = "") -> Outcome:
        return self._opened().retry(table)

    def skip(self, table: str) -> int:
        return self._opened().skip(table)

    def _opened(self) -> Sync:
        if self._sync is None:
            with refusals_told():
                self._sync = self.open()
        return self._sync


class Syncs:
    """The archive and the syncs, one after the other."""

    def __init__(
        self, syncs: Sequence[Reader], positions: Positions, archiving: Archiving | None = None
    ) -> None:
        self._syncs = syncs
        self._positions = positions
        self._archiving = archiving

    def run(self) -> Outcome:
        """Run them all; what failed is told in the outcome, or raised when nothing went well."""
        started = now()
        archived = [self._archiving.attempt()] if self._archiving else []
        return _told(started, archived, [sync.attempt() for sync in self._syncs])

    def retry(self, table: str = "") -> Outcome:
        """Try held tables at once, or the one that is named."""
        started = now()
        syncs = self._of(table) if table else self._syncs
        return _told(started, [], [_retried(sync, table) for sync in syncs])

    def skip(self, table: str) -> int:
        """Give up what a held table has missed; return how many messages that were."""
        return sum(sync.skip(table) for sync in self._of(table))

    def lags(self) -> Mapping[str, int]:
        """Return for each reader how many entries of the log it has not got."""
        return self._positions.lags()

    def _of(self, table: str) -> list[Reader]:
        namespace, _, _ = table.rpartition(".")
        return [sync for sync in self._syncs if sync.reader == reader_of(namespace)]


def _retried(sync: Reader, table: str) -> Attempt:
    started = now()
    try:
        return Attempt(sync.retry(table))
    except WarehouseError as error:
        return Attempt(Outcome(started, now(), failed={sync.reader: str(error)}), error)


def _told(started: datetime, others: Sequence[Outcome], attempts: Sequence[Attempt]) -> Outcome:
    is_up = all(has_answered(each.error) for each in attempts[-1:])
    outcome = together(started, [*others, *(each.outcome for each in attempts)])
    errors = [each.error for each in attempts if each.error is not None]
    if not errors or len(errors) < len(attempts) or outcome.loads:
        return replace(outcome, is_up=is_up)
    if len(outcome.failed) == 1:
        raise errors[0]
    kind = WarehouseError if is_up else WarehouseUnavailable
    raise kind(" ".join(dict.fromkeys(outcome.failed.values()))) from errors[0]
