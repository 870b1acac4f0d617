"""What the Snowflake warehouse says to the service: sessions, failures, tables, staged rows."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import snowflake.connector
from duckdb import DuckDBPyConnection
from snowflake.connector import SnowflakeConnection
from snowflake.connector.connection import DEFAULT_CONFIGURATION
from snowflake.connector.errors import Error, ProgrammingError

from commandpost_telemetry.warehouse.destinations.destination import Schema, StagedTable
from commandpost_telemetry.warehouse.destinations.errors import (
    AnotherLoader,
    StatementRefused,
    WarehouseUnavailable,
)
from commandpost_telemetry.warehouse.schema.sql import Sql, compose, ident, join, literal
from commandpost_telemetry.warehouse.schema.types import ColumnType

DEFAULT_SCHEMA = "MAIN"
STAGE = ident("LOADER", "FILES")
_TYPES = {
    ColumnType.INT: Sql("NUMBER(38, 0)"),
    ColumnType.FLOAT: Sql("DOUBLE"),
    ColumnType.BOOLEAN: Sql("BOOLEAN"),
    ColumnType.STRING: Sql("VARCHAR"),
    ColumnType.DATETIME: Sql("TIMESTAMP_TZ"),
    ColumnType.JSON: Sql("VARIANT"),
}
_STAGED_TYPES = {**_TYPES, ColumnType.JSON: Sql("VARCHAR")}
# the connector must not report home, and a session that was cut must let go of its locks
_SESSION = {
    "TIMEZONE": "UTC",
    "ABORT_DETACHED_QUERY": True,
    "STATEMENT_TIMEOUT_IN_SECONDS": 1800,
    "CLIENT_TELEMETRY_ENABLED": False,
    "CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED": False,
}
# an internal error, no warehouse to work with, and one whose quota is used up
_OF_THE_SERVICE = {603, 606, 90073}
_OF_SESSIONS = 390  # thousands: who signs in, and sessions that have ended
_WRITE = "COPY (SELECT {columns} FROM ({query})) TO {path} (FORMAT parquet)"
_CREATE = "CREATE OR REPLACE TRANSIENT TABLE {beside} ({definitions})"
_PUT = "PUT {file} @{stage}/{name} OVERWRITE = TRUE AUTO_COMPRESS = FALSE"
_COPY = """
COPY INTO {beside} FROM @{stage}/{name} FILE_FORMAT = (TYPE = PARQUET)
MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE FORCE = TRUE PURGE = TRUE ON_ERROR = ABORT_STATEMENT
"""
_BEGIN_AT_0 = """
INSERT INTO LOADER.POSITIONS SELECT {r}, 0
WHERE NOT EXISTS (SELECT 1 FROM LOADER.POSITIONS WHERE READER = {r})
"""


def connection_arguments(url: str) -> dict[str, object]:
    """Return what the connector takes: `snowflake://user:password@account/database?role=…`."""
    parts = urlsplit(url)
    options: dict[str, object] = {
        name: int(value) if _is_number(name, value) else value
        for name, value in parse_qsl(parts.query)
    }
    if parts.password:
        options["password"] = unquote(parts.password)
    return {
        "user": unquote(parts.username or ""),
        "account": parts.hostname or "",
        "database": parts.path.strip("/"),
        "network_timeout": 60,
        "login_timeout": 30,
        "platform_detection_timeout_seconds": 0.0,  # else each sign-in asks six clouds
        "session_parameters": _SESSION,
        **options,
    }


def _is_number(name: str, value: str) -> bool:
    """Whether the connector wants a number; a password of digits is none."""
    _, kinds = DEFAULT_CONFIGURATION.get(name, (None, str))
    return value.isdigit() and int in (kinds if isinstance(kinds, tuple) else (kinds,))


def schema_name(url: str) -> str:
    """Return the schema of the tables: that of the address, else MAIN."""
    return str(connection_arguments(url).get("schema", DEFAULT_SCHEMA)).upper()


def connected(url: str) -> SnowflakeConnection:
    arguments = connection_arguments(url)
    arguments.pop("schema", None)  # it may have to be made first
    with failures_told():
        try:
            return snowflake.connector.connect(**arguments)
        except (OSError, ValueError, TypeError) as error:  # a key that cannot be read or opened
            raise StatementRefused(
                f"The address of Snowflake is of no use: {error}. Nothing was changed; look at the "
                f"key file and its password."
            ) from error


@contextmanager
def failures_told() -> Iterator[None]:
    try:
        yield
    except Error as error:
        raise (StatementRefused if _is_refusal(error) else WarehouseUnavailable)(
            f"Snowflake does not do what the warehouse needs: {error.msg}. Nothing of this load "
            f"was kept; the log keeps the messages and the next sync tries again."
        ) from error


def _is_refusal(error: Error) -> bool:
    """Whether it is the statement that is refused: its like is said of sessions and quotas too."""
    number = error.errno or 0
    return (
        isinstance(error, ProgrammingError)
        and number not in _OF_THE_SERVICE
        and number // 1000 != _OF_SESSIONS
    )


def run(connection: SnowflakeConnection, statement: Sql) -> list[tuple[object, ...]]:
    with failures_told(), closing(connection.cursor()) as cursor:
        cursor.execute(statement)
        return [tuple(row) for row in cursor.fetchall()]


def stage(
    connection: SnowflakeConnection,
    engine: DuckDBPyConnection,
    folder: Path,
    staged: StagedTable,
    turn: str = "",
) -> Sql:
    """Bring the rows into a table of their own beside the real one; return its name."""
    name = f"STAGED{turn}_{staged.name.upper()}"
    path = folder / f"{name}.parquet"
    columns = (compose("{n} AS {u}", n=ident(column), u=named(column)) for column in staged.columns)
    parts = {
        "beside": ident("LOADER", name),
        "stage": STAGE,
        "name": Sql(name),
        "path": literal(str(path)),
        "file": literal(f"file://{path}"),
        "columns": join(", ", columns),
        "definitions": _definitions(staged.columns, _STAGED_TYPES),
        "query": staged.query,
    }
    engine.execute(compose(_WRITE, **parts))
    try:
        for statement in (_CREATE, _PUT, _COPY):
            run(connection, compose(statement, **parts))
    finally:
        path.unlink(missing_ok=True)
    return parts["beside"]


def evolve(connection: SnowflakeConnection, schema: str, wanted: Schema, existing: Schema) -> None:
    for table, columns in wanted.items():
        name = named(schema, table)
        if table not in existing:
            made = _definitions(columns)
            run(connection, compose("CREATE TABLE IF NOT EXISTS {t} ({c})", t=name, c=made))
            continue
        for column, kind in columns.items():
            add = compose(
                "ALTER TABLE {t} ADD COLUMN IF NOT EXISTS {n} {kind}",
                t=name,
                n=named(column),
                kind=_TYPES[kind],
            )
            run(connection, add)


def _definitions(
    columns: Mapping[str, ColumnType], types: Mapping[ColumnType, Sql] = _TYPES
) -> Sql:
    return join(
        ", ", (compose("{n} {t}", n=named(n), t=types[kind]) for n, kind in columns.items())
    )


def read(name: str, kind: ColumnType) -> Sql:
    """Return the column of staged rows as its table takes it: Parquet has JSON as text."""
    return compose("PARSE_JSON({n})" if kind is ColumnType.JSON else "{n}", n=named(name))


def named(*names: str) -> Sql:
    return ident(*(name.upper() for name in names))


def stored_position(connection: SnowflakeConnection, reader: str) -> int:
    query = "SELECT MAX(POSITION) FROM LOADER.POSITIONS WHERE READER = {r}"
    [(found,)] = run(connection, compose(query, r=literal(reader)))
    return int(str(found or 0))


def begin_at_0(connection: SnowflakeConnection, reader: str) -> None:
    """Give the reader a row that two who load for the first time at once both have to change.

    If both make one, as no key is held there, they move as one.
    """
    run(connection, compose(_BEGIN_AT_0, r=literal(reader)))


def overtaken(reader: str, position: int) -> AnotherLoader:
    return AnotherLoader(
        f"Another loader has moved '{reader}' on from {position}; nothing was loaded here."
    )


def as_literal(value: object) -> str | float | None:
    return value if isinstance(value, str | int | float) or value is None else str(value)
