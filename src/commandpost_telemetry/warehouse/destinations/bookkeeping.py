"""The loader's own tables: what was loaded when, what is new, what was dropped or rejected."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import duckdb

from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.warehouse.destinations.destination import Destination, Load, Released
from commandpost_telemetry.warehouse.destinations.errors import WarehouseError
from commandpost_telemetry.warehouse.schema.sql import Sql, compose, join, literal, moment

tables = """
CREATE SCHEMA IF NOT EXISTS loader;
CREATE TABLE IF NOT EXISTS loader.positions (reader VARCHAR, position BIGINT);
CREATE TABLE IF NOT EXISTS loader.loads (load_id VARCHAR, reader VARCHAR, started_at TIMESTAMP,
    finished_at TIMESTAMP, from_position BIGINT, to_position BIGINT, messages BIGINT,
    loaded BIGINT, repeated BIGINT, discarded BIGINT, rejected BIGINT);
CREATE TABLE IF NOT EXISTS loader.load_tables (load_id VARCHAR, table_name VARCHAR, added BIGINT);
CREATE TABLE IF NOT EXISTS loader.new_columns (load_id VARCHAR, table_name VARCHAR,
    column_name VARCHAR, column_type VARCHAR);
CREATE TABLE IF NOT EXISTS loader.dropped (load_id VARCHAR, table_name VARCHAR, key VARCHAR,
    messages BIGINT);
CREATE TABLE IF NOT EXISTS loader.failures (failed_at TIMESTAMP, reader VARCHAR,
    from_position BIGINT, error VARCHAR);
CREATE TABLE IF NOT EXISTS loader.rejects (load_id VARCHAR, source_id VARCHAR,
    message_id VARCHAR, reason VARCHAR, payload VARCHAR, rejected_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS loader.load_states (load_id VARCHAR, namespace VARCHAR,
    to_position BIGINT, step BIGINT, table_name VARCHAR, state VARCHAR, reached_at TIMESTAMP,
    error VARCHAR);
CREATE TABLE IF NOT EXISTS loader.removals (removed_at TIMESTAMP, table_name VARCHAR,
    received_before TIMESTAMP, removed BIGINT);
CREATE TABLE IF NOT EXISTS loader.held (load_id VARCHAR, table_name VARCHAR, n BIGINT,
    source_id VARCHAR, message_id VARCHAR, line VARCHAR, held_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS loader.archived (archived_at TIMESTAMP, messages BIGINT,
    from_position BIGINT, to_position BIGINT, waiting BIGINT);
CREATE TABLE IF NOT EXISTS loader.table_states (table_name VARCHAR, state VARCHAR,
    attempts BIGINT, first_failed_at TIMESTAMP, next_at TIMESTAMP, error VARCHAR);
"""

HELD, REJECTS = "loader.held", "loader.rejects"  # how retention names them
MOST_NOTES = 1000
MOST_REJECTS = 100_000
_STATES_KEPT = timedelta(days=7)
_FORGET_STATES = "DELETE FROM loader.load_states WHERE reached_at < {before}"
_FORGET_REJECTS = "DELETE FROM loader.rejects WHERE rejected_at < {before}"
_FORGET = """
DELETE FROM loader.{table} WHERE {at} < (SELECT MIN({at}) FROM (
    SELECT {at} FROM loader.{table} ORDER BY {at} DESC LIMIT {most}) AS newest)
"""


def note_failure(
    destination: Destination, reader: str, error: str, position: int | None = None
) -> None:
    """Keep a failure where `syncs` shows it, if the destination can be reached at all."""
    with suppress(WarehouseError, duckdb.Error):
        at = destination.position(reader) if position is None else position
        _note(destination, "failures", "failed_at", [reader, at, error.replace("\0", "")])


def note_archived(
    destination: Destination, messages: int, start: int, end: int, waiting: int
) -> None:
    """Keep what the archive got, if the destination can be reached at all."""
    with suppress(WarehouseError, duckdb.Error):
        _note(destination, "archived", "archived_at", [messages, start, end, waiting])


def forget_old(destination: Destination, rejects_kept: timedelta) -> None:
    """Forget states of loads and rejects by their age, and more rejects than anybody looks at."""
    at = now()
    destination.query(compose(_FORGET_STATES, before=moment(at - _STATES_KEPT)))
    destination.query(compose(_FORGET_REJECTS, before=moment(at - rejects_kept)))
    _forget(destination, "rejects", "rejected_at", MOST_REJECTS)


def _note(destination: Destination, table: str, at: str, values: Sequence[str | int]) -> None:
    """Write one row that is of now, and forget the oldest ones."""
    row = join(", ", [moment(now()), *map(literal, values)])
    insert = compose("INSERT INTO loader.{table} SELECT {row}", table=Sql(table), row=row)
    destination.query(insert)
    _forget(destination, table, at, MOST_NOTES)


def _forget(destination: Destination, table: str, at: str, most: int) -> None:
    """Keep the newest rows of a table."""
    parts = {"table": Sql(table), "at": Sql(at), "most": literal(most)}
    destination.query(compose(_FORGET, **parts))


def release(released: Released) -> Sql:
    """Return the statement that forgets messages which their table has now."""
    return compose(
        "DELETE FROM loader.held WHERE table_name = {table} AND load_id = {load_id}"
        " AND n BETWEEN {first} AND {last}",
        table=literal(released.table),
        load_id=literal(released.load_id),
        first=literal(released.first),
        last=literal(released.last),
    )


def accounts(load: Load) -> Mapping[str, list[list[Any]]]:
    """Return the rows that tell of the load, by table of the schema `loader`."""
    key, at = load.load_id, load.finished_at.replace(tzinfo=None)
    return {
        "loads": [_counts(load)] if load.messages or load.released else [],
        "load_states": _last_states(load) if load.steps else [],
        "load_tables": [[key, table, added] for table, added in load.tables.items()],
        "new_columns": [[key, *column[:2], str(column[2])] for column in load.new_columns],
        "dropped": [[key, *each] for each in load.dropped],
        "rejects": [
            [key, each.source_id, each.message_id, each.reason, each.payload, at]
            for each in load.rejected
        ],
        "held": [
            [each.load_id, each.table, each.n, each.source_id, each.message_id, each.line, at]
            for each in load.held
        ],
    }


def _counts(load: Load) -> list[Any]:
    times = [each.replace(tzinfo=None) for each in (load.started_at, load.finished_at)]
    positions = [load.from_position, load.to_position]
    became = [load.loaded, load.repeated, load.discarded, len(load.rejected)]
    return [load.load_id, load.reader, *times, *positions, load.messages, *became]


def _last_states(load: Load) -> list[list[Any]]:
    """Return where the load ends, as a whole and for the tables that do not take their rows."""
    at = load.finished_at.replace(tzinfo=None)
    ends = [("", "exported_data")]
    ends += [(table, "exporting_data_failed") for table in sorted({h.table for h in load.held})]
    return [
        [load.load_id, load.namespace, load.to_position, load.steps, table, state, at, ""]
        for table, state in ends
    ]
