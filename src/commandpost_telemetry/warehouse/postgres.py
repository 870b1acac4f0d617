"""PostgreSQL as the warehouse: rows are made in a DuckDB of our own and copied over."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import RLock

import duckdb
import psycopg
from duckdb import DuckDBPyConnection

from commandpost_telemetry.rudder.naming import Naming
from commandpost_telemetry.warehouse import bookkeeping, macros
from commandpost_telemetry.warehouse.comments import comments
from commandpost_telemetry.warehouse.destination import Load, Rows, Schema, StagedTable
from commandpost_telemetry.warehouse.errors import AnotherLoader
from commandpost_telemetry.warehouse.postgres_session import (
    SCHEMA,
    connected,
    evolve,
    failures_told,
    sent,
    stored_position,
    texts_in,
    texts_of,
    without_nul,
    without_nuls,
)
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
_LATEST = "(array_agg({n} ORDER BY {order}) FILTER (WHERE {n} IS NOT NULL))[1] AS {n}"
_FORGET_USERS = "DELETE FROM {users} WHERE id = ANY(%s::TEXT[])"
_RENEW_USERS = """
INSERT INTO {users} (id, {names}) SELECT user_id AS id, {latest}
FROM {identifies} WHERE user_id = ANY(%s::TEXT[]) GROUP BY user_id
"""
_COPY_OUT = "COPY ({query}) TO {path} (FORMAT csv, HEADER false, FORCE_QUOTE ({quoted}))"
_COPY_IN = "COPY {table} ({columns}) FROM STDIN (FORMAT csv)"


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

    def close(self) -> None:
        """Let go of whatever is open."""
        for inner in self._inner:
            inner.close()
        self._loading.close()
        self._rows.close()


class PostgresTransaction:
    """Copies rows within one transaction of the loader's connection."""

    def __init__(
        self, loading: "psycopg.Connection", engine: DuckDBPyConnection, folder: Path, name: str
    ) -> None:
        self._loading = loading
        self._name = name
        self._engine = engine
        self._folder = folder

    def evolve(self, wanted: Schema) -> None:
        with failures_told():
            evolve(self._loading, self._name, wanted)

    def add(self, staged: StagedTable) -> int:
        path = self._folder / f"{staged.name[:100]}.csv"
        try:
            self._engine.execute(
                compose(
                    _COPY_OUT,
                    query=without_nul(staged),
                    path=literal(str(path)),
                    quoted=join(", ", map(ident, texts_of(staged))),
                )
            )
            return self._copied(staged, path)
        finally:
            path.unlink(missing_ok=True)

    def _copied(self, staged: StagedTable, path: Path) -> int:
        statement = compose(
            _COPY_IN,
            table=ident(self._name, staged.name),
            columns=join(", ", map(ident, staged.columns)),
        )
        with failures_told(), path.open("rb") as file, self._loading.cursor() as cursor:
            with cursor.copy(sent(statement)) as copy:
                while block := file.read(1 << 20):
                    copy.write(block)
            return cursor.rowcount

    def renew_users(self, ids: Sql, columns: Sequence[str]) -> int:
        wanted = texts_in(self._engine, ids)
        order = join(", ", (compose("{n} DESC", n=ident(name)) for name in later_first))
        parts = {
            "users": ident(self._name, users_table),
            "identifies": ident(self._name, identifies_table),
            "names": join(", ", map(ident, columns)),
            "latest": join(", ", (compose(_LATEST, n=ident(n), order=order) for n in columns)),
        }
        with failures_told():
            self._loading.execute(sent(compose(_FORGET_USERS, **parts)), (wanted,))
            return self._loading.execute(sent(compose(_RENEW_USERS, **parts)), (wanted,)).rowcount

    def commit(self, load: Load) -> None:
        with failures_told(), self._loading.cursor() as cursor:
            cursor.execute(
                "UPDATE loader.positions SET position = %s WHERE reader = %s",
                (load.to_position, load.reader),
            )
            if load.released:
                cursor.execute(sent(bookkeeping.release(load.released)))
            for table, rows in bookkeeping.accounts(load).items():
                if rows:
                    marks = Sql(", ".join(["%s"] * len(rows[0])))
                    statement = compose(
                        "INSERT INTO {table} VALUES ({marks})",
                        table=ident("loader", table),
                        marks=marks,
                    )
                    cursor.executemany(sent(statement), [without_nuls(row) for row in rows])
            cursor.execute("COMMIT")

    def rollback(self) -> None:
        with suppress(psycopg.Error):  # a lost connection has undone it already
            self._loading.execute("ROLLBACK")
