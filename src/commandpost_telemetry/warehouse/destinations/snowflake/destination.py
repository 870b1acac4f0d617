"""Snowflake as the warehouse: Parquet to a stage, copied beside, inserted in one transaction.

Every DDL statement commits by itself there, so all of it comes before the transaction.
"""

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from threading import RLock

import duckdb
from duckdb import DuckDBPyConnection

from commandpost_telemetry.rudder.naming import Naming
from commandpost_telemetry.warehouse.destinations import bookkeeping, macros
from commandpost_telemetry.warehouse.destinations.destination import Rows, Schema, StagedTable
from commandpost_telemetry.warehouse.destinations.errors import (
    StatementRefused,
    WarehouseUnavailable,
)
from commandpost_telemetry.warehouse.destinations.snowflake.comments import explain
from commandpost_telemetry.warehouse.destinations.snowflake.names import (
    OWN_TABLES,
    planned,
    standard_of,
)
from commandpost_telemetry.warehouse.destinations.snowflake.session import (
    STAGE,
    begin_at_0,
    connected,
    evolve,
    failures_told,
    named,
    overtaken,
    run,
    schema_name,
    stage,
    stored_position,
)
from commandpost_telemetry.warehouse.destinations.snowflake.transaction import SnowflakeTransaction
from commandpost_telemetry.warehouse.destinations.snowflake.uploads import connected_to_upload
from commandpost_telemetry.warehouse.schema.sql import Sql, compose, ident, literal
from commandpost_telemetry.warehouse.schema.tables import declared_tables, received_since, view_name
from commandpost_telemetry.warehouse.schema.types import ColumnType
from commandpost_telemetry.warehouse.schema.view import view_query

_COLUMN_TYPES = {
    "NUMBER": ColumnType.INT,
    "FLOAT": ColumnType.FLOAT,
    "BOOLEAN": ColumnType.BOOLEAN,
    "TIMESTAMP_TZ": ColumnType.DATETIME,
    "TIMESTAMP_NTZ": ColumnType.DATETIME,
    "VARIANT": ColumnType.JSON,
}
_COLUMNS = """
SELECT C.TABLE_NAME, C.COLUMN_NAME, C.DATA_TYPE FROM INFORMATION_SCHEMA.COLUMNS AS C
JOIN INFORMATION_SCHEMA.TABLES AS T
    ON T.TABLE_SCHEMA = C.TABLE_SCHEMA AND T.TABLE_NAME = C.TABLE_NAME
WHERE C.TABLE_SCHEMA = {schema} AND T.TABLE_TYPE = 'BASE TABLE'
"""


class SnowflakeDestination:
    """One database; the loader has one session, every question its own."""

    naming = Naming.SNOWFLAKE

    def __init__(self, url: str, folder: Path, namespace: str = "") -> None:
        self.namespace = namespace
        self._inner: list[SnowflakeDestination] = []
        self._url = url
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._rows = duckdb.connect(
            config={"memory_limit": "512MB", "threads": 2, "preserve_insertion_order": False}
        )
        self._lock = RLock()
        self._name = namespace or schema_name(url)
        self._loading = connected_to_upload(url)
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        run(self._loading, compose("CREATE SCHEMA IF NOT EXISTS {s}", s=ident(self._name)))
        for statement in bookkeeping.tables.split(";"):
            if statement.strip():
                run(self._loading, Sql(statement))
        run(self._loading, compose("CREATE STAGE IF NOT EXISTS {s}", s=STAGE))
        schema = self.schema()
        for table, columns in declared_tables(self.naming).items():
            known = schema.get(table, {})
            missing = {name: kind for name, kind in columns.items() if name not in known}
            evolve(self._loading, self._name, {table: missing}, schema)
        run(
            self._loading,
            compose(
                "CREATE OR REPLACE VIEW {view} AS {query}",
                view=named(self._name, view_name),
                query=view_query(self.naming, self._name),
            ),
        )
        explain(self._loading, self._name)

    def within(self, namespace: str) -> "SnowflakeDestination":
        inner = SnowflakeDestination(self._url, self._folder, namespace)
        self._inner.append(inner)
        return inner

    def engine(self) -> DuckDBPyConnection:
        engine = self._rows.cursor()
        macros.install(engine)
        return engine

    def position(self, reader: str) -> int:
        with self._lock:
            try:
                return stored_position(self._loading, reader)
            except StatementRefused:
                raise
            except WarehouseUnavailable:  # a session ends after hours of silence
                self._loading.close(retry=False)
                self._loading = connected_to_upload(self._url)
                return stored_position(self._loading, reader)

    def schema(self) -> Schema:
        tables: dict[str, dict[str, ColumnType]] = {}
        with self._lock:
            found = run(self._loading, compose(_COLUMNS, schema=literal(self._name)))
        for table, column, kind in found:
            name = planned(str(table), OWN_TABLES)
            column_type = _COLUMN_TYPES.get(str(kind), ColumnType.STRING)
            tables.setdefault(name, {})[planned(str(column), standard_of(name))] = column_type
        return tables

    def known(
        self, engine: DuckDBPyConnection, table: str, ids: Sql, since: datetime | None
    ) -> set[str]:
        if table not in (schema := self.schema()):
            return set()
        with self._lock:
            wanted = stage(
                self._loading,
                engine,
                self._folder,
                StagedTable("wanted", {"id": ColumnType.STRING}, 0, ids),
            )
            query = compose(
                'SELECT W."ID" FROM {wanted} AS W JOIN {table} AS T ON T."ID" = W."ID"'
                " WHERE {recent}",
                recent=received_since(since, schema[table]),
                wanted=wanted,
                table=named(self._name, table),
            )
            return {str(each) for (each,) in run(self._loading, query)}

    def begin(
        self, engine: DuckDBPyConnection, reader: str, position: int
    ) -> "SnowflakeTransaction":
        if self.position(reader) != position:
            raise overtaken(reader, position)
        if position == 0:
            begin_at_0(self._loading, reader)
        return SnowflakeTransaction(self._loading, engine, self._folder, self._name, self.schema())

    def qualified(self, table: str) -> Sql:
        return named(self._name, table)

    def change(self, statements: Sequence[Sql]) -> None:
        with closing(connected(self._url)) as connection:
            for statement in (Sql("BEGIN"), *statements, Sql("COMMIT")):
                run(connection, statement)  # a session that ends before undoes it all

    def query(self, sql: str, parameters: Sequence[object] = ()) -> Rows:
        with failures_told(), closing(connected(self._url)) as connection:
            cursor = connection.cursor()
            cursor.execute(compose("USE SCHEMA {s}", s=ident(self._name)))
            cursor.execute(sql, tuple(parameters) or None)
            columns = tuple(each.name.lower() for each in cursor.description or ())
            return Rows(columns, [tuple(row) for row in cursor.fetchall()])

    def lighten(self) -> None:
        """Do nothing: the tables are the server's."""

    def compact(self) -> None:
        """Do nothing: the server sees to it."""

    def close(self) -> None:
        """Let go of whatever is open."""
        for inner in self._inner:
            inner.close()
        self._loading.close()
        self._rows.close()
