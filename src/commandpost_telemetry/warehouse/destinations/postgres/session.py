"""What the PostgreSQL warehouse says to its server: connections, failures, tables and columns."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import TypeVar, cast

import psycopg
from duckdb import DuckDBPyConnection
from psycopg.abc import PQGen
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from typing_extensions import override

from commandpost_telemetry.kit.patience import patience_beside
from commandpost_telemetry.warehouse.destinations.destination import Schema, StagedTable
from commandpost_telemetry.warehouse.destinations.errors import (
    LoadRefused,
    StatementRefused,
    WarehouseUnavailable,
)
from commandpost_telemetry.warehouse.schema.sql import Sql, compose, ident, join
from commandpost_telemetry.warehouse.schema.tables import families, identifies_table, users_table
from commandpost_telemetry.warehouse.schema.types import ColumnType

T = TypeVar("T")
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

_UNSET = """
SELECT set_config(name, value, false) FROM (VALUES ('lock_timeout', '60s'),
    ('statement_timeout', '30min'), ('idle_in_transaction_session_timeout', '10min')
) AS wanted (name, value) WHERE current_setting(name) = '0'
"""
_SESSION = ("SET TIME ZONE 'UTC'", _UNSET, "SET search_path TO main, public")
_LONGEST = "SELECT EXTRACT(EPOCH FROM current_setting('statement_timeout')::INTERVAL)::FLOAT"
_GRACE = 30.0  # seconds in which a statement that took too long is told to us
# what one table refuses: who may, what is there, and who holds it
_REFUSALS = (
    psycopg.ProgrammingError,
    psycopg.errors.LockNotAvailable,
    psycopg.errors.QueryCanceled,
)


class Connection(psycopg.Connection):
    """A connection that is given up when its server says nothing more in a statement."""

    patience = 10.0  # seconds

    @override
    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        began = monotonic()
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except psycopg.OperationalError as error:
            if timeout is not None or monotonic() - began < self.patience:
                raise
            self.close()
            said = f"it says nothing for {self.patience:g} s"
            raise psycopg.OperationalError(said) from error


def patient(url: str) -> str:
    """Return the address with how long to wait for a silent server, where it does not say so."""
    return make_conninfo(url, **patience_beside(conninfo_to_dict(url)))


def connected(url: str) -> Connection:
    with failures_told():
        connection = Connection.connect(patient(url), autocommit=True)
        try:
            for statement in _SESSION:
                connection.execute(statement)
            longest = cast("float", connection.execute(_LONGEST).fetchall()[0][0])
        except BaseException:
            connection.close()
            raise
        connection.patience = longest + min(longest, _GRACE)
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
