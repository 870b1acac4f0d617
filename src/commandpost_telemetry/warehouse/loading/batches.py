"""Loads what the log holds, batch by batch; one that is refused is taken apart."""

import logging
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from duckdb import DuckDBPyConnection

from commandpost_telemetry.log.entry import Entry, LogReader
from commandpost_telemetry.warehouse.destinations.destination import Destination, Load
from commandpost_telemetry.warehouse.destinations.errors import LoadRefused, TooMuchAtOnce
from commandpost_telemetry.warehouse.loading.load import Loader, Prepared
from commandpost_telemetry.warehouse.loading.without_rows import pass_over, reject

logger = logging.getLogger(__name__)

MANY_TABLES = 250


@dataclass(frozen=True, slots=True)
class Batches:
    """The way of one reader through the log."""

    log: LogReader
    destination: Destination
    loader: Loader
    reader: str
    most_bytes: int  # of one batch, which bounds memory whatever the backlog
    filled: set[str] = field(default_factory=set)  # tables, since memory was let go of

    def load(self, position: int, after: int) -> Iterator[Load]:
        """Load batch by batch; each that is taken apart stands between two runs of others.

        `position` is what the warehouse holds for its next load, `after` where the log is read
        on: the same, or 0 while the warehouse still holds the place of a log that was replaced.
        """
        while (stop := (yield from self._run(position, after))) is not None:
            if stop.is_refused:
                yield from self._apart(*stop)
            self._lighten()
            position = after = stop.end

    def _run(self, position: int, after: int) -> Generator[Load, None, "_Stop | None"]:
        """Load what goes at once; the next batch is read and staged while this one is loaded.

        Stop before a batch that does not, and where so much was filled that it weighs.
        """
        here, there = self.destination.engine(), self.destination.engine()
        with closing(here), closing(there), ThreadPoolExecutor(1, "warehouse-stage") as ahead:
            following = ahead.submit(self._ready, here, after)
            while (ready := following.result()) is not None:
                following = ahead.submit(self._ready, there, ready.to_position)
                load = self._at_once(position, ready)
                if load is not None:
                    yield load
                elif ready.is_empty:
                    pass_over(self.destination, self.reader, position, ready.to_position)
                else:
                    return _Stop(position, after, ready.to_position)
                position = after = ready.to_position
                self.log.release(position)
                if load is not None and self._weighs(load):
                    return _Stop(position, position, position)
                here, there = there, here
        return None

    def _weighs(self, load: Load) -> bool:
        """Whether the tables that were filled hold much memory, as those of DuckDB do."""
        self.filled.update(load.tables)
        return len(self.filled) > MANY_TABLES

    def _lighten(self) -> None:
        if len(self.filled) > MANY_TABLES:
            self.destination.lighten()
            self.filled.clear()

    def _apart(self, position: int, after: int, end: int) -> Iterator[Load]:
        for load in self._pieces(position, self._singles(position, after, end)):
            yield load
            position = load.to_position
        if position < end:  # the last were of others
            pass_over(self.destination, self.reader, position, end)
        self.log.release(end)

    def _ready(self, engine: DuckDBPyConnection, after: int) -> "_Ready | None":
        entries = self.log.read(after=after, max_bytes=self.most_bytes)
        if not entries:
            return None
        if not any(entry.lines for entry in entries):
            return _Ready(entries[-1].position, None, is_empty=True)
        try:
            return _Ready(entries[-1].position, self.loader.prepare(engine, entries))
        except (LoadRefused, TooMuchAtOnce) as error:
            logger.warning("A batch is taken apart: %s", error)
            return _Ready(entries[-1].position, None)

    def _at_once(self, position: int, ready: "_Ready") -> Load | None:
        if ready.prepared is None:
            return None
        try:
            return self.loader.load(self.reader, position, ready.prepared)
        except (LoadRefused, TooMuchAtOnce) as error:
            logger.warning("A batch is taken apart: %s", error)
            return None

    def _pieces(self, position: int, singles: list[Entry]) -> Iterator[Load]:
        """Load by ever smaller halves, until what is refused stands alone and is passed over.

        What takes too much memory even alone waits for more of it: others may have it just now.
        """
        load, middle = None, len(singles) // 2
        try:
            with closing(self.destination.engine()) as engine:
                load = self.loader.load(self.reader, position, self.loader.prepare(engine, singles))
        except TooMuchAtOnce:
            if not middle:
                raise
        except LoadRefused as error:
            if not middle:
                load = reject(self.destination, self.reader, position, singles[0], str(error))
        if load is not None:
            yield load
            self.filled.update(load.tables)
            self._lighten()
            return
        for half in (singles[:middle], singles[middle:]):
            for load in self._pieces(position, half):
                yield load
                position = load.to_position

    def _singles(self, before: int, after: int, to_position: int) -> list[Entry]:
        """Return the messages one by one; only the last of an entry moves the position."""
        singles: list[Entry] = []
        while after < to_position:
            for entry in self.log.read(after=after, max_bytes=self.most_bytes):
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


class _Stop(NamedTuple):
    """Where a run stopped, and the end of the batch that was refused there, if any was."""

    position: int
    after: int
    end: int

    @property
    def is_refused(self) -> bool:
        return self.end > self.after


@dataclass(frozen=True, slots=True)
class _Ready:
    """A batch that was staged ahead; None where staging it was refused or nothing was there."""

    to_position: int
    prepared: Prepared | None
    is_empty: bool = False
