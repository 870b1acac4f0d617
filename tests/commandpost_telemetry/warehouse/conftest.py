"""Empty warehouses: what a message becomes must not depend on where it goes."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from commandpost_telemetry.warehouse.destinations.destination import Destination
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination
from commandpost_telemetry.warehouse.destinations.postgres.destination import PostgresDestination
from tests.commandpost_telemetry.warehouse.fake_snowflake import Snowflake, a_snowflake, quiet
from tests.commandpost_telemetry.warehouse.lending import USER, Admin, an_admin
from tools.postgres import a_postgres


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with a_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def fake_snowflake() -> Iterator[Snowflake]:
    with a_snowflake() as server:
        yield server


@pytest.fixture
def snowflake(fake_snowflake: Snowflake) -> Iterator[Snowflake]:
    with quiet():
        yield fake_snowflake


@pytest.fixture
def empty_snowflake(snowflake: Snowflake) -> str:
    """The address of a database that is made when it is connected to.

    The fake hides a schema of the name main.
    """
    return snowflake.new_address()


@pytest.fixture
def in_memory() -> Iterator[DuckDBDestination]:
    destination = DuckDBDestination(None)
    yield destination
    destination.close()


@pytest.fixture
def empty_postgres(postgres_url: str) -> str:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS main, my_app, loader, insights CASCADE")
    return postgres_url


@pytest.fixture
def admin(empty_postgres: str) -> Iterator[Admin]:
    with an_admin(empty_postgres) as run:
        yield run


@pytest.fixture
def lent_url(empty_postgres: str, admin: Admin) -> str:
    del admin  # it has made the role
    return make_conninfo(empty_postgres, user=USER, password="x")


@pytest.fixture
def lent(lent_url: str, tmp_path: Path) -> Iterator[PostgresDestination]:
    """A warehouse that the loader may use as long as the administrator lets it."""
    destination = PostgresDestination(lent_url, tmp_path)
    yield destination
    destination.close()


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
