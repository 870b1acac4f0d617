"""Warehouses in memory, read through cursors as in the product; the clock stands at noon."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from commandpost_telemetry.insights.source import DuckDBSource
from commandpost_telemetry.insights.upkeep import Upkeep
from commandpost_telemetry.kit.clock import clock
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination
from tests.commandpost_telemetry.insights import given


@pytest.fixture
def warehouse() -> Iterator[DuckDBDestination]:
    """An empty warehouse of the test's own."""
    destination = DuckDBDestination(None, threads=1)
    yield destination
    destination.close()


@pytest.fixture
def source(warehouse: DuckDBDestination, at_noon: datetime) -> DuckDBSource:
    del at_noon
    return DuckDBSource(warehouse.cursor)


@pytest.fixture(scope="session")
def november() -> Iterator[DuckDBSource]:
    """The month of `given.a_month`, loaded, with its models; tests only read it."""
    destination = DuckDBDestination(None, threads=1)
    given.a_month().into(destination.cursor())
    source = DuckDBSource(destination.cursor)
    clock.set(given.utc("2026-11-24 12:00"))
    Upkeep(source).refresh()
    clock.reset()
    yield source
    destination.close()
