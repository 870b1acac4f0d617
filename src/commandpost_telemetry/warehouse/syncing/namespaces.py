"""Sources that have set a namespace: each namespace is a schema with a sync of its own."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from commandpost_telemetry.log.entry import Entry, LogReader
from commandpost_telemetry.warehouse.destinations.destination import Destination
from commandpost_telemetry.warehouse.schema.sql import compose, literal
from commandpost_telemetry.warehouse.syncing.sync import READER, Sync

_POSITIONS = "SELECT reader, position FROM loader.positions"
_FORGET = "DELETE FROM loader.positions WHERE reader = {reader}"


class Positions:
    """How far each reader of the log has got; only what all of them have is let go of."""

    def __init__(self, log: LogReader) -> None:
        self._log = log
        self._positions: dict[str, int] = {}

    def note(self, reader: str, position: int) -> None:
        """Note where a reader stands; one beyond the end has nothing of a log that was replaced."""
        self._positions[reader] = position if position <= self._log.last_position() else 0

    def release(self, reader: str, up_to: int) -> None:
        self._positions[reader] = up_to
        self._log.release(min(self._positions.values()))

    def lags(self) -> Mapping[str, int]:
        """Return for each reader how many entries of the log it has not got."""
        last = self._log.last_position()
        return {
            reader: max(0, last - (position or self._before_first()))
            for reader, position in self._positions.items()
        }

    def _before_first(self) -> int:
        """Return where nothing of the log was read yet: positions do not begin with 1."""
        first = self._log.read(after=0, max_bytes=1)
        return first[0].position - 1 if first else 0


@dataclass(frozen=True, slots=True)
class PartOfLog:
    """The log as one reader sees it: what is of other sources is empty, and keeps its place."""

    log: LogReader
    positions: Positions
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
        self.positions.release(self.reader, up_to)


def reader_of(namespace: str) -> str:
    """Return by which name the position of a namespace is kept."""
    return f"{READER}:{namespace}" if namespace else READER


def settle(
    destination: Destination, main: Sync, readers: Collection[str], positions: Positions
) -> None:
    """Let who is new go on where all were, and everybody's sync where one stood that is gone.

    What is read twice so is known by its id; nothing is passed over.
    """
    stored = dict(_stored(destination))
    lowest = min(stored.values(), default=0)
    gone = stored.keys() - set(readers)
    for reader in readers:
        if reader not in stored or (gone and reader == READER):
            main.start_at(reader, lowest)
            stored[reader] = lowest
        positions.note(reader, stored[reader])
    for reader in gone:
        destination.query(compose(_FORGET, reader=literal(reader)))


def _stored(destination: Destination) -> Iterator[tuple[str, int]]:
    for reader, position in destination.query(_POSITIONS).rows:
        if str(reader).partition(":")[0] == READER:
            yield str(reader), int(str(position))
