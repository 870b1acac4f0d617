"""Loads what the log holds, batch by batch; one that is refused is taken apart."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace

from duckdb import DuckDBPyConnection

from commandpost_telemetry.log.entry import Entry, LogReader
from commandpost_telemetry.warehouse.destination import Destination, Load
from commandpost_telemetry.warehouse.errors import LoadRefused
from commandpost_telemetry.warehouse.load import Loader, Prepared

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Batches:
    """The way of one reader through the log."""

    log: LogReader
    destination: Destination
    loader: Loader
    reader: str
    most_bytes: int  # of one batch, which bounds memory whatever the backlog

    def load(self, position: int, after: int) -> Iterator[Load]:
        """Load batch by batch; the next one is read and staged while this one is loaded."""
        here, there = self.destination.engine(), self.destination.engine()
        with closing(here), closing(there), ThreadPoolExecutor(1, "warehouse-stage") as ahead:
            following = ahead.submit(self._ready, here, after)
            while (ready := following.result()) is not None:
                following = ahead.submit(self._ready, there, ready.to_position)
                yield from self._loaded(position, after, ready)
                position = after = ready.to_position
                self.log.release(position)
                here, there = there, here

    def _ready(self, engine: DuckDBPyConnection, after: int) -> "_Ready | None":
        entries = self.log.read(after=after, max_bytes=self.most_bytes)
        if not entries:
            return None
        if not any(entry.lines for entry in entries):
            return _Ready(entries[-1].position, None, is_empty=True)
        try:
            return _Ready(entries[-1].position, self.loader.prepare(engine, entries))
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
            self.loader.pass_over(self.reader, position, ready.to_position)

    def _at_once(self, position: int, ready: "_Ready") -> Load | None:
        if ready.prepared is None:
            return None
        try:
            return self.loader.load(self.reader, position, ready.prepared)
        except LoadRefused as error:
            logger.warning("A batch is taken apart: %s", error)
            return None

    def _pieces(self, position: int, singles: list[Entry]) -> Iterator[Load]:
        """Load by ever smaller halves, until what is refused stands alone and is passed over."""
        load, middle = None, len(singles) // 2
        try:
            with closing(self.destination.engine()) as engine:
                load = self.loader.load(self.reader, position, self.loader.prepare(engine, singles))
        except LoadRefused as error:
            if not middle:
                load = self.loader.reject(self.reader, position, singles[0], str(error))
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


@dataclass(frozen=True, slots=True)
class _Ready:
    """A batch that was staged ahead; None where staging it was refused or nothing was there."""

    to_position: int
    prepared: Prepared | None
    is_empty: bool = False
