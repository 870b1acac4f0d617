"""The three warehouses, each as it is when it was just made."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from commandpost_telemetry.warehouse.destinations import bookkeeping
from commandpost_telemetry.warehouse.destinations.destination import Destination
from commandpost_telemetry.warehouse.destinations.postgres.destination import PostgresDestination
from commandpost_telemetry.warehouse.destinations.snowflake.destination import SnowflakeDestination
from commandpost_telemetry.warehouse.destinations.snowflake.session import connected, evolve, run
from commandpost_telemetry.warehouse.schema.sql import compose, ident
from commandpost_telemetry.warehouse.schema.tables import declared_tables
from tests.commandpost_telemetry.warehouse.fake_snowflake import Snowflake, quiet

_ACCOUNTS = re.findall(r"TABLE IF NOT EXISTS loader\.(\w+)", bookkeeping.tables)


@pytest.fixture(scope="session")
def snowflake_address(fake_snowflake: Snowflake) -> str:
    """Of the one database of all these tests."""
    return fake_snowflake.new_address()


@pytest.fixture(scope="session")
def opened_snowflake(
    snowflake_address: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SnowflakeDestination]:
    """Opened once: that takes a hundred statements."""
    with quiet():
        destination = SnowflakeDestination(snowflake_address, tmp_path_factory.mktemp("copies"))
    yield destination
    destination.close()


@pytest.fixture
def on_snowflake(
    snowflake: Snowflake, snowflake_address: str, opened_snowflake: SnowflakeDestination
) -> Iterator[SnowflakeDestination]:
    del snowflake  # it runs
    yield opened_snowflake
    empty(opened_snowflake, snowflake_address)


@pytest.fixture
def on_postgres(empty_postgres: str, tmp_path: Path) -> Iterator[PostgresDestination]:
    destination = PostgresDestination(empty_postgres, tmp_path / "copies")
    yield destination
    destination.close()


@pytest.fixture(params=["in_memory", "on_postgres", "on_snowflake"])
def warehouse(request: pytest.FixtureRequest) -> Destination:
    found: Destination = request.getfixturevalue(request.param)
    return found


def empty(destination: SnowflakeDestination, address: str) -> None:
    """Take away what a test has left, and no more: each statement takes its time."""
    declared = declared_tables(destination.naming)
    schema = destination.schema()
    altered = {table for table, columns in declared.items() if schema.get(table) != columns}
    loaded = destination.query("SELECT table_name FROM loader.load_tables").rows
    filled = declared.keys() & {table for (table,) in loaded} - altered
    with closing(connected(address)) as connection:
        for table in schema.keys() - (declared.keys() - altered):
            run(connection, compose("DROP TABLE {t}", t=destination.qualified(table)))
        for table in altered:
            evolve(connection, "EVENTS", {table: declared[table]}, {})
        for name in (
            *map(destination.qualified, sorted(filled)),
            *(ident("LOADER", each.upper()) for each in _ACCOUNTS),
        ):
            run(connection, compose("DELETE FROM {t}", t=name))
