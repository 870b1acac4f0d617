"""The default warehouse: one DuckDB file, owned by one process, read through cursors."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from copy import copy
from datetime import datetime
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from commandpost_telemetry.rudder.naming import Naming
from commandpost_telemetry.warehouse import bookkeeping, macros
from commandpost_telemetry.warehouse.comments import comments
from commandpost_telemetry.warehouse.destination import Load, Rows, Schema, StagedTable
from commandpost_telemetry.warehouse.duckdb_file import DuckDBFile
from commandpost_telemetry.warehouse.errors import AnotherLoader
from commandpost_telemetry.warehouse.sql import Sql, compose, ident, join, literal
from commandpost_telemetry.warehouse.tables import (
    declared_tables,
    identifies_table,
    later_first,
    received_since,
    users_table,
    view_name,
)
from commandpost_telemetry.warehouse.types import ColumnType
from commandpost_telemetry.warehouse.view import view_query

SCHEMA = "main"
_TYPES = {
    ColumnType.INT: Sql("BIGINT"),
    ColumnType.FLOAT: Sql("DOUBLE"),
    ColumnType.BOOLEAN: Sql("BOOLEAN"),
    ColumnType.STRING: Sql("VARCHAR"),
    ColumnType.DATETIME: Sql("TIMESTAMP"),
    ColumnType.JSON: Sql("JSON"),
}
_COLUMNS = """
SELECT table_name, column_name, data_type FROM duckdb_columns()
WHERE database_name = current_database() AND schema_name = ?
    AND table_oid IN (SELECT table_oid FROM duckdb_tables())
"""
_TABLES = """
SELECT table_name FROM duckdb_tables()
WHERE database_name = current_database() AND schema_name = ?
"""
_LATEST = "arg_max({n}, later) AS {n}"  # passes over NULL
_FORGET_USERS = "DELETE FROM {users} WHERE id IN ({ids})"
_RENEW_USERS = """
INSERT INTO {users} BY NAME SELECT user_id AS id, {columns}
FROM (SELECT *, ({order}) AS later FROM {identifies} WHERE user_id IN ({ids})) GROUP BY user_id
"""
# what so many columns hold in memory until it is written is worth a checkpoint
_MANY_COLUMNS = 5_000
# tables altered by hand are read as the nearest of ours
_COLUMN_TYPES = {
    "BIGINT": ColumnType.INT,
    "INTEGER": ColumnType.INT,
    "DOUBLE": ColumnType.FLOAT,
    "BOOLEAN": ColumnType.BOOLEAN,
    "TIMESTAMP": ColumnType.DATETIME,
    "TIMESTAMP WITH TIME ZONE": ColumnType.DATETIME,
    "JSON": ColumnType.JSON,
}


class DuckDBDestination:
    """One file. `close()` it before another process may open it."""

    naming = Naming.DUCKDB

    def __init__(self, path: Path | None, *, memory_limit: str = "512MB", threads: int = 2) -> None:
        self._file = DuckDBFile(path, memory_limit, threads)
        self.namespace = ""
        self._database.execute(bookkeeping.tables)
        _declare(self._database, self._name, self.schema())

    @property
    def _name(self) -> str:
        return self.namespace or SCHEMA

    def within(self, namespace: str) -> "DuckDBDestination":
        inner = copy(self)
        inner.namespace = namespace
        _declare(self._database, namespace, inner.schema())
        return inner

    def engine(self) -> DuckDBPyConnection:
        engine = self._file.cursor()
        macros.install(engine)
        return engine

    @property
    def _database(self) -> DuckDBPyConnection:
        return self._file.connection

    def position(self, reader: str) -> int:
        self._file.open_again()
        with self._file.cursor() as cursor:
            return _position(cursor, reader)

    def schema(self) -> Schema:
        tables: dict[str, dict[str, ColumnType]] = {}
        for table, column, kind in self.query(_COLUMNS, [self._name]).rows:
            column_type = _COLUMN_TYPES.get(str(kind), ColumnType.STRING)
            tables.setdefault(str(table), {})[str(column)] = column_type
        return tables

    def known(
        self, engine: DuckDBPyConnection, table: str, ids: Sql, since: datetime | None
    ) -> set[str]:
        if table not in (schema := self.schema()):
            return set()
        # rows lie in the order in which they came, so that most of the file is passed over
        query = compose(
            "SELECT id FROM ({ids}) SEMI JOIN (SELECT id FROM {table} WHERE {recent}) USING (id)",
            ids=ids,
            table=ident(self._name, table),
            recent=received_since(since, schema[table]),
        )
        return {each for (each,) in engine.execute(query).fetchall()}

    def begin(self, engine: DuckDBPyConnection, reader: str, position: int) -> "DuckDBTransaction":
        engine.execute("BEGIN")
        if _position(engine, reader) != position:
            engine.execute("ROLLBACK")
            raise AnotherLoader(
                f"Another loader has moved '{reader}' on from {position}; nothing was loaded here."
            )
        return DuckDBTransaction(engine, self._name)

    def qualified(self, table: str) -> Sql:
        return ident(self._name, table)

    def change(self, statements: Sequence[Sql]) -> None:
        with self._file.cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                for statement in statements:
                    cursor.execute(statement)
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
            cursor.execute("COMMIT")

    def query(self, sql: str, parameters: Sequence[object] = ()) -> Rows:
        with self._file.cursor() as cursor:
            cursor.execute("SET TimeZone = 'UTC'")
            cursor.execute(sql, list(parameters))
            columns = tuple(str(each[0]) for each in cursor.description or ())
            return Rows(columns, cursor.fetchall())

    def lighten(self) -> None:
        self._file.open_anew()

    def cursor(self) -> DuckDBPyConnection:
        """Return a connection of the caller's own, for one thread."""
        return self._file.cursor()

    def copy_to(self, path: Path) -> None:
        """Write the whole warehouse to a new file as it is at one moment, while others use it."""
        with self._file.cursor() as cursor:
            [(here,)] = cursor.execute("SELECT current_database()").fetchall()
            parts = {"path": literal(str(path)), "here": ident(here), "copy": ident(path.name)}
            cursor.execute(compose("ATTACH {path} AS {copy}", **parts))
            try:
                cursor.execute(compose("COPY FROM DATABASE {here} TO {copy}", **parts))
            finally:
                cursor.execute(compose("DETACH {copy}", **parts))

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()


class DuckDBTransaction:
    """The rows are made and added by one connection, so that nothing is copied on the way."""

    def __init__(self, engine: DuckDBPyConnection, name: str) -> None:
        self._engine = engine
        self._name = name
        self._existing = _tables(engine, name)  # asked once: a load may bring thousands
        self._columns = 0  # filled in this load

    def evolve(self, wanted: Schema) -> None:
        _evolve(self._engine, self._name, wanted, self._existing)

    def add(self, staged: StagedTable) -> int:
        statement = compose(
            "INSERT INTO {table} BY NAME {query}",
            table=ident(self._name, staged.name),
            query=staged.query,
        )
        [(added,)] = self._engine.execute(statement).fetchall()
        self._columns += len(staged.columns)
        return int(added)

    def renew_users(self, ids: Sql, columns: Sequence[str]) -> int:
        parts = {
            "ids": ids,
            "users": ident(self._name, users_table),
            "identifies": ident(self._name, identifies_table),
            "columns": join(", ", (compose(_LATEST, n=ident(n)) for n in columns)),
            "order": join(", ", map(ident, later_first)),
        }
        self._engine.execute(compose(_FORGET_USERS, **parts))
        [(renewed,)] = self._engine.execute(compose(_RENEW_USERS, **parts)).fetchall()
        return int(renewed)

    def commit(self, load: Load) -> None:
        run = self._engine.execute
        run("DELETE FROM loader.positions WHERE reader = ?", [load.reader])
        run("INSERT INTO loader.positions VALUES (?, ?)", [load.reader, load.to_position])
        if load.released:
            run(bookkeeping.release(load.released))
        for table, rows in bookkeeping.accounts(load).items():
            if rows:
                statement = compose(
                    "INSERT INTO {table} SELECT {marks}",
                    table=ident("loader", table),
                    marks=Sql(", ".join(["unnest(?)"] * len(rows[0]))),
                )
                run(statement, [list(values) for values in zip(*rows, strict=True)])
        run("COMMIT")
        if self._columns > _MANY_COLUMNS:
            with suppress(duckdb.TransactionException):  # somebody else writes: another time
                run("CHECKPOINT")

    def rollback(self) -> None:
        with suppress(duckdb.Error):  # a failed COMMIT has ended it already
            self._engine.execute("ROLLBACK")


def _position(connection: DuckDBPyConnection, reader: str) -> int:
    found = connection.execute(
        "SELECT position FROM loader.positions WHERE reader = ?", [reader]
    ).fetchone()
    return int(found[0]) if found else 0


def _tables(connection: DuckDBPyConnection, schema: str) -> set[str]:
    return {name for (name,) in connection.execute(_TABLES, [schema]).fetchall()}


def _evolve(
    connection: DuckDBPyConnection, schema: str, wanted: Schema, existing: set[str]
) -> None:
    for table, columns in wanted.items():
        name = ident(schema, table)
        if table not in existing:
            connection.execute(_created(name, columns))
            existing.add(table)
            continue
        for column, column_type in columns.items():
            connection.execute(_widened(name, column, column_type))


def _declare(connection: DuckDBPyConnection, name: str, schema: Schema) -> None:
    """Make what is there before anything is loaded."""
    connection.execute(compose("CREATE SCHEMA IF NOT EXISTS {s}", s=ident(name)))
    existing = _tables(connection, name)
    for table, columns in declared_tables(Naming.DUCKDB).items():
        known = schema.get(table, {})
        missing = {column: kind for column, kind in columns.items() if column not in known}
        _evolve(connection, name, {table: missing}, existing)
    view, query = ident(name, view_name), view_query(Naming.DUCKDB, name)
    connection.execute(compose("CREATE OR REPLACE VIEW {view} AS {query}", view=view, query=query))
    connection.execute(join("; ", comments(Naming.DUCKDB, name)))


def _created(table: Sql, columns: Mapping[str, ColumnType]) -> Sql:
    return compose(
        "CREATE TABLE IF NOT EXISTS {table} ({columns})",
        table=table,
        columns=join(
            ", ",
            (compose("{n} {t}", n=ident(n), t=_TYPES[kind]) for n, kind in columns.items()),
        ),
    )


def _widened(table: Sql, column: str, column_type: ColumnType) -> Sql:
    return compose(
        "ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {column} {type}",
        table=table,
        column=ident(column),
        type=_TYPES[column_type],
    )
