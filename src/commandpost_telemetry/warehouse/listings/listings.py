"""What the loader has done, as lists that a page, a file or a command shows."""

from collections.abc import Callable

from commandpost_telemetry.kit.words import N_
from commandpost_telemetry.warehouse.listings.listing import AskSql, Listing, Row
from commandpost_telemetry.warehouse.listings.loads import (
    LATEST,
    discards,
    loads,
    new_columns,
    steps,
)
from commandpost_telemetry.warehouse.schema.sql import compose, literal

_HELD = """
SELECT h.table_name, MAX(h.messages), COALESCE(MAX(s.state), 'exporting_data'),
    COALESCE(MAX(s.attempts), 0), MAX(s.first_failed_at), MAX(s.next_at), MAX(s.error)
FROM (SELECT table_name, COUNT(*) AS messages FROM loader.held GROUP BY table_name) AS h
LEFT JOIN loader.table_states AS s ON s.table_name = h.table_name
GROUP BY h.table_name ORDER BY h.table_name
"""
_FAILURES = """
SELECT failed_at, reader, from_position, error FROM loader.failures
ORDER BY failed_at DESC LIMIT {limit}
"""
_REJECTS = """
SELECT reason, COUNT(*), MIN(message_id), MAX(rejected_at) FROM loader.rejects
GROUP BY reason ORDER BY COUNT(*) DESC, reason LIMIT 50
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


def _asked(sql: str) -> Callable[[AskSql], list[Row]]:
    def read(ask: AskSql) -> list[Row]:
        query = compose(sql, limit=literal(LATEST))
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
        loads,
    ),
    _listing(
        "steps",
        N_("How far the loads got"),
        "started_at, state, states_before, tables, error",
        N_("Nothing has been loaded yet."),
        steps,
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
        discards,
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
        new_columns,
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
