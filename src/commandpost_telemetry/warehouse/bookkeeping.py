"""The loader's own tables: what was loaded when, what is new, what was dropped or rejected."""

from collections.abc import Mapping
from typing import Any

from commandpost_telemetry.warehouse.destination import Load

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
CREATE TABLE IF NOT EXISTS loader.rejects (load_id VARCHAR, source_id VARCHAR,
    message_id VARCHAR, reason VARCHAR, payload VARCHAR, rejected_at TIMESTAMP);
"""


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
        ],
        "load_tables": [[key, table, added] for table, added in load.tables.items()],
        "new_columns": [[key, *column[:2], str(column[2])] for column in load.new_columns],
        "dropped": [[key, *each] for each in load.dropped],
        "rejects": [
            [key, each.source_id, each.message_id, each.reason, each.payload, at]
            for each in load.rejected
        ],
    }
