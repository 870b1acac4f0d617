"""Snowflake as the warehouse: Parquet to a stage, copied beside, inserted in one transaction.

Every DDL statement commits by itself there, so all of it comes before the transaction.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import RLock
from urllib.parse import parse_qsl, unquote, urlsplit

import duckdb
import snowflake.connector
from duckdb import DuckDBPyConnection
from snowflake.connector import SnowflakeConnection
from snowflake.connector.errors import Error

from commandpost_telemetry.rudder.naming import Destination as Naming
from commandpost_telemetry.warehouse import bookkeeping, macros
from commandpost_telemetry.warehouse.destination import Load, Rows, Schema, StagedTable
from commandpost_telemetry.warehouse.errors import AnotherLoader, WarehouseUnavailable
from commandpost_telemetry.warehouse.sql import Sql, compose, ident, join, literal
from commandpost_telemetry.warehouse.tables import (
    common_columns,
    declared_tables,
    discard_columns,
    discards_table,
    event_family,
    families,
    identifies_table,
    later_first,
    standard_columns,
    users_table,
    view_name,
)
from commandpost_telemetry.warehouse.types import ColumnType
from commandpost_telemetry.warehouse.view import view_query

DEFAULT_SCHEMA = "MAIN"
_STAGE = ident("LOADER", "FILES")
_TYPES = {
    ColumnType.INT: Sql("NUMBER(38, 0)"),
    ColumnType.FLOAT: Sql("DOUBLE"),
    ColumnType.BOOLEAN: Sql("BOOLEAN"),
    ColumnType.STRING: Sql("VARCHAR"),
    ColumnType.DATETIME: Sql("TIMESTAMP_TZ"),
    ColumnType.JSON: Sql("VARIANT"),
}
_COLUMN_TYPES = {
    "NUMBER": ColumnType.INT,
    "FLOAT": ColumnType.FLOAT,
    "BOOLEAN": ColumnType.BOOLEAN,
    "TIMESTAMP_TZ": ColumnType.DATETIME,
    "TIMESTAMP_NTZ": ColumnType.DATETIME,
    "VARIANT": ColumnType.JSON,
}
# the connector must not report home, and a session that was cut must let go of its locks
_SESSION = {
    "TIMEZONE": "UTC",
    "ABORT_DETACHED_QUERY": True,
    "CLIENT_TELEMETRY_ENABLED": False,
    "CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED": False,
}
_COLUMNS = """
SELECT C.TABLE_NAME, C.COLUMN_NAME, C.DATA_TYPE FROM INFORMATION_SCHEMA.COLUMNS AS C
JOIN INFORMATION_SCHEMA.TABLES AS T
    ON T.TABLE_SCHEMA = C.TABLE_SCHEMA AND T.TABLE_NAME = C.TABLE_NAME
WHERE C.TABLE_SCHEMA = {schema} AND T.TABLE_TYPE = 'BASE TABLE'
"""
_COPY = """
COPY INTO {table} FROM @{stage}/{path} FILE_FORMAT = (TYPE = PARQUET)
MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE FORCE = TRUE PURGE = TRUE ON_ERROR = ABORT_STATEMENT
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

    def __init__(self, url: str, folder: Path) -> None:
        self._url = url
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._rows = duckdb.connect(
            config={"memory_limit": "512MB", "threads": 2, "preserve_insertion_order": False}
        )
        self._lock = RLock()
        self._name = schema_name(url)
        self._loading = _connected(url)
        self._prepare()

    def _prepare(self) -> None:
        _run(self._loading, compose("CREATE SCHEMA IF NOT EXISTS {s}", s=ident(self._name)))
        for statement in bookkeeping.tables.split(";"):
            if statement.strip():
                _run(self._loading, Sql(statement))
        _run(self._loading, compose("CREATE STAGE IF NOT EXISTS {s}", s=_STAGE))
        schema = self.schema()
        for table, columns in declared_tables(self.naming).items():
            known = schema.get(table, {})
            missing = {name: kind for name, kind in columns.items() if name not in known}
            _evolve(self._loading, self._name, {table: missing}, schema)
        _run(
            self._loading,
            compose(
                "CREATE OR REPLACE VIEW {view} AS {query}",
                view=_named(self._name, view_name),
                query=view_query(self.naming, self._name),
            ),
        )

    def engine(self) -> DuckDBPyConnection:
        engine = self._rows.cursor()
        macros.install(engine)
        return engine

    def position(self, reader: str) -> int:
        with self._lock:
            if self._loading.is_closed():
                self._loading = _connected(self._url)
            return _position(self._loading, reader)

    def schema(self) -> Schema:
        tables: dict[str, dict[str, ColumnType]] = {}
        with self._lock:
            found = _run(self._loading, compose(_COLUMNS, schema=literal(self._name)))
        for table, column, kind in found:
            name = _planned(str(table), _OWN_TABLES)
            column_type = _COLUMN_TYPES.get(str(kind), ColumnType.STRING)
            tables.setdefault(name, {})[_planned(str(column), _standard(name))] = column_type
        return tables

    def known(self, engine: DuckDBPyConnection, table: str, ids: Sql) -> set[str]:
        if table not in self.schema():
            return set()
        with self._lock:
            wanted = _staged(
                self._loading,
                engine,
                self._folder,
                StagedTable("wanted", {"id": ColumnType.STRING}, 0, ids),
            )
            query = compose(
                'SELECT W."ID" FROM {wanted} AS W JOIN {table} AS T ON T."ID" = W."ID"',
                wanted=wanted,
                table=_named(self._name, table),
            )
            return {str(each) for (each,) in _run(self._loading, query)}

    def begin(
        self, engine: DuckDBPyConnection, reader: str, position: int
    ) -> "SnowflakeTransaction":
        if self.position(reader) != position:
            raise _overtaken(reader, position)
        return SnowflakeTransaction(self._loading, engine, self._folder, self._name, self.schema())

    def query(self, sql: str, parameters: Sequence[object] = ()) -> Rows:
        with _told(), closing(_connected(self._url)) as connection:
            cursor = connection.cursor()
            cursor.execute(sql, tuple(parameters) or None)
            columns = tuple(each.name.lower() for each in cursor.description or ())
            return Rows(columns, [tuple(row) for row in cursor.fetchall()])

    def close(self) -> None:
        """Let go of whatever is open."""
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
        self._inserts: list[Sql] = []
        self._beside: list[Sql] = []
        self._identified = Sql("")

    def evolve(self, wanted: Schema) -> None:
        _evolve(self._loading, self._name, wanted, self._schema)

    def add(self, staged: StagedTable) -> int:
        turn = str(len(self._beside))  # a table may get rows twice in one load
        beside = _staged(self._loading, self._engine, self._folder, staged, turn)
        self._beside.append(beside)
        columns = join(", ", map(_named, staged.columns))
        self._inserts.append(
            compose(
                "INSERT INTO {table} ({columns}) SELECT {columns} FROM {beside}",
                table=_named(self._name, staged.name),
                columns=columns,
                beside=beside,
            )
        )
        if staged.name == identifies_table:
            self._identified = beside
        [(count,)] = _run(self._loading, compose("SELECT COUNT(*) FROM {b}", b=beside))
        return int(str(count))

    def renew_users(self, ids: Sql, columns: Sequence[str]) -> int:
        order = join(", ", (compose("{n} DESC", n=_named(name)) for name in later_first))
        touched = compose(
            'SELECT "USER_ID" FROM {b} WHERE "USER_ID" IS NOT NULL', b=self._identified
        )
        parts = {
            "users": _named(self._name, users_table),
            "identifies": _named(self._name, identifies_table),
            "names": join(", ", map(_named, columns)),
            "latest": join(", ", (compose(_LATEST, n=_named(n), order=order) for n in columns)),
            "order": order,
            "ids": touched,
        }
        self._inserts.append(compose('DELETE FROM {users} WHERE "ID" IN ({ids})', **parts))
        self._inserts.append(compose(_RENEW_USERS, **parts))
        count = compose("SELECT count(DISTINCT id) FROM ({ids})", ids=ids)
        [(renewed,)] = self._engine.execute(count).fetchall()
        return int(renewed)

    def commit(self, load: Load) -> None:
        _run(self._loading, Sql("BEGIN"))
        try:
            self._move(load)
            for insert in self._inserts:
                _run(self._loading, insert)
            for table, rows in bookkeeping.accounts(load).items():
                for row in rows:
                    values = join(", ", (literal(_text(value)) for value in row))
                    _run(
                        self._loading,
                        compose(
                            "INSERT INTO LOADER.{table} SELECT {values}",
                            table=Sql(table.upper()),
                            values=values,
                        ),
                    )
        except BaseException:
            self.rollback()
            raise
        _run(self._loading, Sql("COMMIT"))
        for beside in self._beside:
            _run(self._loading, compose("DROP TABLE IF EXISTS {b}", b=beside))

    def _move(self, load: Load) -> None:
        """Take the position, which no other loader may have moved meanwhile."""
        if _position(self._loading, load.reader) != load.from_position:
            raise _overtaken(load.reader, load.from_position)
        reader = literal(load.reader)
        _run(self._loading, compose("DELETE FROM LOADER.POSITIONS WHERE READER = {r}", r=reader))
        _run(
            self._loading,
            compose(
                "INSERT INTO LOADER.POSITIONS SELECT {r}, {p}",
                r=reader,
                p=literal(load.to_position),
            ),
        )

    def rollback(self) -> None:
        with suppress(WarehouseUnavailable):  # a lost session has undone it already
            _run(self._loading, Sql("ROLLBACK"))


def connection_arguments(url: str) -> dict[str, object]:
    """Return what the connector takes: `snowflake://user:password@account/database?role=…`."""
    parts = urlsplit(url)
    options: dict[str, object] = {
        name: int(value) if value.isdigit() else value for name, value in parse_qsl(parts.query)
    }
    if parts.password:
        options["password"] = unquote(parts.password)
    return {
        "user": unquote(parts.username or ""),
        "account": parts.hostname or "",
        "database": parts.path.strip("/"),
        "network_timeout": 60,
        "login_timeout": 30,
        "session_parameters": _SESSION,
        **options,
    }


def schema_name(url: str) -> str:
    """Return the schema of the tables: that of the address, else MAIN."""
    return str(connection_arguments(url).get("schema", DEFAULT_SCHEMA)).upper()


def _connected(url: str) -> SnowflakeConnection:
    arguments = connection_arguments(url)
    arguments.pop("schema", None)  # it may have to be made first
    with _told():
        return snowflake.connector.connect(**arguments)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except Error as error:
        raise WarehouseUnavailable(
            f"Snowflake does not do what the warehouse needs: {error.msg}. Nothing of this load "
            f"was kept; the log keeps the messages and the next sync tries again."
        ) from error


def _run(connection: SnowflakeConnection, statement: Sql) -> list[tuple[object, ...]]:
    with _told(), closing(connection.cursor()) as cursor:
        cursor.execute(statement)
        return [tuple(row) for row in cursor.fetchall()]


def _staged(
    connection: SnowflakeConnection,
    engine: DuckDBPyConnection,
    folder: Path,
    staged: StagedTable,
    turn: str = "",
) -> Sql:
    """Bring the rows into a table of their own beside the real one; return its name."""
    name = f"STAGED{turn}_{staged.name.upper()}"
    path = folder / f"{name}.parquet"
    beside = ident("LOADER", name)
    columns = (
        compose("{n} AS {u}", n=ident(column), u=_named(column)) for column in staged.columns
    )
    engine.execute(
        compose(
            "COPY (SELECT {columns} FROM ({query})) TO {path} (FORMAT parquet)",
            columns=join(", ", columns),
            query=staged.query,
            path=literal(str(path)),
        )
    )
    try:
        _run(
            connection,
            compose(
                "CREATE OR REPLACE TRANSIENT TABLE {b} ({columns})",
                b=beside,
                columns=_definitions(staged.columns),
            ),
        )
        put = compose(
            "PUT {file} @{stage}/{name} OVERWRITE = TRUE AUTO_COMPRESS = FALSE",
            file=literal(f"file://{path}"),
            stage=_STAGE,
            name=Sql(name),
        )
        _run(connection, put)
        _run(connection, compose(_COPY, table=beside, stage=_STAGE, path=Sql(name)))
    finally:
        path.unlink(missing_ok=True)
    return beside


def _evolve(connection: SnowflakeConnection, schema: str, wanted: Schema, existing: Schema) -> None:
    for table, columns in wanted.items():
        name = _named(schema, table)
        if table not in existing:
            made = _definitions(columns)
            _run(connection, compose("CREATE TABLE IF NOT EXISTS {t} ({c})", t=name, c=made))
            continue
        for column, kind in columns.items():
            add = compose(
                "ALTER TABLE {t} ADD COLUMN IF NOT EXISTS {n} {kind}",
                t=name,
                n=_named(column),
                kind=_TYPES[kind],
            )
            _run(connection, add)


def _definitions(columns: Mapping[str, ColumnType]) -> Sql:
    return join(
        ", ", (compose("{n} {t}", n=_named(n), t=_TYPES[kind]) for n, kind in columns.items())
    )


def _named(*names: str) -> Sql:
    return ident(*(name.upper() for name in names))


def _position(connection: SnowflakeConnection, reader: str) -> int:
    query = compose("SELECT POSITION FROM LOADER.POSITIONS WHERE READER = {r}", r=literal(reader))
    found = _run(connection, query)
    return int(str(found[0][0])) if found else 0


def _overtaken(reader: str, position: int) -> AnotherLoader:
    return AnotherLoader(
        f"Another loader has moved '{reader}' on from {position}; nothing was loaded here."
    )


_OWN_TABLES = {family.table for family in families} | {users_table, discards_table}


def _planned(name: str, lower: Mapping[str, object] | set[str]) -> str:
    """Return the name as plans have it: our own in lower case, those from events in upper."""
    return name.lower() if name.lower() in lower else name


def _standard(table: str) -> Mapping[str, ColumnType]:
    if table == users_table:
        return common_columns
    if table == discards_table:
        return discard_columns
    family = next((each for each in families if each.table == table), event_family)
    return standard_columns(family)


def _text(value: object) -> str | float | None:
    return value if isinstance(value, str | int | float) or value is None else str(value)
