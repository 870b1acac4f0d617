"""What the PostgreSQL warehouse says to its server: connections, failures, tables and columns."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import psycopg
from duckdb import DuckDBPyConnection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from commandpost_telemetry.warehouse.destination import Schema, StagedTable
from commandpost_telemetry.warehouse.errors import (
    LoadRefused,
    StatementRefused,
    WarehouseUnavailable,
)
from commandpost_telemetry.warehouse.sql import Sql, compose, ident, join
from commandpost_telemetry.warehouse.tables import families, identifies_table, users_table
from commandpost_telemetry.warehouse.types import ColumnType

SCHEMA = "main"
_TYPES = {
    ColumnType.INT: Sql("BIGINT"),
    ColumnType.FLOAT: Sql("DOUBLE PRECISION"),
    ColumnType.BOOLEAN: Sql("BOOLEAN"),
    ColumnType.STRING: Sql("TEXT"),
    ColumnType.DATETIME: Sql("TIMESTAMPTZ"),
    ColumnType.JSON: Sql("JSONB"),
}


# in JSON it is an escape, which is told from a backslash before the same letters
_WITHOUT_NUL = {
    ColumnType.STRING: "replace({n}, chr(0), '') AS {n}",
    ColumnType.JSON: r"replace(replace(replace({n}::VARCHAR, '\\', chr(1)), '\u0000', ''),"
    r" chr(1), '\\') AS {n}",
}

# how long a server may keep silent, in seconds; the address may say otherwise
_PATIENCE = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
_LOCK_TIMEOUT = """
SELECT set_config('lock_timeout', '60s', false) WHERE current_setting('lock_timeout') = '0'
"""
# what one table refuses: who may, what is there, and who holds it
_REFUSALS = (
    psycopg.ProgrammingError,
    psycopg.errors.LockNotAvailable,
    psycopg.errors.QueryCanceled,
)


def connected(url: str) -> "psycopg.Connection":
    with failures_told():
        said = conninfo_to_dict(url)
        unsaid = {name: value for name, value in _PATIENCE.items() if name not in said}
        connection = psycopg.connect(make_conninfo(url, **unsaid), autocommit=True)
        connection.execute("SET TIME ZONE 'UTC'")
        connection.execute(_LOCK_TIMEOUT)
        connection.execute("SET search_path TO main, public")
        return connection


@contextmanager
def failures_told() -> Iterator[None]:
    try:
        yield
    except (psycopg.DataError, psycopg.IntegrityError) as error:
        raise LoadRefused(f"The load was refused: {error}. It was undone as a whole.") from error
    except psycopg.Error as error:
        is_refusal = isinstance(error, _REFUSALS)
        raise (StatementRefused if is_refusal else WarehouseUnavailable)(
            f"PostgreSQL does not do what the warehouse needs: {str(error).strip()}. Nothing of "
            f"this load was kept; the log keeps the messages and the next sync tries again."
        ) from error


def sent(statement: str) -> bytes:
    """Return the statement for psycopg, which takes bytes where it cannot see a literal."""
    return statement.encode()


def stored_position(connection: "psycopg.Connection", reader: str) -> int:
    query = "SELECT position FROM loader.positions WHERE reader = %s"
    found = connection.execute(query, (reader,)).fetchone()
    return int(found[0]) if found else 0


def texts_in(engine: DuckDBPyConnection, query: Sql) -> list[str]:
    return [str(each).replace("\0", "") for (each,) in engine.execute(query).fetchall()]


def texts_of(staged: StagedTable) -> list[str]:
    texts = {ColumnType.STRING, ColumnType.JSON}
    return [name for name, kind in staged.columns.items() if kind in texts]


def without_nul(staged: StagedTable) -> Sql:
    """Return the rows in the order of the columns, without the one character text can't hold."""
    columns = (
        compose(_WITHOUT_NUL.get(kind, "{n}"), n=ident(name))
        for name, kind in staged.columns.items()
    )
    return compose("SELECT {c} FROM ({q})", c=join(", ", columns), q=staged.query)


def without_nuls(row: Sequence[object]) -> list[object]:
    return [value.replace("\0", "") if isinstance(value, str) else value for value in row]


def evolve(connection: "psycopg.Connection", schema: str, wanted: Schema) -> None:
    for table, columns in wanted.items():
        name = ident(schema, table)
        connection.execute(sent(compose("CREATE TABLE IF NOT EXISTS {t} ()", t=name)))
        if columns:
            added = join(", ", _additions(columns))
            connection.execute(sent(compose("ALTER TABLE {t} {added}", t=name, added=added)))
        for key in _keys.get(table, ()):
            index = compose(
                "CREATE INDEX IF NOT EXISTS {i} ON {t} USING hash ({k})",
                i=ident(f"{table}_{key}"),
                t=name,
                k=ident(key),
            )
            connection.execute(sent(index))


def _additions(columns: Mapping[str, ColumnType]) -> Iterator[Sql]:
    for name, kind in columns.items():
        yield compose("ADD COLUMN IF NOT EXISTS {n} {t}", n=ident(name), t=_TYPES[kind])


# what repeats are looked up by
_keys = {
    **{family.table: ("id",) for family in families},
    identifies_table: ("id", "user_id"),
    users_table: ("id",),
}
