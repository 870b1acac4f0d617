"""Empty warehouses: what a message becomes must not depend on where it goes."""

import socket
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from uuid import uuid4

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


@pytest.fixture(scope="session")
def fake_server() -> Callable[..., AbstractContextManager[object]]:
    return _starts_a_fake()


@cache
def _starts_a_fake() -> Callable[..., AbstractContextManager[object]]:
    """Import it once for all folders: its first start hides it behind a module of its name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its imports warn
        from fakesnow import server  # noqa: PLC0415 - takes seconds

    return server


@pytest.fixture
def empty_snowflake(
    fake_server: Callable[..., AbstractContextManager[object]],
) -> Iterator[str]:
    """The address of a fake that the real connector talks to over HTTP.

    It makes the database when it is connected to, keeps it when it is started again, and hides
    a schema of the name main.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # so do those of its first start
        with fake_server(port=port):
            yield (
                f"snowflake://fake:snow@fakesnow/TEST_{uuid4().hex}?host=127.0.0.1"
                f"&port={port}&protocol=http&network_timeout=20&schema=events"
            )


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
