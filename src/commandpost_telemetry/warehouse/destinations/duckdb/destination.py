"""The default warehouse: one DuckDB file, owned by one process, read through cursors."""

from collections.abc import Sequence
from copy import copy
from datetime import datetime
from pathlib import Path

from duckdb import DuckDBPyConnection

from commandpost_telemetry.rudder.naming import Naming
from commandpost_telemetry.warehouse.destinations import bookkeeping, macros
from commandpost_telemetry.warehouse.destinations.destination import Rows, Schema
from commandpost_telemetry.warehouse.destinations.duckdb.file import DuckDBFile
from commandpost_telemetry.warehouse.destinations.duckdb.session import declare, stored_position
from commandpost_telemetry.warehouse.destinations.duckdb.transaction import DuckDBTransaction
from commandpost_telemetry.warehouse.destinations.errors import AnotherLoader
from commandpost_telemetry.warehouse.schema.sql import Sql, compose, ident, literal
from commandpost_telemetry.warehouse.schema.tables import received_since
from commandpost_telemetry.warehouse.schema.types import ColumnType

SCHEMA = "main"
_COLUMNS = """
SELECT table_name, column_name, data_type FROM duckdb_columns()
WHERE database_name = current_database() AND schema_name = ?
    AND table_oid IN (SELECT table_oid FROM duckdb_tables())
"""
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
        declare(self._database, self._name, self.schema())

    @property
    def _name(self) -> str:
        return self.namespace or SCHEMA

    def within(self, namespace: str) -> "DuckDBDestination":
        inner = copy(self)
        inner.namespace = namespace
        declare(self._database, namespace, inner.schema())
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
            return stored_position(cursor, reader)

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
        if stored_position(engine, reader) != position:
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

    def compact(self) -> None:
        self._file.compact()

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
