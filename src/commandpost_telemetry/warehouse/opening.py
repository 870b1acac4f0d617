"""The warehouse with its syncs, whether or not it answers when the process starts."""

import logging
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from threading import Lock

from commandpost_telemetry.log.entry import LogReader
from commandpost_telemetry.settings import Settings
from commandpost_telemetry.warehouse.connect import is_duckdb_file, open_destination, open_sync
from commandpost_telemetry.warehouse.destinations.destination import Destination, Rows
from commandpost_telemetry.warehouse.destinations.errors import (
    WarehouseError,
    WarehouseUnavailable,
    has_answered,
)
from commandpost_telemetry.warehouse.syncing.metrics import SyncMetrics
from commandpost_telemetry.warehouse.syncing.outcome import Outcome
from commandpost_telemetry.warehouse.syncing.syncs import Syncs

logger = logging.getLogger(__name__)


class Warehouse:
    """Opened at once where it answers, else by whoever needs it next; the log waits for it."""

    def __init__(self, settings: Settings, log: LogReader, metrics: SyncMetrics) -> None:
        self._settings = settings
        self._log = log
        self._metrics = metrics
        self._one_at_a_time = Lock()
        self._open = ExitStack()
        self._parts: tuple[Destination, Syncs] | None = None
        try:
            self._opened()
            metrics.note_up(is_up=True)
        except WarehouseUnavailable as error:
            metrics.note_up(is_up=False)
            if is_duckdb_file(settings):  # which is not somebody else's to mend
                raise
            logger.warning("%s The next sync tries again.", error)

    @property
    def destination(self) -> Destination | None:
        """Return what is open, None as long as it has never answered."""
        return self._parts[0] if self._parts else None

    def run(self) -> Outcome:
        try:
            outcome = self._opened()[1].run()
        except WarehouseError as error:
            if self._parts or isinstance(error, WarehouseUnavailable):  # else it was never there
                self._metrics.note_up(is_up=has_answered(error))
            raise
        self._metrics.note_up(is_up=outcome.is_up)
        return outcome

    def compact(self) -> None:
        """Put the tables in order, once a day."""
        if self._parts:
            self._parts[0].compact()

    def retry(self, table: str = "") -> Outcome:
        return self._opened()[1].retry(table)

    def skip(self, table: str) -> int:
        return self._opened()[1].skip(table)

    def query(self, sql: str, parameters: Sequence[object] = ()) -> Rows:
        return self._opened()[0].query(sql, parameters)

    def lags(self) -> Mapping[str, int]:
        """Return how far each reader is behind; none is known before it has answered."""
        return self._parts[1].lags() if self._parts else {}

    def close(self) -> None:
        self._open.close()

    def _opened(self) -> tuple[Destination, Syncs]:
        with self._one_at_a_time, ExitStack() as stack:
            if self._parts is None:
                destination = stack.enter_context(closing(open_destination(self._settings)))
                sync = open_sync(self._settings, self._log, destination, self._metrics)
                self._parts = destination, sync
                self._open.enter_context(stack.pop_all())
            return self._parts
