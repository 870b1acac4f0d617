"""Tries held tables again: what they take is loaded, what alone is to blame is rejected."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.warehouse.destinations.destination import Destination, Held, Load
from commandpost_telemetry.warehouse.destinations.errors import TableRefused
from commandpost_telemetry.warehouse.loading import holding, states
from commandpost_telemetry.warehouse.loading.load import Loader
from commandpost_telemetry.warehouse.loading.without_rows import give_up

_FEW = 4  # messages refused one by one while none was ever taken: the table itself is to blame
SKIPPED = "Skipped by hand: {table} did not take it."
TOO_LONG = "Held too long: {table} did not take it."
_MANY = 32  # messages of one try that may be passed over


@dataclass(slots=True)
class _Try:
    """What came of trying one table so far."""

    has_taken: bool  # now or before: a try may have been broken off behind the last load
    loads: list[Load] = field(default_factory=list)
    culprits: list[tuple[Held, str]] = field(default_factory=list)

    def is_hopeless(self) -> bool:
        return len(self.culprits) >= (_MANY if self.has_taken else _FEW)


class Retries:
    """Gives held tables what they have missed."""

    def __init__(self, destination: Destination, loader: Loader, reader: str) -> None:
        self._destination = destination
        self._loader = loader
        self._reader = reader

    def due(self) -> Iterator[Load]:
        """Try each table whose time has come."""
        for held in states.list_held(self._destination):
            if held.is_due(now()):
                yield from self.retry(held.table)

    def retry(self, table: str) -> Iterator[Load]:
        """Try the table with all it has missed; a failure is noted, never raised."""
        for missed in self._missed(table):
            tried = _Try(holding.has_taken(self._destination, missed[0]))
            self._pieces(missed, tried)
            yield from tried.loads
            if tried.culprits and (tried.is_hopeless() or not tried.has_taken):
                _, reason = tried.culprits[0]
                states.note_failure(self._destination, table, reason)
                return
            yield from self._rejected(tried)
        states.forget(self._destination, table)

    def skip(self, table: str) -> int:
        """Give up what the table has missed; it is kept among the rejects."""
        messages = 0
        for missed in self._missed(table):
            position = self._destination.position(self._reader)
            give_up(self._destination, self._reader, position, missed, SKIPPED.format(table=table))
            messages += len(missed)
        states.forget(self._destination, table)
        return messages

    def give_up_old(self, before: datetime) -> Iterator[Load]:
        """Give up what has been held since before then."""
        for held in states.list_held(self._destination):
            while missed := holding.waiting(self._destination, held.table, before):
                position = self._destination.position(self._reader)
                reason = TOO_LONG.format(table=held.table)
                yield give_up(self._destination, self._reader, position, missed, reason)
            if held.table not in {each.table for each in states.list_held(self._destination)}:
                states.forget(self._destination, held.table)

    def _missed(self, table: str) -> Iterator[list[Held]]:
        """Yield what is held, part by part; each part must be gone before the next is asked for."""
        while missed := holding.waiting(self._destination, table):
            yield missed

    def _pieces(self, missed: Sequence[Held], tried: _Try) -> None:
        """Load by ever smaller halves, until what is refused stands alone."""
        if tried.is_hopeless():
            return
        position = self._destination.position(self._reader)
        try:
            tried.loads.append(self._loader.retry(self._reader, position, missed))
            tried.has_taken = True
        except TableRefused as refused:
            middle = len(missed) // 2
            if not middle:
                tried.culprits.append((missed[0], str(refused)))
                return
            self._pieces(missed[:middle], tried)
            self._pieces(missed[middle:], tried)

    def _rejected(self, tried: _Try) -> Iterator[Load]:
        position = self._destination.position(self._reader)
        for culprit, reason in tried.culprits:
            yield give_up(self._destination, self._reader, position, [culprit], reason)
