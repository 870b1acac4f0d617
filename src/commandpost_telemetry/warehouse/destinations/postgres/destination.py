"""PostgreSQL as the warehouse: rows are made in a DuckDB of our own and copied over."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from threading import RLock

import duckdb
from duckdb import DuckDBPyConnection

from commandpost_telemetry.rudder.naming import Naming
from commandpost_telemetry.warehouse.destinations import bookkeeping, macros
from commandpost_telemetry.warehouse.destinations.destination import Rows, Schema
from commandpost_telemetry.warehouse.destinations.errors import AnotherLoader
from commandpost_telemetry.warehouse.destinations.postgres.session import (
    SCHEMA,
    connected,
    evolve,
    failures_told,
    sent,
    stored_position,
    texts_in,
)
from commandpost_telemetry.warehouse.destinations.postgres.transaction import PostgresTransaction
from commandpost_telemetry.warehouse.schema.comments import comments
from commandpost_telemetry.warehouse.schema.sql import Sql, compose, ident, join
from commandpost_telemetry.warehouse.schema.tables import declared_tables, received_since, view_name
from commandpost_telemetry.warehouse.schema.types import ColumnType
from commandpost_telemetry.warehouse.schema.view import view_query

# tables altered by hand are read as the nearest of ours
_COLUMN_TYPES = {
    "bigint": ColumnType.INT,
    "integer": ColumnType.INT,
    "double precision": ColumnType.FLOAT,
    "numeric": ColumnType.FLOAT,
    "boolean": ColumnType.BOOLEAN,
    "timestamp with time zone": ColumnType.DATETIME,
    "timestamp without time zone": ColumnType.DATETIME,
    "jsonb": ColumnType.JSON,
    "json": ColumnType.JSON,
}
_COLUMNS = """
SELECT table_name, column_name, data_type FROM information_schema.columns
WHERE table_schema = %s AND table_name IN (
    SELECT table_name FROM information_schema.tables
    WHERE table_schema = %s AND table_type = 'BASE TABLE')
"""
_KNOWN = """
SELECT wanted.id FROM unnest(%s::TEXT[]) AS wanted (id)
WHERE EXISTS (SELECT 1 FROM {table} AS t WHERE CAST(t.id AS TEXT) = wanted.id AND {recent})
"""


# of two that load for the first time both would see no position, and both insert one
_ALONE = "SELECT pg_advisory_xact_lock(hashtext('commandpost position'), hashtext(%s))"


class PostgresDestination:
    """One database. The loader has one connection; every question has its own."""

    naming = Naming.POSTGRES

    def __init__(self, url: str, folder: Path, namespace: str = "") -> None:
        self.namespace = namespace
        self._name = namespace or SCHEMA
        self._inner: list[PostgresDestination] = []
        self._url = url
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._rows = duckdb.connect(
            config={"memory_limit": "512MB", "threads": 2, "preserve_insertion_order": False}
        )
        self._lock = RLock()
        self._loading = connected(url)
        try:
            with failures_told(), self._loading.transaction():
                self._prepare()
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        run = self._loading.execute
        # two processes that start at once must not both create what is missing
        run("SELECT pg_advisory_xact_lock(hashtext('commandpost warehouse'))")
        run(sent(compose("CREATE SCHEMA IF NOT EXISTS {s}", s=ident(self._name))))
        for statement in bookkeeping.tables.split(";"):
            if statement.strip():
                run(sent(statement))
        schema = self.schema()
        view = ident(self._name, view_name)
        run(sent(compose("DROP VIEW IF EXISTS {view}", view=view)))
        for table, columns in declared_tables(self.naming).items():
            known = schema.get(table, {})
            missing = {name: kind for name, kind in columns.items() if name not in known}
            evolve(self._loading, self._name, {table: missing})
        query = view_query(self.naming, self._name)
        run(sent(compose("CREATE VIEW {view} AS {query}", view=view, query=query)))
        run(sent(join("; ", comments(self.naming, self._name))))

    def within(self, namespace: str) -> "PostgresDestination":
        inner = PostgresDestination(self._url, self._folder, namespace)
        self._inner.append(inner)
        return inner

    def engine(self) -> DuckDBPyConnection:
        engine = self._rows.cursor()
        macros.install(engine)
        return engine

    def position(self, reader: str) -> int:
        with failures_told(), self._lock:
            if self._loading.closed:
                self._loading = connected(self._url)
            return stored_position(self._loading, reader)

    def schema(self) -> Schema:
        tables: dict[str, dict[str, ColumnType]] = {}
        with failures_told(), self._lock:
            found = self._loading.execute(_COLUMNS, (self._name, self._name)).fetchall()
        for table, column, kind in found:
            column_type = _COLUMN_TYPES.get(kind, ColumnType.STRING)
            tables.setdefault(table, {})[column] = column_type
        return tables

    def known(
        self, engine: DuckDBPyConnection, table: str, ids: Sql, since: datetime | None
    ) -> set[str]:
        if table not in (schema := self.schema()):
            return set()
        wanted = texts_in(engine, ids)
        with failures_told(), self._lock:
            recent = received_since(since, schema[table])
            query = compose(_KNOWN, table=ident(self._name, table), recent=recent)
            return {each for (each,) in self._loading.execute(sent(query), (wanted,)).fetchall()}

    def begin(
        self, engine: DuckDBPyConnection, reader: str, position: int
    ) -> "PostgresTransaction":
        with failures_told():
            run = self._loading.execute
            run("BEGIN")
            run(_ALONE, (reader,))
            run(
                "INSERT INTO loader.positions SELECT %s, 0 WHERE NOT EXISTS"
                " (SELECT 1 FROM loader.positions WHERE reader = %s)",
                (reader, reader),
            )
            moved = run(
                "UPDATE loader.positions SET position = position"
                " WHERE reader = %s AND position = %s",
                (reader, position),
            ).rowcount
            if moved != 1:
                run("ROLLBACK")
                raise AnotherLoader(
                    f"Another loader has moved '{reader}' on from {position}; nothing was loaded."
                )
        return PostgresTransaction(self._loading, engine, self._folder, self._name)

    def qualified(self, table: str) -> Sql:
        return ident(self._name, table)

    def change(self, statements: Sequence[Sql]) -> None:
        with failures_told(), connected(self._url) as connection, connection.transaction():
            for statement in statements:
                connection.execute(sent(statement))

    def query(self, sql: str, parameters: Sequence[object] = ()) -> Rows:
        with failures_told(), connected(self._url) as connection:
            cursor = connection.execute(sent(sql), parameters or None)
            columns = tuple(column.name for column in cursor.description or ())
            return Rows(columns, cursor.fetchall() if columns else [])

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
