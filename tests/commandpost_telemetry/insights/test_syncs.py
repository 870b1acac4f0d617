"""The page of the loads: what it lists, what may be done about held tables, and by whom."""

import re
from datetime import datetime
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from commandpost_telemetry.insights.freshness import HeldTables
from commandpost_telemetry.insights.source import DuckDBSource
from commandpost_telemetry.insights.web import create_insights
from commandpost_telemetry.kit.control import CommandFailed
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination
from commandpost_telemetry.warehouse.loading.states import list_held
from commandpost_telemetry.warehouse.syncing.sync import Sync
from tests.commandpost_telemetry.insights.test_web import BASE, ShellFor, client_of
from tests.commandpost_telemetry.warehouse import given as loads

SYNCS = f"{BASE}/syncs"


@pytest.fixture
def sync(warehouse: DuckDBDestination, tmp_path: Path, at_noon: datetime) -> Sync:
    """A load with a row of each list, and a table that is held."""
    del at_noon
    warehouse.query("CREATE TABLE sign_up (id VARCHAR, plan UUID)")
    log = loads.MemoryLog(
        [
            loads.a_message(messageId="m1", properties={"size": 1, "id": "x"}),
            loads.a_message(messageId="m2", properties={"size": "<b>huge</b>"}),
            loads.a_message("merge", messageId="m3"),
            loads.a_message(messageId="m4", event="Sign Up", properties={"plan": "free"}),
        ],
    )
    sync = Sync(log, warehouse, tmp_path)
    sync.run()
    return sync


def a_client(
    warehouse: DuckDBDestination, sync: Sync, *, is_administrator: bool = True
) -> TestClient:
    held = HeldTables(retry=sync.retry, skip=sync.skip)
    shell = ShellFor(is_administrator=is_administrator)
    return client_of(create_insights(DuckDBSource(warehouse.cursor), shell, held=held))


def section(html: str, name: str) -> str:
    [found] = re.findall(rf'<section class="[a-z -]+" id="{name}">.*?</section>', html, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found)).split())


def test_the_page_lists_what_was_loaded_and_what_was_not(
    warehouse: DuckDBDestination, sync: Sync
) -> None:
    html = a_client(warehouse, sync).get(SYNCS).text

    loaded = section(html, "loads")
    assert "exported_data" in loaded
    assert "rudder_discards 1, something_done 2, tracks 3" in loaded
    assert "sign_up 1 exporting_data_failed 1 2026-11-24 12:00 2026-11-24 12:01" in section(
        html, "held"
    )
    assert "something_done size The value does not fit the column, which is int. 1" in section(
        html, "discards"
    )
    assert "&lt;b&gt;huge" in html
    assert html.count('class="in-time"') == 7  # each moment stays on one line
    assert 'Unknown event type: "merge". 1 m3' in section(html, "rejects")
    assert "something_done size int" in section(html, "new_columns")
    assert "something_done properties.id 1" in section(html, "dropped")
    assert "No load has failed." in section(html, "failures")


def test_each_list_is_a_file_too(warehouse: DuckDBDestination, sync: Sync) -> None:
    client = a_client(warehouse, sync)

    found = client.get(f"{SYNCS}/dropped.csv")
    unknown = client.get(f"{SYNCS}/nothing.csv")
    as_json = client.get(f"{SYNCS}/held.json").json()

    assert found.text == "table,property,messages\r\nsomething_done,properties.id,1\r\n"
    assert found.headers["content-disposition"] == 'attachment; filename="dropped.csv"'
    assert as_json["total_count"] == 1
    assert as_json["items"][0] | {"error": "…"} == {
        "table": "sign_up",
        "messages": 1,
        "state": "exporting_data_failed",
        "tries": 1,
        "since": "2026-11-24T12:00:00",
        "next_try": "2026-11-24T12:01:00",
        "error": "…",
    }
    assert client.get(f"{SYNCS}/held.pdf").status_code == 404
    assert (unknown.status_code, unknown.text.startswith("There is no such list")) == (404, True)


def test_an_empty_warehouse_says_so(warehouse: DuckDBDestination, tmp_path: Path) -> None:
    html = a_client(warehouse, Sync(loads.MemoryLog(), warehouse, tmp_path)).get(SYNCS).text

    assert "Nothing has been loaded yet." in section(html, "loads")
    assert "Every table takes its rows." in section(html, "held")


def test_a_held_table_is_retried_or_skipped_by_an_administrator_alone(
    warehouse: DuckDBDestination, sync: Sync
) -> None:
    ann = a_client(warehouse, sync)
    ben = a_client(warehouse, sync, is_administrator=False)

    assert "Retry" not in ben.get(SYNCS).text
    assert ben.post(f"{SYNCS}/sign_up/skip").status_code == 403
    foreign = ann.post(f"{SYNCS}/sign_up/skip", headers={"Origin": "https://elsewhere.example"})
    assert foreign.status_code == 403
    assert ann.post(f"{SYNCS}/sign_up/burn").status_code == 404
    [held] = list_held(warehouse)
    assert held.messages == 1

    assert ann.post(f"{SYNCS}/sign_up/retry").headers["location"] == SYNCS
    [again] = list_held(warehouse)
    assert again.attempts == 2
    assert ann.post(f"{SYNCS}/sign_up/skip").status_code == 303
    assert list_held(warehouse) == []
    assert warehouse.query("SELECT message_id FROM loader.rejects ORDER BY 1").rows == [
        ("m3",),
        ("m4",),
    ]


def test_a_retry_that_finds_no_warehouse_says_why(warehouse: DuckDBDestination) -> None:
    def fail(_table: str) -> None:
        raise CommandFailed("The disk is full; nothing was loaded.")

    held = HeldTables(retry=fail, skip=fail)
    client = client_of(create_insights(DuckDBSource(warehouse.cursor), ShellFor(), held=held))

    answer = client.post(f"{SYNCS}/sign_up/retry")

    assert (answer.status_code, "The disk is full" in answer.text) == (502, True)
