"""How long rows are kept: by table, kind of table or for all; `users` are never touched."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

import duckdb

from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.warehouse.destinations.destination import Destination, label
from commandpost_telemetry.warehouse.destinations.errors import (
    LoadRefused,
    StatementRefused,
    WarehouseError,
    WarehouseUnavailable,
)
from commandpost_telemetry.warehouse.schema.sql import compose, literal, moment
from commandpost_telemetry.warehouse.schema.tables import kind_of, users_table

ALL = "*"
_LOADED = {"received_at", "uuid_ts"}  # what every table has that was made here
_NOTE = """
INSERT INTO loader.removals SELECT {at}, {name}, {before}, COUNT(*) FROM {table}
WHERE received_at < {before} HAVING COUNT(*) > 0
"""
# so that what the loads say still adds up to what is there
_TAKE_OFF = """
INSERT INTO loader.load_tables SELECT 'retention', {name}, -COUNT(*) FROM {table}
WHERE received_at < {before} HAVING COUNT(*) > 0
"""
_REMOVE = "DELETE FROM {table} WHERE received_at < {before}"
_REMOVED = "SELECT table_name, removed FROM loader.removals WHERE removed_at = {at}"


@dataclass(frozen=True, slots=True)
class Removal:
    """How many rows were removed of which tables, and why others were not."""

    removed: Mapping[str, int] = field(default_factory=dict)
    error: WarehouseError | None = None


@dataclass(slots=True)
class Retention:
    """Removes from one destination what is too old, once a day: whole days are removed."""

    destination: Destination
    days: Mapping[str, int]  # table, kind of table or `*` -> days
    _done_up_to: datetime | None = field(default=None)

    def run(self) -> Removal:
        """Remove what is due; a table that keeps its rows stops no other."""
        at = now().astimezone(UTC)
        midnight = datetime.combine(at.date(), time(), UTC)
        if not self.days or self._done_up_to == midnight:
            return Removal()
        kept = [
            f"{table} ({error})"
            for table, days in self._tables()
            if (error := self._failure(table, at, midnight - timedelta(days=days))) is not None
        ]
        found = self.destination.query(compose(_REMOVED, at=moment(at))).rows
        removed = {str(name): int(str(count)) for name, count in found}
        if kept:
            return Removal(removed, _told(kept))
        self._done_up_to = midnight
        return Removal(removed)

    def _failure(self, table: str, at: datetime, before: datetime) -> BaseException | None:
        """Remove the rows of one table; return why it kept them all, which stops no other."""
        parts = {
            "at": moment(at),
            "name": literal(label(self.destination, table)),
            "before": moment(before),
            "table": self.destination.qualified(table),
        }
        try:
            self.destination.change(
                [compose(each, **parts) for each in (_NOTE, _TAKE_OFF, _REMOVE)]
            )
        except (LoadRefused, StatementRefused, duckdb.Error) as error:
            return error.__cause__ or error
        return None

    def _tables(self) -> Iterator[tuple[str, int]]:
        for table, columns in self.destination.schema().items():
            days = self._days(table)
            if days is not None and columns.keys() >= _LOADED:
                yield table, days

    def _days(self, table: str) -> int | None:
        if table == users_table:
            return None
        for name in (table.lower(), kind_of(table), ALL):
            if name in self.days:
                return self.days[name]
        return None


def _told(kept: Sequence[str]) -> WarehouseUnavailable:
    return WarehouseUnavailable(
        f"Rows that are too old stay in {', '.join(kept)}. What was loaded is kept, other tables "
        f"were seen to, and the next sync tries again. Look at rights and keys of these tables."
    )
