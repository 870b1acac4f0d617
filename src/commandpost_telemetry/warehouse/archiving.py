"""The archive as a reader of the log beside the syncs: what it did is told with theirs."""

from dataclasses import dataclass

from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.warehouse.archive import ARCHIVE, Archive
from commandpost_telemetry.warehouse.bookkeeping import note_archived, note_failure
from commandpost_telemetry.warehouse.destination import Destination
from commandpost_telemetry.warehouse.errors import WarehouseError
from commandpost_telemetry.warehouse.metrics import SyncMetrics
from commandpost_telemetry.warehouse.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Archiving:
    """Runs the archive, counts it, and keeps its account in the warehouse."""

    archive: Archive
    destination: Destination
    metrics: SyncMetrics

    def attempt(self) -> Outcome:
        """Write what is new; a failure is told, never raised."""
        started, start, before = now(), self.archive.position(), self.archive.messages
        failed = {}
        try:
            self.archive.run()
        except WarehouseError as error:
            failed[ARCHIVE] = str(error)
            note_failure(self.destination, ARCHIVE, str(error), start)
        count = self.archive.messages - before
        if count:
            end, waiting = self.archive.position(), self.archive.waiting()
            self.metrics.note_archived(count)
            note_archived(self.destination, count, start, end, waiting)
        return Outcome(started, now(), archived=count, failed=failed)
