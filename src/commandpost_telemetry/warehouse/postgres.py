"""PostgreSQL as the warehouse: rows are made in a DuckDB of our own and copied over."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock

import duckdb
import psycopg
from duckdb import DuckDBPyConnection

from commandpost_telemetry.rudder.naming import Destination as Naming
from commandpost_telemetry.warehouse import bookkeeping, macros
from commandpost_telemetry.warehouse.destination import Load, Rows, Schema, StagedTable
from commandpost_telemetry.warehouse.errors import AnotherLoader, LoadRefused, WarehouseUnavailable
from commandpost_telemetry.warehouse.sql import Sql, compose, ident, join, literal
from commandpost_telemetry.warehouse.tables import (
    declared_tables,
    families,
    identifies_table,
    later_first,
    users_table,
    view_name,
)
from commandpost_telemetry.warehouse.types import ColumnType
from commandpost_telemetry.warehouse.view import view_query

SCHEMA = "main"
_TYPES = {
    ColumnType.INT: Sql("BIGINT"),
    ColumnType.FLOAT: Sql("DOUBLE PRECISION"),
    ColumnType.BOOLEAN: Sql("BOOLEAN"),
    ColumnType.STRING: Sql("TEXT"),
    ColumnType.DATETIME: Sql("TIMESTAMPTZ"),
    ColumnType.JSON: Sql("JSONB"),
}
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
WHERE EXISTS (SELECT 1 FROM {table} AS t WHERE t.id = wanted.id)
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

    def __init__(self, url: str, folder: Path) -> None:
        self._url = url
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._rows = duckdb.connect(
            config={"memory_limit": "512MB", "threads": 2, "preserve_insertion_order": False}
        )
        self._lock = RLock()
        self._loading = _connected(url)
        with _told(), self._loading.transaction():
            self._prepare()

    def _prepare(self) -> None:
        run = self._loading.execute
        # two processes that start at once must not both create what is missing
        run("SELECT pg_advisory_xact_lock(hashtext('commandpost warehouse'))")
        run(_sent(compose("CREATE SCHEMA IF NOT EXISTS {s}", s=ident(SCHEMA))))
        for statement in bookkeeping.tables.split(";"):
            if statement.strip():
                run(_sent(statement))
        schema = self.schema()
        view = ident(SCHEMA, view_name)
        run(_sent(compose("DROP VIEW IF EXISTS {view}", view=view)))
        for table, columns in declared_tables(self.naming).items():
            known = schema.get(table, {})
            missing = {name: kind for name, kind in columns.items() if name not in known}
            _evolve(self._loading, {table: missing})
        query = view_query(self.naming, SCHEMA)
        run(_sent(compose("CREATE VIEW {view} AS {query}", view=view, query=query)))

    def engine(self) -> DuckDBPyConnection:
        engine = self._rows.cursor()
        macros.install(engine)
        return engine

    def position(self, reader: str) -> int:
        with _told(), self._lock:
            if self._loading.closed:
                self._loading = _connected(self._url)
            return _position(self._loading, reader)

    def schema(self) -> Schema:
        tables: dict[str, dict[str, ColumnType]] = {}
        with _told(), self._lock:
            found = self._loading.execute(_COLUMNS, (SCHEMA, SCHEMA)).fetchall()
        for table, column, kind in found:
            column_type = _COLUMN_TYPES.get(kind, ColumnType.STRING)
            tables.setdefault(table, {})[column] = column_type
        return tables

    def known(self, engine: DuckDBPyConnection, table: str, ids: Sql) -> set[str]:
        if table not in self.schema():
            return set()
        wanted = _texts(engine, ids)
        with _told(), self._lock:
            query = compose(_KNOWN, table=ident(SCHEMA, table))
            return {each for (each,) in self._loading.execute(_sent(query), (wanted,)).fetchall()}

    def begin(
        self, engine: DuckDBPyConnection, reader: str, position: int
    ) -> "PostgresTransaction":
        with _told():
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
        return PostgresTransaction(self._loading, engine, self._folder)

    def query(self, sql: str, parameters: Sequence[object] = ()) -> Rows:
        with _told(), _connected(self._url) as connection:
            cursor = connection.execute(_sent(sql), parameters or None)
            columns = tuple(column.name for column in cursor.description or ())
            return Rows(columns, cursor.fetchall())

    def close(self) -> None:
        """Let go of whatever is open."""
        self._loading.close()
        self._rows.close()


class PostgresTransaction:
    """Copies rows within one transaction of the loader's connection."""

    def __init__(
        self, loading: "psycopg.Connection", engine: DuckDBPyConnection, folder: Path
    ) -> None:
        self._loading = loading
        self._engine = engine
        self._folder = folder

    def evolve(self, wanted: Schema) -> None:
        with _told():
            _evolve(self._loading, wanted)

    def add(self, staged: StagedTable) -> int:
        path = self._folder / f"{staged.name[:100]}.csv"
        try:
            self._engine.execute(
                compose(
                    _COPY_OUT,
                    query=_without_nul(staged),
                    path=literal(str(path)),
                    quoted=join(", ", map(ident, _texts_of(staged))),
                )
            )
            return self._copied(staged, path)
        finally:
            path.unlink(missing_ok=True)

    def _copied(self, staged: StagedTable, path: Path) -> int:
        statement = compose(
            _COPY_IN,
            table=ident(SCHEMA, staged.name),
            columns=join(", ", map(ident, staged.columns)),
        )
        with _told(), path.open("rb") as file, self._loading.cursor() as cursor:
            with cursor.copy(_sent(statement)) as copy:
                while block := file.read(1 << 20):
                    copy.write(block)
            return cursor.rowcount

    def renew_users(self, ids: Sql, columns: Sequence[str]) -> int:
        wanted = _texts(self._engine, ids)
        order = join(", ", (compose("{n} DESC", n=ident(name)) for name in later_first))
        parts = {
            "users": ident(SCHEMA, users_table),
            "identifies": ident(SCHEMA, identifies_table),
            "names": join(", ", map(ident, columns)),
            "latest": join(", ", (compose(_LATEST, n=ident(n), order=order) for n in columns)),
        }
        with _told():
            self._loading.execute(_sent(compose(_FORGET_USERS, **parts)), (wanted,))
            return self._loading.execute(_sent(compose(_RENEW_USERS, **parts)), (wanted,)).rowcount

    def commit(self, load: Load) -> None:
        with _told(), self._loading.cursor() as cursor:
            cursor.execute(
                "UPDATE loader.positions SET position = %s WHERE reader = %s",
                (load.to_position, load.reader),
            )
            for table, rows in bookkeeping.accounts(load).items():
                if rows:
                    marks = Sql(", ".join(["%s"] * len(rows[0])))
                    statement = compose(
                        "INSERT INTO {table} VALUES ({marks})",
                        table=ident("loader", table),
                        marks=marks,
                    )
                    cursor.executemany(_sent(statement), [_without_nuls(row) for row in rows])
            cursor.execute("COMMIT")

    def rollback(self) -> None:
        with suppress(psycopg.Error):  # a lost connection has undone it already
            self._loading.execute("ROLLBACK")


def _connected(url: str) -> "psycopg.Connection":
    with _told():
        connection = psycopg.connect(url, autocommit=True, connect_timeout=10)
        connection.execute("SET TIME ZONE 'UTC'")
        connection.execute("SET lock_timeout = '60s'")
        connection.execute("SET search_path TO main, public")
        return connection


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (psycopg.DataError, psycopg.IntegrityError) as error:
        raise LoadRefused(f"The load was refused: {error}. It was undone as a whole.") from error
    except psycopg.Error as error:
        raise WarehouseUnavailable(
            f"PostgreSQL does not do what the warehouse needs: {str(error).strip()}. Nothing of "
            f"this load was kept; the log keeps the messages and the next sync tries again."
        ) from error


def _sent(statement: str) -> bytes:
    """Return the statement for psycopg, which takes bytes where it cannot see a literal."""
    return statement.encode()


def _position(connection: "psycopg.Connection", reader: str) -> int:
    query = "SELECT position FROM loader.positions WHERE reader = %s"
    found = connection.execute(query, (reader,)).fetchone()
    return int(found[0]) if found else 0


def _texts(engine: DuckDBPyConnection, query: Sql) -> list[str]:
    return [str(each).replace("\0", "") for (each,) in engine.execute(query).fetchall()]


def _texts_of(staged: StagedTable) -> list[str]:
    texts = {ColumnType.STRING, ColumnType.JSON}
    return [name for name, kind in staged.columns.items() if kind in texts]


def _without_nul(staged: StagedTable) -> Sql:
    """Return the rows in the order of the columns, without the one character text can't hold."""
    texts = set(_texts_of(staged))
    columns = (
        compose("replace({n}, chr(0), '') AS {n}" if name in texts else "{n}", n=ident(name))
        for name in staged.columns
    )
    return compose("SELECT {c} FROM ({q})", c=join(", ", columns), q=staged.query)


def _without_nuls(row: Sequence[object]) -> list[object]:
    return [value.replace("\0", "") if isinstance(value, str) else value for value in row]


def _evolve(connection: "psycopg.Connection", wanted: Schema) -> None:
    for table, columns in wanted.items():
        name = ident(SCHEMA, table)
        connection.execute(_sent(compose("CREATE TABLE IF NOT EXISTS {t} ()", t=name)))
        if columns:
            added = join(", ", _additions(columns))
            connection.execute(_sent(compose("ALTER TABLE {t} {added}", t=name, added=added)))
        for key in _keys.get(table, ()):
            index = compose(
                "CREATE INDEX IF NOT EXISTS {i} ON {t} USING hash ({k})",
                i=ident(f"{table}_{key}"),
                t=name,
                k=ident(key),
            )
            connection.execute(_sent(index))


def _additions(columns: Mapping[str, ColumnType]) -> Iterator[Sql]:
    for name, kind in columns.items():
        yield compose("ADD COLUMN IF NOT EXISTS {n} {t}", n=ident(name), t=_TYPES[kind])


# what repeats are looked up by
_keys = {
    **{family.table: ("id",) for family in families},
    identifies_table: ("id", "user_id"),
    users_table: ("id",),
}
