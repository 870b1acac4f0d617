"""Snowflake as the warehouse: Parquet to a stage, copied beside, inserted in one transaction.

Every DDL statement commits by itself there, so all of it comes before the transaction.
"""

from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from threading import RLock

import duckdb
from duckdb import DuckDBPyConnection
from snowflake.connector import SnowflakeConnection

from commandpost_telemetry.rudder.naming import Naming
from commandpost_telemetry.warehouse import bookkeeping, macros
from commandpost_telemetry.warehouse.destination import Load, Rows, Schema, StagedTable
from commandpost_telemetry.warehouse.errors import WarehouseUnavailable
from commandpost_telemetry.warehouse.refusals import of_table
from commandpost_telemetry.warehouse.snowflake_comments import explain
from commandpost_telemetry.warehouse.snowflake_names import OWN_TABLES, planned, standard_of
from commandpost_telemetry.warehouse.snowflake_session import (
    STAGE,
    as_literal,
    connected,
    evolve,
    failures_told,
    named,
    overtaken,
    read,
    run,
    schema_name,
    stage,
    stored_position,
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

_ROWS_AT_ONCE = 100
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
_LATEST = """
FIRST_VALUE({n}) IGNORE NULLS OVER (PARTITION BY "USER_ID" ORDER BY {order}
    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS {n}
"""
_RENEW_USERS = """
INSERT INTO {users} ("ID", {names}) SELECT "USER_ID", {names} FROM (
    SELECT "USER_ID", {latest}, ROW_NUMBER() OVER (PARTITION BY "USER_ID" ORDER BY {order}) AS TURN
    FROM {identifies} WHERE "USER_ID" IN ({ids}))
WHERE TURN = 1
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
        self._loading = connected(url)
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
            if self._loading.is_closed():
                self._loading = connected(self._url)
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

    def close(self) -> None:
        """Let go of whatever is open."""
        for inner in self._inner:
            inner.close()
        self._loading.close()
        self._rows.close()


class SnowflakeTransaction:
    """Copies rows beside their tables first; `commit` alone has a transaction, of inserts."""

    def __init__(
        self,
        loading: SnowflakeConnection,
        engine: DuckDBPyConnection,
        folder: Path,
        name: str,
        schema: Schema,
    ) -> None:
        self._loading = loading
        self._name = name
        self._schema = schema
        self._engine = engine
        self._folder = folder
        self._inserts: list[tuple[str, Sql]] = []
        self._beside: list[Sql] = []
        self._identified = Sql("")

    def evolve(self, wanted: Schema) -> None:
        evolve(self._loading, self._name, wanted, self._schema)

    def add(self, staged: StagedTable) -> int:
        turn = str(len(self._beside))  # a table may get rows twice in one load
        beside = stage(self._loading, self._engine, self._folder, staged, turn)
        self._beside.append(beside)
        columns = join(", ", map(named, staged.columns))
        insert = compose(
            "INSERT INTO {table} ({columns}) SELECT {values} FROM {beside}",
            table=named(self._name, staged.name),
            columns=columns,
            values=join(", ", (read(name, kind) for name, kind in staged.columns.items())),
            beside=beside,
        )
        self._inserts.append((staged.name, insert))
        if staged.name == identifies_table:
            self._identified = beside
        [(count,)] = run(self._loading, compose("SELECT COUNT(*) FROM {b}", b=beside))
        return int(str(count))

    def renew_users(self, ids: Sql, columns: Sequence[str]) -> int:
        order = join(", ", (compose("{n} DESC", n=named(name)) for name in later_first))
        touched = compose(
            'SELECT "USER_ID" FROM {b} WHERE "USER_ID" IS NOT NULL', b=self._identified
        )
        parts = {
            "users": named(self._name, users_table),
            "identifies": named(self._name, identifies_table),
            "names": join(", ", map(named, columns)),
            "latest": join(", ", (compose(_LATEST, n=named(n), order=order) for n in columns)),
            "order": order,
            "ids": touched,
        }
        forget = compose('DELETE FROM {users} WHERE "ID" IN ({ids})', **parts)
        renew = compose(_RENEW_USERS, **parts)
        self._inserts += [(identifies_table, forget), (identifies_table, renew)]
        count = compose("SELECT count(DISTINCT id) FROM ({ids})", ids=ids)
        [(renewed,)] = self._engine.execute(count).fetchall()
        return int(renewed)

    def commit(self, load: Load) -> None:
        run(self._loading, Sql("BEGIN"))
        try:
            self._move(load)
            for table, insert in self._inserts:
                with of_table(table):
                    run(self._loading, insert)
            self._account(load)
        except BaseException:
            self.rollback()
            raise
        run(self._loading, Sql("COMMIT"))
        for beside in self._beside:
            run(self._loading, compose("DROP TABLE IF EXISTS {b}", b=beside))

    def _account(self, load: Load) -> None:
        if load.released:
            run(self._loading, bookkeeping.release(load.released))
        for table, rows in bookkeeping.accounts(load).items():
            for start in range(0, len(rows), _ROWS_AT_ONCE):
                selects = (
                    compose("SELECT {v}", v=join(", ", (literal(as_literal(v)) for v in row)))
                    for row in rows[start : start + _ROWS_AT_ONCE]
                )
                insert = compose(
                    "INSERT INTO LOADER.{table} {rows}",
                    table=Sql(table.upper()),
                    rows=join(" UNION ALL ", selects),
                )
                run(self._loading, insert)

    def _move(self, load: Load) -> None:
        """Take the position, which no other loader may have moved meanwhile."""
        if stored_position(self._loading, load.reader) != load.from_position:
            raise overtaken(load.reader, load.from_position)
        reader = literal(load.reader)
        run(self._loading, compose("DELETE FROM LOADER.POSITIONS WHERE READER = {r}", r=reader))
        run(
            self._loading,
            compose(
                "INSERT INTO LOADER.POSITIONS SELECT {r}, {p}",
                r=reader,
                p=literal(load.to_position),
            ),
        )

    def rollback(self) -> None:
        with suppress(WarehouseUnavailable):  # a lost session has undone it already
            run(self._loading, Sql("ROLLBACK"))
