"""Bare DuckDB and per-row Python doing what a sync does: the limit, and what we avoid."""

import json
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import duckdb

from commandpost_telemetry.catalogue.event import Definition
from commandpost_telemetry.catalogue.registry import all_events
from commandpost_telemetry.rudder.naming import Naming, column_name
from commandpost_telemetry.warehouse.schema.sql import Sql, compose, ident, join, literal
from commandpost_telemetry.warehouse.schema.tables import (
    declared_columns,
    event_family,
    event_table,
    standard_columns,
)

ROWS = 3_000  # for per-row Python, which nobody wants to wait for

_STAGE = """
CREATE OR REPLACE TEMP TABLE staged AS SELECT * FROM read_json({path},
    format = 'newline_delimited', columns = {{'messageId': 'VARCHAR', 'event': 'VARCHAR',
    'userId': 'VARCHAR', 'anonymousId': 'VARCHAR', 'channel': 'VARCHAR', 'request_ip': 'VARCHAR',
    'properties': 'JSON', 'context': 'JSON', 'originalTimestamp': 'TIMESTAMP',
    'sentAt': 'TIMESTAMP', 'receivedAt': 'TIMESTAMP'}})
QUALIFY row_number() OVER (PARTITION BY "messageId") = 1
"""
_KNOWN = 'DELETE FROM staged WHERE "messageId" IN (SELECT id FROM tracks)'
_STANDARD = Sql("""
"messageId" AS id, "anonymousId" AS anonymous_id, "userId" AS user_id, channel,
"originalTimestamp" AS original_timestamp, "sentAt" AS sent_at, "receivedAt" AS received_at,
"receivedAt" - ("sentAt" - "originalTimestamp") AS "timestamp", request_ip AS context_ip,
request_ip AS context_request_ip, 'x' AS context_source_id, 'x' AS context_source_type,
'x' AS context_destination_id, 'x' AS context_destination_type,
now() AT TIME ZONE 'UTC' AS uuid_ts, lower(event) AS event, event AS event_text,
json_extract_string(context, '$.library.name') AS context_library_name,
json_extract_string(context, '$.library.version') AS context_library_version
""")
_TYPES = {"int": "BIGINT", "boolean": "BOOLEAN", "datetime": "TIMESTAMP"}
LIBRARY = {"context_library_name": "string", "context_library_version": "string"}


def bare(folder: Path, events: int) -> float:
    """Do the same with SQL that was written knowing every event, and checks nothing."""
    with tempfile.TemporaryDirectory(dir=folder) as made:
        connection = duckdb.connect(
            str(Path(made) / "bare.duckdb"),
            config={"threads": 2, "memory_limit": "512MB", "preserve_insertion_order": False},
        )
        connection.execute(_created("tracks", standard_columns(event_family)))
        for table, definition in tables().items():
            columns = declared_columns(definition, Naming.DUCKDB)
            connection.execute(_created(table, columns))
        started = time.perf_counter()
        for path in sorted(folder.glob("*.ndjson")):
            connection.execute("BEGIN")
            connection.execute(compose(_STAGE, path=literal(str(path))))
            connection.execute(_KNOWN)
            fill = "INSERT INTO tracks BY NAME SELECT {standard} FROM staged"
            connection.execute(compose(fill, standard=_STANDARD))
            for table, definition in tables().items():
                connection.execute(_filled(table, definition))
            connection.execute("COMMIT")
        seconds = time.perf_counter() - started
        assert connection.execute("SELECT count(*) FROM tracks").fetchall() == [(events,)]
        connection.close()
    return seconds


def tables() -> dict[str, Definition]:
    """Return the events of the catalogue by table."""
    definitions = [event.definition for event in all_events()]
    return {event_table(each.name, Naming.DUCKDB): each for each in definitions}


def _created(table: str, columns: Mapping[str, str]) -> Sql:
    listed = (
        compose("{n} {t}", n=ident(name), t=Sql(_TYPES.get(kind, "VARCHAR")))
        for name, kind in {**columns, **LIBRARY}.items()
    )
    return compose("CREATE TABLE {t} ({c})", t=ident(table), c=join(", ", listed))


def _filled(table: str, definition: Definition) -> Sql:
    kinds = declared_columns(definition, Naming.DUCKDB)
    wires = [wire for field in definition.fields for wire in field.wire.names]
    columns = {
        wire: column_name(wire, Naming.DUCKDB)
        for wire in (*wires, "ServerVersion", "PluginVersion")
    }
    named = {wire: name for wire, name in columns.items() if name not in {"id", "user_id"}}
    transform = {wire: _TYPES.get(kinds[name], "VARCHAR") for wire, name in named.items()}
    values = (
        compose("made.{wire} AS {name}", wire=ident(wire), name=ident(name))
        for wire, name in named.items()
    )
    return compose(
        "INSERT INTO {table} BY NAME SELECT {standard}, {values} FROM (SELECT *,"
        " json_transform(properties, {transform}) AS made FROM staged WHERE event = {event})",
        table=ident(table),
        standard=_STANDARD,
        values=join(", ", values),
        transform=literal(json.dumps(transform)),
        event=literal(definition.name),
    )


def row_by_row(folder: Path) -> float:
    """Parse and insert one row after the other into `tracks` and one table of all events."""
    lines = next(iter(sorted(folder.glob("*.ndjson")))).read_bytes().splitlines()[:ROWS]
    with tempfile.TemporaryDirectory(dir=folder) as made:
        connection = duckdb.connect(str(Path(made) / "rows.duckdb"))
        connection.execute("CREATE TABLE tracks (id VARCHAR, event VARCHAR, user_id VARCHAR)")
        connection.execute("CREATE TABLE events (id VARCHAR, incident_id VARCHAR, actor VARCHAR)")
        started = time.perf_counter()
        connection.execute("BEGIN")
        for line in lines:
            message = json.loads(line)
            found = message["properties"]
            row = [message["messageId"], message["event"], message["userId"]]
            connection.execute("INSERT INTO tracks VALUES (?, ?, ?)", row)
            row = [message["messageId"], found.get("IncidentID"), found.get("UserActualID")]
            connection.execute("INSERT INTO events VALUES (?, ?, ?)", row)
        connection.execute("COMMIT")
        seconds = time.perf_counter() - started
        connection.close()
    return seconds
