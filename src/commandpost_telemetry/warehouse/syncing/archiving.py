"""The archive as a reader of the log beside the syncs: what it did is told with theirs."""

from dataclasses import dataclass

from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.warehouse.destinations.bookkeeping import note_archived, note_failure
from commandpost_telemetry.warehouse.destinations.destination import Destination
from commandpost_telemetry.warehouse.destinations.errors import WarehouseError
from commandpost_telemetry.warehouse.syncing.archive import ARCHIVE, Archive
from commandpost_telemetry.warehouse.syncing.metrics import SyncMetrics
from commandpost_telemetry.warehouse.syncing.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Archiving:
    """Runs the archive, counts it, and keeps its account in the warehouse."""

    archive: Archive
    destination: Destination
    metrics: SyncMetrics

    def attempt(self) -> Outcome:
        """Write what is new; a failure is told, never raised."""
        started, start, before = now(), 0, self.archive.messages
        failed = {}
        try:
            start = self.archive.position()
            try:
                self.archive.run()
            finally:
                self._noted(start, self.archive.messages - before)
        except WarehouseError as error:
            failed[ARCHIVE] = str(error)
            note_failure(self.destination, ARCHIVE, str(error), start)
        return Outcome(started, now(), archived=self.archive.messages - before, failed=failed)

    def _noted(self, start: int, count: int) -> None:
        if count:
            self.metrics.note_archived(count)
            end, waiting = self.archive.position(), self.archive.waiting()
            note_archived(self.destination, count, start, end, waiting)
