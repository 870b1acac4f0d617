"""A warehouse in memory for tests that ask what rows a message becomes."""

from collections.abc import Iterator

import pytest

from commandpost_telemetry.warehouse.duckdb import DuckDBDestination


@pytest.fixture
def warehouse() -> Iterator[DuckDBDestination]:
    destination = DuckDBDestination(None)
    yield destination
    destination.close()
