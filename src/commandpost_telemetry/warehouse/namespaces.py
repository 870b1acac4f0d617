"""Sources that have set a namespace: each namespace is a schema with a sync of its own."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from commandpost_telemetry.log.entry import Entry, LogReader
from commandpost_telemetry.warehouse.archive import Archive
from commandpost_telemetry.warehouse.destination import Destination
from commandpost_telemetry.warehouse.errors import WarehouseError
from commandpost_telemetry.warehouse.sql import compose, literal
from commandpost_telemetry.warehouse.sync import READER, Outcome, Sync

_POSITIONS = "SELECT reader, position FROM loader.positions"
_FORGET = "DELETE FROM loader.positions WHERE reader = {reader}"


class Released:
    """Lets go of the log only what every reader has."""

    def __init__(self, log: LogReader) -> None:
        self._log = log
        self._positions: dict[str, int] = {}

    def note(self, reader: str, position: int) -> None:
        """Note where a reader stands; one beyond the end has nothing of a log that was replaced."""
        self._positions[reader] = position if position <= self._log.last_position() else 0

    def release(self, reader: str, up_to: int) -> None:
        self._positions[reader] = up_to
        self._log.release(min(self._positions.values()))


@dataclass(frozen=True, slots=True)
class PartOfLog:
    """The log as one reader sees it: what is of other sources is empty, and keeps its place."""

    log: LogReader
    released: Released
    reader: str
    takes: Callable[[str], bool]  # whether a source is ours

    def read(self, *, after: int, max_bytes: int = 64 << 20) -> list[Entry]:
        return [
            entry if self.takes(entry.source_id) else replace(entry, count=0, lines=b"")
            for entry in self.log.read(after=after, max_bytes=max_bytes)
        ]

    def last_position(self) -> int:
        return self.log.last_position()

    def release(self, up_to: int) -> None:
        self.released.release(self.reader, up_to)


class Syncs:
    """The syncs of one log into one warehouse, one after the other."""

    def __init__(self, syncs: Sequence[Sync], archive: Archive | None = None) -> None:
        self._syncs = syncs
        self._archive = archive

    def run(self) -> Outcome:
        """Run them all; one that fails stops no other, and is told in the end."""
        outcomes: list[Outcome] = []
        failures: list[WarehouseError] = []
        try:
            if self._archive is not None:
                self._archive.run()
        except WarehouseError as error:
            failures.append(error)
        for sync in self._syncs:
            try:
                outcomes.append(sync.run())
            except WarehouseError as error:
                failures.append(error)
        if failures:
            raise failures[0]
        return _together(outcomes)

    def retry(self, table: str = "") -> Outcome:
        """Try held tables at once, or the one that is named."""
        return _together([sync.retry(table) for sync in self._syncs])

    def skip(self, table: str) -> int:
        """Give up what a held table has missed; return how many messages that were."""
        return sum(sync.skip(table) for sync in self._syncs)

    def lags(self) -> Mapping[str, int]:
        """Return for each reader of the log how many entries it has not loaded."""
        return {sync.reader: sync.lag() for sync in self._syncs}


def reader_of(namespace: str) -> str:
    """Return by which name the position of a namespace is kept."""
    return f"{READER}:{namespace}" if namespace else READER


def settle(destination: Destination, syncs: Sequence[Sync], released: Released) -> None:
    """Let who is new go on where all were, and everybody's sync where one stood that is gone.

    What is read twice so is known by its id; nothing is passed over.
    """
    ours = {sync.reader: sync for sync in syncs}
    stored = dict(_stored(destination))
    lowest = min(stored.values(), default=0)
    gone = stored.keys() - ours.keys()
    for reader, sync in ours.items():
        if reader not in stored or (gone and reader == READER):
            sync.start_at(lowest)
            stored[reader] = lowest
        released.note(reader, stored[reader])
    for reader in gone:
        destination.query(compose(_FORGET, reader=literal(reader)))


def _stored(destination: Destination) -> Iterator[tuple[str, int]]:
    for reader, position in destination.query(_POSITIONS).rows:
        if str(reader).partition(":")[0] == READER:
            yield str(reader), int(str(position))


def _together(outcomes: Sequence[Outcome]) -> Outcome:
    tables: Counter[str] = Counter()
    held: dict[str, int] = {}
    removed: dict[str, int] = {}
    for outcome in outcomes:
        tables.update(outcome.tables)
        held |= outcome.held
        removed |= outcome.removed
    return Outcome(
        started_at=outcomes[0].started_at,
        finished_at=outcomes[-1].finished_at,
        loads=sum(each.loads for each in outcomes),
        messages=sum(each.messages for each in outcomes),
        loaded=sum(each.loaded for each in outcomes),
        repeated=sum(each.repeated for each in outcomes),
        discarded=sum(each.discarded for each in outcomes),
        rejected=sum(each.rejected for each in outcomes),
        tables=dict(sorted(tables.items())),
        held=held,
        removed=removed,
    )
