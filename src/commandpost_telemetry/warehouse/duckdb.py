"""The default warehouse: one DuckDB file, owned by one process, read through cursors."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from commandpost_telemetry.rudder.naming import Destination as Naming
from commandpost_telemetry.warehouse import macros
from commandpost_telemetry.warehouse.destination import Load, Rows, Schema, StagedTable
from commandpost_telemetry.warehouse.errors import AnotherLoader, WarehouseUnavailable
from commandpost_telemetry.warehouse.sql import Sql, compose, ident, join
from commandpost_telemetry.warehouse.tables import declared_tables, view_name
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
_BOOKKEEPING = """
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


class DuckDBDestination:
    """One file. `close()` it before another process may open it."""

    naming = Naming.DUCKDB

    def __init__(self, path: Path | None, *, memory_limit: str = "512MB", threads: int = 2) -> None:
        self._database = _opened(path, memory_limit, threads)
        self._loading = self._database.cursor()  # the loader's own; readers never share it
        macros.install(self._loading)
        self._prepare()

    def _prepare(self) -> None:
        self._database.execute(_BOOKKEEPING)
        self.evolve(declared_tables(self.naming))
        self._loading.execute(
            compose(
                "CREATE OR REPLACE VIEW {view} AS {query}",
                view=ident(SCHEMA, view_name),
                query=view_query(self.naming, SCHEMA),
            )
        )

    def engine(self) -> DuckDBPyConnection:
        return self._loading

    def position(self, reader: str) -> int:
        found = self._loading.execute(
            "SELECT position FROM loader.positions WHERE reader = ?", [reader]
        ).fetchone()
        return int(found[0]) if found else 0

    def schema(self) -> Schema:
        tables: dict[str, dict[str, ColumnType]] = {}
        for table, column, kind in self._loading.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns()"
            " WHERE database_name = current_database() AND schema_name = ? AND NOT internal",
            [SCHEMA],
        ).fetchall():
            tables.setdefault(table, {})[column] = _COLUMN_TYPES.get(kind, ColumnType.STRING)
        return tables

    def begin(self, reader: str, position: int) -> None:
        self._loading.execute("BEGIN")
        if self.position(reader) != position:
            self.rollback()
            raise AnotherLoader(
                f"Another loader has moved '{reader}' on from {position}; nothing was loaded here."
            )

    def evolve(self, wanted: Schema) -> None:
        schema = self.schema()
        for table, columns in wanted.items():
            if table not in schema:
                self._loading.execute(_created(table, columns))
                continue
            for column, column_type in columns.items():
                if column not in schema[table]:
                    self._loading.execute(_widened(table, column, column_type))

    def known(self, table: str, ids: Sql) -> set[str]:
        query = compose(
            "SELECT id FROM ({ids}) SEMI JOIN {table} USING (id)",
            ids=ids,
            table=ident(SCHEMA, table),
        )
        if table not in self.schema():
            return set()
        return {each for (each,) in self._loading.execute(query).fetchall()}

    def add(self, staged: StagedTable) -> int:
        statement = compose(
            "INSERT INTO {table} BY NAME {query}",
            table=ident(SCHEMA, staged.name),
            query=staged.query,
        )
        [(added,)] = self._loading.execute(statement).fetchall()
        return int(added)

    def commit(self, load: Load) -> None:
        run = self._loading.execute
        run("DELETE FROM loader.positions WHERE reader = ?", [load.reader])
        run("INSERT INTO loader.positions VALUES (?, ?)", [load.reader, load.to_position])
        for table, rows in accounts(load).items():
            if rows:
                marks = ", ".join("?" * len(rows[0]))
                statement = compose(
                    "INSERT INTO loader.{table} VALUES ({marks})",
                    table=ident(table),
                    marks=Sql(marks),
                )
                self._loading.executemany(statement, rows)
        run("COMMIT")

    def rollback(self) -> None:
        with suppress(duckdb.TransactionException):  # a failed COMMIT has ended it already
            self._loading.execute("ROLLBACK")

    def query(self, sql: str, parameters: Sequence[object] = ()) -> Rows:
        with self._database.cursor() as cursor:
            cursor.execute("SET TimeZone = 'UTC'")
            cursor.execute(sql, list(parameters))
            columns = tuple(str(each[0]) for each in cursor.description or ())
            return Rows(columns, cursor.fetchall())

    def cursor(self) -> DuckDBPyConnection:
        """Return a connection of the caller's own, for one thread."""
        return self._database.cursor()

    def close(self) -> None:
        """Let go of the file."""
        self._loading.close()
        self._database.close()


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


def _opened(path: Path | None, memory_limit: str, threads: int) -> DuckDBPyConnection:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    config: dict[str, Any] = {
        "memory_limit": memory_limit,
        "threads": threads,
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    try:
        return duckdb.connect(":memory:" if path is None else str(path), config=config)
    except duckdb.IOException as error:
        raise WarehouseUnavailable(
            f"The warehouse file {path} cannot be opened: {error}. Nothing was changed. If a "
            f"running product owns it, ask that one; else check disk and rights."
        ) from error


def _created(table: str, columns: Mapping[str, ColumnType]) -> Sql:
    return compose(
        "CREATE TABLE IF NOT EXISTS {table} ({columns})",
        table=ident(SCHEMA, table),
        columns=join(
            ", ",
            (compose("{n} {t}", n=ident(n), t=_TYPES[kind]) for n, kind in columns.items()),
        ),
    )


def _widened(table: str, column: str, column_type: ColumnType) -> Sql:
    return compose(
        "ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {column} {type}",
        table=ident(SCHEMA, table),
        column=ident(column),
        type=_TYPES[column_type],
    )
