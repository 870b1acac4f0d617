"""The loader's own tables: what was loaded when, what is new, what was dropped or rejected."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from commandpost_telemetry.warehouse.destination import Load, Released
from commandpost_telemetry.warehouse.sql import Sql, compose, literal

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
CREATE TABLE IF NOT EXISTS loader.table_states (table_name VARCHAR, state VARCHAR,
    attempts BIGINT, first_failed_at TIMESTAMP, next_at TIMESTAMP, error VARCHAR);
"""

MOST_FAILURES = 1000
_FORGET_FAILURES = """
DELETE FROM loader.failures WHERE failed_at < (SELECT MIN(failed_at) FROM (
    SELECT failed_at FROM loader.failures ORDER BY failed_at DESC LIMIT {most}) AS newest)
"""


def failure(at: datetime, reader: str, position: int, error: str) -> list[Sql]:
    """Return the statements that note a load that did not happen, and forget the oldest ones."""
    note = compose(
        "INSERT INTO loader.failures"
        " VALUES (CAST({at} AS TIMESTAMP), {reader}, {position}, {error})",
        at=literal(at.strftime("%Y-%m-%d %H:%M:%S.%f")),
        reader=literal(reader),
        position=literal(position),
        error=literal(error.replace("\0", "")),
    )
    return [note, compose(_FORGET_FAILURES, most=literal(MOST_FAILURES))]


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
        "loads": [
            [
                key,
                load.reader,
                load.started_at.replace(tzinfo=None),
                at,
                load.from_position,
                load.to_position,
                load.messages,
                load.loaded,
                load.repeated,
                load.discarded,
                len(load.rejected),
            ]
        ]
        if load.messages or load.released
        else [],
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


def _last_states(load: Load) -> list[list[Any]]:
    """Return where the load ends, as a whole and for the tables that do not take their rows."""
    at = load.finished_at.replace(tzinfo=None)
    ends = [("", "exported_data")]
    ends += [(table, "exporting_data_failed") for table in sorted({h.table for h in load.held})]
    return [
        [load.load_id, load.namespace, load.to_position, load.steps, table, state, at, ""]
        for table, state in ends
    ]
