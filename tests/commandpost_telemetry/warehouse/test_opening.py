"""Whether the warehouse is up, as the numbers tell it: what it refuses, it has answered."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from prometheus_client import CollectorRegistry
from typing_extensions import override

from commandpost_telemetry.kit.clock import clock
from commandpost_telemetry.log.entry import Entry
from commandpost_telemetry.settings import Settings
from commandpost_telemetry.warehouse.destinations.errors import WarehouseError, WarehouseUnavailable
from commandpost_telemetry.warehouse.opening import Warehouse
from commandpost_telemetry.warehouse.syncing.metrics import SyncMetrics
from tests.commandpost_telemetry.warehouse import given

_PIECES = "SELECT COUNT(DISTINCT row_group_id) FROM pragma_storage_info('tracks')"


class Deadly(given.MemoryLog):
    """A log that gives one entry at a time and ends the warehouse with the third."""

    def __init__(self, server: psycopg.Connection) -> None:
        super().__init__(*([given.a_message()] for _ in range(3)))
        self._server = server

    @override
    def read(self, *, after: int, max_bytes: int = 64 << 20) -> list[Entry]:
        if after == 2:
            self._server.execute("DROP DATABASE IF EXISTS later WITH (FORCE)")
        return super().read(after=after, max_bytes=1)


@pytest.fixture
def server(empty_postgres: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(empty_postgres, autocommit=True) as server:
        yield server


def opened(log: given.MemoryLog, url: str, folder: Path) -> tuple[Warehouse, CollectorRegistry]:
    settings = Settings(data_dir=folder, warehouse_url=url, namespaces={"app": "My App"})
    return Warehouse(settings, log, SyncMetrics(registry := CollectorRegistry())), registry


def is_up(registry: CollectorRegistry) -> float | None:
    return registry.get_sample_value("telemetry_warehouse_up")


def test_one_that_refuses_every_reader_is_up(empty_postgres: str, tmp_path: Path) -> None:
    warehouse, registry = opened(given.MemoryLog(), empty_postgres, tmp_path)
    with closing(warehouse):
        warehouse.query("ALTER TABLE loader.positions RENAME TO elsewhere")

        with pytest.raises(WarehouseError, match="PostgreSQL does not do") as refused:
            warehouse.run()

    assert (is_up(registry), isinstance(refused.value, WarehouseUnavailable)) == (1, False)


def test_one_that_dies_after_the_first_load_is_not_up(
    server: psycopg.Connection, empty_postgres: str, tmp_path: Path
) -> None:
    server.execute("DROP DATABASE IF EXISTS later WITH (FORCE)")
    server.execute("CREATE DATABASE later")
    later = urlsplit(empty_postgres)._replace(path="/later").geturl()
    warehouse, registry = opened(Deadly(server), later, tmp_path)
    with closing(warehouse):
        before = is_up(registry)
        outcome = warehouse.run()

    assert (before, outcome.loads > 0, is_up(registry)) == (1, True, 0)


def test_tables_are_put_in_order_once_a_day(tmp_path: Path, at_noon: datetime) -> None:
    log = given.MemoryLog()
    warehouse, _ = opened(log, "", tmp_path)

    def pieces_after_a_load() -> object:
        log.append([given.a_message()])
        warehouse.run()
        warehouse.query("CHECKPOINT")
        warehouse.compact()
        return warehouse.query(_PIECES).rows[0][0]

    with closing(warehouse):
        same_day = [pieces_after_a_load() for _ in range(2)]
    warehouse, _ = opened(log, "", tmp_path)  # the day is known to the file
    with closing(warehouse):
        same_day.append(pieces_after_a_load())
        clock.set(at_noon + timedelta(days=1))
        next_day = pieces_after_a_load()

    assert (same_day, next_day) == ([1, 2, 3], 1)
