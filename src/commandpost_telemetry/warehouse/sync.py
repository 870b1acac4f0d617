"""One sync: everything the log holds behind the warehouse's position, load by load."""

from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock

from duckdb import DuckDBPyConnection

from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.log.entry import LogReader
from commandpost_telemetry.warehouse.destination import Destination, Load
from commandpost_telemetry.warehouse.load import Loader, Options, Prepared

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
    ) -> None:
        self._log = log
        self._destination = destination
        self._loader = Loader(destination, folder, options)
        self._batch_bytes = batch_bytes
        self._one_at_a_time = Lock()

    def run(self) -> Outcome:
        """Load until nothing is left; every load that ended is kept whatever comes after it."""
        with self._one_at_a_time:
            started = now()
            position = self._destination.position(READER)
            # a log younger than the warehouse was replaced; what is loaded already is known by id
            after = 0 if self._log.last_position() < position else position
            return _outcome(started, list(self._loads(position, after)))

    def _loads(self, position: int, after: int) -> Iterator[Load]:
        """Load batch by batch; the next one is read and staged while this one is loaded."""
        here, there = self._destination.engine(), self._destination.engine()
        with closing(here), closing(there), ThreadPoolExecutor(1, "warehouse-stage") as ahead:
            prepared = self._prepared(here, after)
            while prepared is not None:
                following = ahead.submit(self._prepared, there, prepared.to_position)
                yield self._loader.load(READER, position, prepared)
                position = prepared.to_position
                self._log.release(position)
                here, there = there, here
                prepared = following.result()

    def _prepared(self, engine: DuckDBPyConnection, after: int) -> Prepared | None:
        entries = self._log.read(after=after, max_bytes=self._batch_bytes)
        return self._loader.prepare(engine, entries) if entries else None


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
