"""One sync: everything the log holds behind the warehouse's position, load by load."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from threading import Lock

import duckdb
from duckdb import DuckDBPyConnection
from prometheus_client import CollectorRegistry

from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.log.entry import Entry, LogReader
from commandpost_telemetry.warehouse import bookkeeping, states
from commandpost_telemetry.warehouse.destination import Destination, Load
from commandpost_telemetry.warehouse.errors import LoadRefused, WarehouseError
from commandpost_telemetry.warehouse.load import Loader, Options, Prepared
from commandpost_telemetry.warehouse.metrics import SyncMetrics
from commandpost_telemetry.warehouse.refusals import refusals_told
from commandpost_telemetry.warehouse.retention import Retention
from commandpost_telemetry.warehouse.retries import Retries
from commandpost_telemetry.warehouse.steps import forget_old

logger = logging.getLogger(__name__)

READER = "log"
_BATCH_BYTES = 64 << 20  # about 90,000 events: bounds memory whatever the backlog


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one sync did."""

    started_at: datetime
    finished_at: datetime
    loads: int = 0
    messages: int = 0
    loaded: int = 0
    repeated: int = 0
    discarded: int = 0
    rejected: int = 0
    tables: Mapping[str, int] = field(default_factory=dict)  # table -> rows added
    held: Mapping[str, int] = field(default_factory=dict)  # table -> messages it has not taken
    removed: Mapping[str, int] = field(default_factory=dict)  # table -> rows that were too old


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
        self.reader = reader
        self._log = log
        self._destination = destination
        self._loader = Loader(destination, folder, options)
        self._retention = Retention(destination, (options or Options()).retention)
        self._retries = Retries(destination, self._loader, reader)
        self._batch_bytes = batch_bytes
        self._metrics = metrics or SyncMetrics(CollectorRegistry())
        self._position: int | None = None
        self._one_at_a_time = Lock()

    def run(self) -> Outcome:
        """Load until nothing is left; every load that ended is kept whatever comes after it."""
        with self._one_at_a_time:
            started = now()
            try:
                with refusals_told():
                    loads = self._all_loads()
                    if loads:
                        forget_old(self._destination)
                    removed = self._retention.run()
                    outcome = replace(self._outcome(started, loads), removed=removed)
            except WarehouseError as error:
                self._note(error)
                raise
            self._metrics.note_removed(removed)
            self._metrics.note_success(self.reader, outcome.finished_at.timestamp())
            return outcome

    def _all_loads(self) -> list[Load]:
        position = self._position = self._destination.position(self.reader)
        # a log younger than the warehouse was replaced; what is loaded already is known by id
        after = 0 if self._log.last_position() < position else position
        loads = [*self._counted(self._retries.due())]
        loads += self._counted(self._loads(position, after))
        loads += self._counted(self._retries.due())  # what was refused just now
        return loads

    def start_at(self, position: int) -> None:
        """Read on from a place in the log."""
        with self._one_at_a_time:
            at = self._destination.position(self.reader)
            if at != position:
                self._loader.pass_over(self.reader, at, position)

    def lag(self) -> int:
        """Return how many entries of the log are not loaded, as of the last load here."""
        if self._position is None:
            self._position = self._destination.position(self.reader)
        return max(0, self._log.last_position() - self._position)

    def retry(self, table: str = "") -> Outcome:
        """Try held tables at once, or the one that is named."""
        with self._one_at_a_time:
            started = now()
            held = [each.table for each in states.list_held(self._destination)]
            named = [each for each in held if table in {"", each}]
            loads = [load for each in named for load in self._counted(self._retries.retry(each))]
            return self._outcome(started, loads)

    def skip(self, table: str) -> int:
        """Give up what a held table has missed; return how many messages that were."""
        with self._one_at_a_time:
            skipped = self._retries.skip(table)
            self._metrics.note_held(self.reader, states.list_held(self._destination))
            return skipped

    def _counted(self, loads: Iterator[Load]) -> Iterator[Load]:
        for load in loads:
            self._metrics.note_load(load)
            yield load

    def _outcome(self, started: datetime, loads: list[Load]) -> Outcome:
        held = states.list_held(self._destination)
        self._metrics.note_held(self.reader, held)
        return replace(_outcome(started, loads), held={each.table: each.messages for each in held})

    def _loads(self, position: int, after: int) -> Iterator[Load]:
        """Load batch by batch; the next one is read and staged while this one is loaded."""
        here, there = self._destination.engine(), self._destination.engine()
        with closing(here), closing(there), ThreadPoolExecutor(1, "warehouse-stage") as ahead:
            following = ahead.submit(self._ready, here, after)
            while (ready := following.result()) is not None:
                following = ahead.submit(self._ready, there, ready.to_position)
                yield from self._loaded(position, after, ready)
                position = after = self._position = ready.to_position
                self._log.release(position)
                here, there = there, here

    def _ready(self, engine: DuckDBPyConnection, after: int) -> "_Ready | None":
        entries = self._log.read(after=after, max_bytes=self._batch_bytes)
        if not entries:
            return None
        if not any(entry.lines for entry in entries):
            return _Ready(entries[-1].position, None, is_empty=True)
        try:
            return _Ready(entries[-1].position, self._loader.prepare(engine, entries))
        except LoadRefused as error:
            logger.warning("A batch is taken apart: %s", error)
            return _Ready(entries[-1].position, None)

    def _loaded(self, position: int, after: int, ready: "_Ready") -> Iterator[Load]:
        load = self._at_once(position, ready)
        if load is not None:
            yield load
        elif not ready.is_empty:
            for load in self._pieces(position, self._singles(position, after, ready.to_position)):
                yield load
                position = load.to_position
        if load is None or load.to_position < ready.to_position:  # the last were of others
            self._loader.pass_over(self.reader, position, ready.to_position)

    def _at_once(self, position: int, ready: "_Ready") -> Load | None:
        if ready.prepared is None:
            return None
        try:
            return self._loader.load(self.reader, position, ready.prepared)
        except LoadRefused as error:
            logger.warning("A batch is taken apart: %s", error)
            return None

    def _pieces(self, position: int, singles: list[Entry]) -> Iterator[Load]:
        """Load by ever smaller halves, until what is refused stands alone and is passed over."""
        load, middle = None, len(singles) // 2
        try:
            with closing(self._destination.engine()) as engine:
                load = self._loader.load(
                    self.reader, position, self._loader.prepare(engine, singles)
                )
        except LoadRefused as error:
            if not middle:
                load = self._loader.reject(self.reader, position, singles[0], str(error))
        if load is not None:
            yield load
            return
        for half in (singles[:middle], singles[middle:]):
            for load in self._pieces(position, half):
                yield load
                position = load.to_position

    def _singles(self, before: int, after: int, to_position: int) -> list[Entry]:
        """Return the messages one by one; only the last of an entry moves the position."""
        singles: list[Entry] = []
        while after < to_position:
            for entry in self._log.read(after=after, max_bytes=self._batch_bytes):
                if entry.position > to_position:
                    return singles
                lines = [line for line in entry.lines.split(b"\n") if line]
                singles += [
                    replace(entry, position=before, count=1, lines=line + b"\n") for line in lines
                ]
                if lines:
                    singles[-1] = replace(singles[-1], position=entry.position)
                before = after = entry.position
        return singles

    def _note(self, error: WarehouseError) -> None:
        """Keep the failure where `syncs` shows it, if the destination can be reached at all."""
        self._metrics.note_failure()
        with suppress(WarehouseError, duckdb.Error):
            position = self._destination.position(self.reader)
            for statement in bookkeeping.failure(now(), self.reader, position, str(error)):
                self._destination.query(statement)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A batch that was staged ahead; None where staging it was refused or nothing was there."""

    to_position: int
    prepared: Prepared | None
    is_empty: bool = False


def _outcome(started: datetime, loads: list[Load]) -> Outcome:
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
