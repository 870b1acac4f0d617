"""Lists that take more than one question: of loads, their states, new columns and discards."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from commandpost_telemetry.warehouse.listings.listing import AskSql, Row
from commandpost_telemetry.warehouse.schema.sql import Sql, compose, join, literal, moment
from commandpost_telemetry.warehouse.schema.tables import event_family, standard_columns

LATEST = 20
_MOST_TABLES = 100
_STANDARD = standard_columns(event_family).keys()
_LOADS = """
SELECT load_id, started_at, finished_at, messages, loaded, repeated, rejected, discarded
FROM loader.loads ORDER BY finished_at DESC, to_position DESC LIMIT {limit}
"""
_OF_LOADS = "SELECT {columns} FROM loader.{table} WHERE load_id IN ({ids}) ORDER BY 1, 2, 3"
_FIRST_RECEIVED = """
SELECT uuid_ts, MIN(received_at) FROM {place}tracks WHERE uuid_ts >= {since} GROUP BY uuid_ts
"""
_STATES = """
SELECT load_id, table_name, state, reached_at, error FROM loader.load_states
ORDER BY reached_at DESC, step DESC LIMIT 400
"""
_NEW_COLUMNS = """
SELECT l.finished_at, n.table_name, n.column_name, n.column_type FROM loader.new_columns AS n
JOIN loader.loads AS l ON l.load_id = n.load_id
ORDER BY l.finished_at DESC, n.table_name, n.column_name LIMIT 2000
"""
_READERS = """
SELECT DISTINCT p.reader FROM loader.positions AS p
JOIN information_schema.tables AS t ON p.reader = 'log:' || t.table_schema
WHERE LOWER(t.table_name) = 'rudder_discards' ORDER BY 1
"""
_DISCARDED = """
SELECT {place} || table_name AS table_name, column_name, reason, column_value, received_at
FROM {schema}rudder_discards
"""
_DISCARDS = """
SELECT table_name, column_name, reason, COUNT(*), MIN(column_value), MAX(received_at)
FROM ({discarded}) AS discarded GROUP BY table_name, column_name, reason
ORDER BY COUNT(*) DESC, table_name, column_name, reason LIMIT 50
"""


def loads(ask: AskSql) -> list[Row]:
    found = ask(compose(_LOADS, limit=literal(LATEST))).rows
    if not found:
        return []
    ids = join(", ", (literal(str(load[0])) for load in found))
    tables = _gathered(ask, "load_tables", "load_id, table_name, added", ids, "{0} {1}")
    columns = _gathered(ask, "new_columns", "load_id, table_name, column_name", ids, "{1}")
    first = _first_received(ask, min(_plain(load[1]) for load in found))
    return [
        (
            finished,
            "exported_data",
            (_plain(finished) - _plain(started)).total_seconds(),
            _seconds(first.get(_plain(started)), finished),
            *counts,
            ", ".join(tables.get(str(load_id), [])),
            len(columns.get(str(load_id), [])),
        )
        for load_id, started, finished, *counts in found
    ]


def steps(ask: AskSql) -> list[Row]:
    by_load: dict[object, list[Sequence[object]]] = {}
    for load_id, *row in ask(compose(_STATES)).rows:
        by_load.setdefault(load_id, []).insert(0, row)
    whole = [rows for rows in by_load.values() if not rows[0][0]]
    return [_way(rows) for rows in whole[:LATEST]]


def new_columns(ask: AskSql) -> list[Row]:
    """Return the columns of each table by load, without those that every table has."""
    found: dict[tuple[object, object], list[str]] = {}
    for at, table, column, kind in ask(compose(_NEW_COLUMNS)).rows:
        columns = found.setdefault((at, table), [])
        if str(column).lower() not in _STANDARD:
            columns.append(f"{column} {kind}")
    rows: list[Row] = [(*key, ", ".join(columns)) for key, columns in found.items()]
    return rows[:_MOST_TABLES]


def discards(ask: AskSql) -> list[Row]:
    each = (compose(_DISCARDED, place=literal(place), schema=Sql(place)) for place in _places(ask))
    rows = ask(compose(_DISCARDS, discarded=join(" UNION ALL ", each))).rows
    return [tuple(row) for row in rows]


def _way(rows: Sequence[Sequence[object]]) -> Row:
    """Return one load: where it is, with the time that each state took, and what is held."""
    own = [row for row in rows if not row[0]]
    held = [f"{table} {state}" for table, state, *_ in rows if table]
    times = [_plain(row[2]) for row in own]
    took = [(after - at).total_seconds() for at, after in pairwise(times)]
    way = [f"{row[1]} {seconds:.1f} s" for row, seconds in zip(own, took, strict=False)]
    last = own[-1]
    return times[0], last[1], ", ".join(way), ", ".join(held), last[3]


def _gathered(ask: AskSql, table: str, columns: str, ids: Sql, form: str) -> dict[str, list[str]]:
    query = compose(_OF_LOADS, columns=Sql(columns), table=Sql(table), ids=ids)
    found: dict[str, list[str]] = {}
    for load_id, *values in ask(query).rows:
        found.setdefault(str(load_id), []).append(form.format(*values))
    return found


def _first_received(ask: AskSql, since: datetime) -> dict[datetime, datetime]:
    queries = (
        compose(_FIRST_RECEIVED, place=Sql(place), since=moment(since)) for place in _places(ask)
    )
    rows = ask(join(" UNION ALL ", queries)).rows
    return {_plain(loaded): _plain(first) for loaded, first in rows}


def _places(ask: AskSql) -> list[str]:
    """Return what stands before the tables: nothing, and each schema of sources that is there."""
    namespaces = (str(reader).partition(":")[2] for (reader,) in ask(_READERS).rows)
    return ["", *(f"{namespace}." for namespace in namespaces if namespace)]


def _plain(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError("The loader writes times here.")
    return value.replace(tzinfo=None)


def _seconds(first: datetime | None, finished: object) -> float | None:
    return (_plain(finished) - first).total_seconds() if first else None
