"""Empty warehouses: what a message becomes must not depend on where it goes."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from commandpost_telemetry.warehouse.destination import Destination
from commandpost_telemetry.warehouse.duckdb import DuckDBDestination
from commandpost_telemetry.warehouse.postgres import PostgresDestination
from tools.postgres import a_postgres


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with a_postgres() as url:
        yield url


@pytest.fixture
def in_memory() -> Iterator[DuckDBDestination]:
    destination = DuckDBDestination(None)
    yield destination
    destination.close()


@pytest.fixture
def empty_postgres(postgres_url: str) -> str:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS main, loader, insights CASCADE")
    return postgres_url


@pytest.fixture(params=["duckdb", "postgres"])
def warehouse(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Destination]:
    if request.param == "duckdb":
        yield request.getfixturevalue("in_memory")
        return
    destination = PostgresDestination(
        request.getfixturevalue("empty_postgres"), tmp_path / "copies"
    )
    yield destination
    destination.close()
