"""A page that somebody waits for holds up neither the collector nor the sync, nor they a page."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from starlette.testclient import TestClient

from commandpost_telemetry.insights.source import Answer, DuckDBSource, Parameter
from commandpost_telemetry.insights.web import create_insights
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination
from commandpost_telemetry.warehouse.syncing.sync import Sync
from tests.commandpost_telemetry.collector.given import TRACK, a_plane
from tests.commandpost_telemetry.insights.given import a_month
from tests.commandpost_telemetry.insights.test_web import BASE, NOVEMBER, ShellFor, client_of

PATIENCE = 30.0  # seconds, before a test gives up


@dataclass
class Slow:
    """A warehouse that stops in the middle of a question, its transaction open."""

    source: DuckDBSource
    waits: bool = False
    asked: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)
    dialect: str = "duckdb"
    events_schema: str = "main"

    def ask(self, sql: str, parameters: Mapping[str, Parameter] | None = None) -> Answer:
        if self.waits and not self.asked.is_set():
            with self.source.cursor() as cursor:
                cursor.execute("BEGIN")
                cursor.execute("SELECT COUNT(*) FROM tracks, create_incident")
                self.asked.set()
                assert self.go.wait(PATIENCE)
                cursor.execute("COMMIT")
        return self.source.ask(sql, parameters)

    def change(self, statements: Sequence[str]) -> None:
        self.source.change(statements)


def test_who_waits_for_a_page_holds_up_neither_the_collector_nor_the_sync(
    warehouse: DuckDBDestination, tmp_path: Path, at_noon: datetime
) -> None:
    del at_noon
    a_month().into(warehouse.cursor())
    slow = Slow(DuckDBSource(warehouse.cursor))
    client = client_of(create_insights(slow, ShellFor()))
    client.get(f"{BASE}/metrics/totals{NOVEMBER}")
    slow.waits = True
    statuses: list[int] = []
    reader = threading.Thread(target=_read, args=(client, statuses))

    with a_plane(tmp_path) as plane:
        sync = Sync(plane.parts.log, warehouse, tmp_path / "tmp")
        reader.start()
        assert slow.asked.wait(PATIENCE)
        received = plane.post("/v1/track", TRACK).status
        loaded = sync.run().loaded
        is_waiting = reader.is_alive()
        slow.go.set()
        reader.join(PATIENCE)

    assert (received, loaded, is_waiting, statuses) == (200, 1, True, [200])


def _read(client: TestClient, statuses: list[int]) -> None:
    statuses.append(client.get(f"{BASE}/incidents{NOVEMBER}").status_code)


def test_a_load_that_is_under_way_holds_up_no_page(
    warehouse: DuckDBDestination, at_noon: datetime
) -> None:
    del at_noon
    a_month().into(warehouse.cursor())
    client = client_of(create_insights(DuckDBSource(warehouse.cursor), ShellFor()))
    client.get(f"{BASE}/")
    loading = warehouse.cursor()
    loading.execute("BEGIN")
    loading.execute("DELETE FROM create_incident")
    loading.execute("INSERT INTO tracks (id) VALUES ('new')")

    answer = client.get(f"{BASE}/incidents{NOVEMBER}")

    loading.execute("ROLLBACK")
    assert answer.status_code == 200
    assert "Started 1" in answer.text
