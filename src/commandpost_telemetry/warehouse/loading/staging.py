"""One table's share of a batch: which types its columns have, its rows, and what does not fit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from duckdb import DuckDBPyConnection

from commandpost_telemetry.warehouse.destinations.destination import StagedTable
from commandpost_telemetry.warehouse.loading.extract import (
    Place,
    Reading,
    can_fail,
    first_type,
    present,
    value,
)
from commandpost_telemetry.warehouse.schema.plan import Plan
from commandpost_telemetry.warehouse.schema.sql import Sql, compose, ident, join, literal, moment
from commandpost_telemetry.warehouse.schema.tables import (
    Family,
    discard_columns,
    discards_table,
    standard_columns,
)
from commandpost_telemetry.warehouse.schema.types import ColumnType

# the table of each event name, filled by the loader for the batch at hand
event_names = "event_names"
_EVENT_OF_TRACK = (
    "(SELECT e.event_table FROM event_names e WHERE e.event_text = messages_of.event_text)"
)
_ROWS = "SELECT {columns} FROM (SELECT *{texts} FROM messages WHERE {ours}) messages_of"


@dataclass(frozen=True, slots=True)
class Share:
    """The messages of a batch that one table takes."""

    table: str
    family: Family
    events: tuple[str, ...]  # raw names of the events of an event table; () = the whole family
    plan: Plan
    rows: int

    @property
    def ours(self) -> Sql:
        """The condition on `messages`."""
        kind = compose("message_type = {type}", type=literal(self.family.message_type))
        if not self.events:
            return kind
        names = join(", ", (literal(event) for event in self.events))
        return compose("{kind} AND event_text IN ({names})", kind=kind, names=names)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every row of a load is stamped with."""

    destination_id: str
    destination_type: str
    source_type: str
    at: datetime


class Staging:
    """Turns the shares of a batch into rows, on the loader's connection."""

    def __init__(self, connection: DuckDBPyConnection, stamp: Stamp) -> None:
        self._connection = connection
        self._stamp = stamp

    def types(self, share: Share, known: Mapping[str, ColumnType]) -> dict[str, ColumnType]:
        """Return the type of each column: the table's own, else that of the first value."""
        types = {name: known[name] for name in share.plan.columns if name in known}
        new = [name for name in share.plan.columns if name not in known]
        if new:
            types |= self._first_types(share, new)
        return types

    def _first_types(self, share: Share, names: Sequence[str]) -> dict[str, ColumnType]:
        reading, places = _places(share, names)
        firsts = [
            compose("arg_min(x.{n}, n) FILTER (x.{n} IS NOT NULL)", n=ident(f"c{i}"))
            for i in range(len(names))
        ]
        columns = [
            compose("{type} AS {n}", type=first_type(places[name]), n=ident(f"c{i}"))
            for i, name in enumerate(names)
        ]
        rows = _rows(share, reading, [ident("n"), *columns])
        query = compose("SELECT {firsts} FROM ({rows}) x", firsts=join(", ", firsts), rows=rows)
        [found] = self._connection.execute(query).fetchall()
        return {name: ColumnType(each) for name, each in zip(names, found, strict=True) if each}

    def rows(self, share: Share, types: Mapping[str, ColumnType]) -> StagedTable:
        """Return the table's rows as a query."""
        names = list(types)
        reading, places = _places(share, names)
        columns = [*self._standard(share)]
        columns += [
            compose("{value} AS {name}", value=value(types[name], places[name]), name=ident(name))
            for name in names
        ]
        query = _rows(share, reading, columns)
        return StagedTable(
            share.table, {**standard_columns(share.family), **types}, share.rows, query
        )

    def misfits(self, share: Share, types: Mapping[str, ColumnType]) -> dict[str, int]:
        """Return how many values each column does not take, nothing for those that fit."""
        names = [name for name in types if can_fail(types[name])]
        if not names:
            return {}
        reading, places = _places(share, names)
        counted = _rows(share, reading, [_misfits(name, types, places) for name in names])
        [counts] = self._connection.execute(counted).fetchall()
        return {name: count for name, count in zip(names, counts, strict=True) if count}

    def discards(
        self, share: Share, types: Mapping[str, ColumnType], bad: Mapping[str, int]
    ) -> StagedTable:
        """Return rows for the values that their columns do not take."""
        reading, places = _places(share, list(bad))
        queries = [self._discards_of(share, name, types[name], reading, places) for name in bad]
        return StagedTable(
            discards_table, discard_columns, sum(bad.values()), join(" UNION ALL ", queries)
        )

    def _discards_of(
        self,
        share: Share,
        name: str,
        column_type: ColumnType,
        reading: Reading,
        places: Mapping[str, Sequence[Place]],
    ) -> Sql:
        text = present(places[name])
        columns = [
            compose("{table} AS table_name", table=literal(share.table)),
            Sql("id AS row_id"),
            compose("{name} AS column_name", name=literal(name)),
            compose("{text} AS column_value", text=text),
            compose(
                "{reason} AS reason",
                reason=literal(f"The value does not fit the column, which is {column_type}."),
            ),
            Sql("received_at"),
            compose("{at} AS uuid_ts", at=moment(self._stamp.at)),
        ]
        rows = _rows(share, reading, columns)
        return compose(
            "{rows} WHERE {text} IS NOT NULL AND {value} IS NULL",
            rows=rows,
            text=text,
            value=value(column_type, places[name]),
        )

    def _standard(self, share: Share) -> list[Sql]:
        stamped = {
            "uuid_ts": moment(self._stamp.at),
            "context_destination_id": literal(self._stamp.destination_id),
            "context_destination_type": literal(self._stamp.destination_type),
            "context_source_type": literal(self._stamp.source_type),
            "event": literal(share.table) if share.events else Sql(_EVENT_OF_TRACK),
        }
        return [
            compose("{value} AS {name}", value=stamped.get(name, ident(name)), name=ident(name))
            for name in standard_columns(share.family)
        ]


def _misfits(
    name: str, types: Mapping[str, ColumnType], places: Mapping[str, Sequence[Place]]
) -> Sql:
    return compose(
        "count(*) FILTER ({text} IS NOT NULL AND {value} IS NULL)",
        text=present(places[name]),
        value=value(types[name], places[name]),
    )


def _places(share: Share, names: Sequence[str]) -> tuple[Reading, dict[str, list[Place]]]:
    reading = Reading()
    places = {name: [reading.place(s) for s in share.plan.columns[name]] for name in names}
    return reading, places


def _rows(share: Share, reading: Reading, columns: Sequence[Sql]) -> Sql:
    return compose(
        _ROWS,
        columns=join(", ", columns),
        texts=join("", (compose(", {taken}", taken=taken) for taken in reading.columns())),
        ours=share.ours,
    )
