"""What the loader has done, as lists that a page, a file or a command shows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Protocol

from commandpost_telemetry.kit.words import N_
from commandpost_telemetry.warehouse.sql import Sql, compose, join, literal, moment
from commandpost_telemetry.warehouse.tables import event_family, standard_columns

_LATEST = 20
_MOST_TABLES = 100
_STANDARD = standard_columns(event_family).keys()


class Found(Protocol):
    """Rows, from whatever answered."""

    @property
    def rows(self) -> Sequence[Sequence[object]]: ...


AskSql = Callable[[str], Found]
Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """One list: what it is, its columns, how it is read, and what to say when it is empty."""

    name: str
    title: str
    columns: tuple[str, ...]
    numbers: frozenset[str]
    nothing: str
    read: Callable[[AskSql], list[Row]]


_LOADS = """
SELECT load_id, started_at, finished_at, messages, loaded, repeated, rejected, discarded
FROM loader.loads ORDER BY finished_at DESC, to_position DESC LIMIT {limit}
"""
_OF_LOADS = "SELECT {columns} FROM loader.{table} WHERE load_id IN ({ids}) ORDER BY 1, 2, 3"
_FIRST_RECEIVED = """
SELECT uuid_ts, MIN(received_at) FROM {place}tracks WHERE uuid_ts >= {since} GROUP BY uuid_ts
"""
_HELD = """
SELECT h.table_name, MAX(h.messages), COALESCE(MAX(s.state), 'exporting_data'),
    COALESCE(MAX(s.attempts), 0), MAX(s.first_failed_at), MAX(s.next_at), MAX(s.error)
FROM (SELECT table_name, COUNT(*) AS messages FROM loader.held GROUP BY table_name) AS h
LEFT JOIN loader.table_states AS s ON s.table_name = h.table_name
GROUP BY h.table_name ORDER BY h.table_name
"""
_STATES = """
SELECT load_id, table_name, state, reached_at, error FROM loader.load_states
ORDER BY reached_at DESC, step DESC LIMIT 400
"""
_FAILURES = """
SELECT failed_at, reader, from_position, error FROM loader.failures
ORDER BY failed_at DESC LIMIT {limit}
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
_REJECTS = """
SELECT reason, COUNT(*), MIN(message_id), MAX(rejected_at) FROM loader.rejects
GROUP BY reason ORDER BY COUNT(*) DESC, reason LIMIT 50
"""
_NEW_COLUMNS = """
SELECT l.finished_at, n.table_name, n.column_name, n.column_type FROM loader.new_columns AS n
JOIN loader.loads AS l ON l.load_id = n.load_id
ORDER BY l.finished_at DESC, n.table_name, n.column_name LIMIT 2000
"""
_REMOVALS = """
SELECT removed_at, table_name, received_before, removed FROM loader.removals
ORDER BY removed_at DESC, table_name LIMIT 100
"""
_ARCHIVED = """
SELECT archived_at, messages, from_position, to_position, waiting FROM loader.archived
ORDER BY archived_at DESC LIMIT {limit}
"""
_DROPPED = """
SELECT table_name, key, SUM(messages) FROM loader.dropped GROUP BY table_name, key
ORDER BY SUM(messages) DESC, table_name, key LIMIT 50
"""


def _loads(ask: AskSql) -> list[Row]:
    loads = ask(compose(_LOADS, limit=literal(_LATEST))).rows
    if not loads:
        return []
    ids = join(", ", (literal(str(load[0])) for load in loads))
    tables = _gathered(ask, "load_tables", "load_id, table_name, added", ids, "{0} {1}")
    columns = _gathered(ask, "new_columns", "load_id, table_name, column_name", ids, "{1}")
    first = _first_received(ask, min(_plain(load[1]) for load in loads))
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
        for load_id, started, finished, *counts in loads
    ]


def _steps(ask: AskSql) -> list[Row]:
    by_load: dict[object, list[Sequence[object]]] = {}
    for load_id, *row in ask(compose(_STATES)).rows:
        by_load.setdefault(load_id, []).insert(0, row)
    whole = [rows for rows in by_load.values() if not rows[0][0]]
    return [_way(rows) for rows in whole[:_LATEST]]


def _way(rows: Sequence[Sequence[object]]) -> Row:
    """Return one load: where it is, with the time that each state took, and what is held."""
    own = [row for row in rows if not row[0]]
    held = [f"{table} {state}" for table, state, *_ in rows if table]
    times = [_plain(row[2]) for row in own]
    took = [(after - at).total_seconds() for at, after in pairwise(times)]
    way = [f"{row[1]} {seconds:.1f} s" for row, seconds in zip(own, took, strict=False)]
    last = own[-1]
    return times[0], last[1], ", ".join(way), ", ".join(held), last[3]


def _new_columns(ask: AskSql) -> list[Row]:
    """Return the columns of each table by load, without those that every table has."""
    found: dict[tuple[object, object], list[str]] = {}
    for at, table, column, kind in ask(compose(_NEW_COLUMNS)).rows:
        columns = found.setdefault((at, table), [])
        if str(column).lower() not in _STANDARD:
            columns.append(f"{column} {kind}")
    rows: list[Row] = [(*key, ", ".join(columns)) for key, columns in found.items()]
    return rows[:_MOST_TABLES]


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


def _discards(ask: AskSql) -> list[Row]:
    each = (compose(_DISCARDED, place=literal(place), schema=Sql(place)) for place in _places(ask))
    rows = ask(compose(_DISCARDS, discarded=join(" UNION ALL ", each))).rows
    return [tuple(row) for row in rows]


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


def _asked(sql: str) -> Callable[[AskSql], list[Row]]:
    def read(ask: AskSql) -> list[Row]:
        query = compose(sql, limit=literal(_LATEST))
        return [tuple(row) for row in ask(query).rows]

    return read


def _listing(
    name: str, title: str, columns: str, nothing: str, read: Callable[[AskSql], list[Row]]
) -> Listing:
    """Return a list whose columns are named with commas between; a # marks numbers."""
    named = columns.split(", ")
    numbers = frozenset(each[:-1] for each in named if each.endswith("#"))
    return Listing(name, title, tuple(each.rstrip("#") for each in named), numbers, nothing, read)


listings = (
    _listing(
        "held",
        N_("Held tables"),
        "table, messages#, state, tries#, since, next_try, error",
        N_("Every table takes its rows."),
        _asked(_HELD),
    ),
    _listing(
        "loads",
        N_("Last loads"),
        "finished_at, state, seconds#, longest_wait_seconds#, messages#, loaded#, repeated#,"
        " rejected#, discarded#, rows_by_table, new_columns#",
        N_("Nothing has been loaded yet."),
        _loads,
    ),
    _listing(
        "steps",
        N_("How far the loads got"),
        "started_at, state, states_before, tables, error",
        N_("Nothing has been loaded yet."),
        _steps,
    ),
    _listing(
        "failures",
        N_("Loads that did not happen"),
        "failed_at, reader, from_position#, error",
        N_("No load has failed."),
        _asked(_FAILURES),
    ),
    _listing(
        "discards",
        N_("Values that did not fit"),
        "table, column, reason, discarded#, sample, last_received_at",
        N_("No value was discarded."),
        _discards,
    ),
    _listing(
        "rejects",
        N_("Messages that became no row"),
        "reason, rejected#, sample, last",
        N_("No message was rejected."),
        _asked(_REJECTS),
    ),
    _listing(
        "new_columns",
        N_("New columns"),
        "since, table, columns",
        N_("No load has brought a column."),
        _new_columns,
    ),
    _listing(
        "dropped",
        N_("Properties without a column"),
        "table, property, messages#",
        N_("Every property has its column."),
        _asked(_DROPPED),
    ),
    _listing(
        "removals",
        N_("Rows removed by their age"),
        "removed_at, table, received_before, removed#",
        N_("No row was removed."),
        _asked(_REMOVALS),
    ),
    _listing(
        "archived",
        N_("Messages in the archive"),
        "archived_at, messages#, from_position#, to_position#, waiting#",
        N_("Nothing was archived."),
        _asked(_ARCHIVED),
    ),
)


def get_listing(name: str) -> Listing | None:
    """Return the list of this name, None when there is none."""
    return next((each for each in listings if each.name == name), None)
