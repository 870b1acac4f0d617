"""With small counts suppressed no door of the product tells one: page, CSV, Parquet or REST."""

import re
from collections.abc import Iterator
from contextlib import ExitStack

import duckdb
import pytest

from commandpost.serve.parts import Parts, open_parts
from commandpost.serve.run import compose
from commandpost.settings import Settings
from commandpost_telemetry.kit.clock import clock
from commandpost_telemetry.settings import Settings as PipelineSettings
from tests.commandpost.accounts.browser import Browser
from tests.commandpost.serve.test_hosted import a_browser
from tests.commandpost_telemetry.insights.given import Events, utc

BASE = "/backstage/insights"
NOVEMBER = "?from=2026-11-01&to=2026-11-24&by=month"
# servers of each version; 3 must not be told, nor be what is left of the total
VERSIONS = {"0.3.0": 17, "0.4.0": 11, "0.5.0": 3}


def events() -> Events:
    """One event of each server, on one day."""
    made = Events()
    for version, count in VERSIONS.items():
        for number in range(count):
            made.start("2026-11-02 09:00", f"i{version}{number}", server=f"{version}-{number}")
            made.rows[-1][1]["plugin_version"] = version
    return made


@pytest.fixture(scope="module", params=[0, 5], ids=["shown", "suppressed"])
def reader(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Browser, Parts]]:
    """An administrator, where counts under 5 are shown and where they are not."""
    folder = tmp_path_factory.mktemp("data")
    clock.set(utc("2026-11-24 12:00"))
    pipeline = PipelineSettings.model_validate(
        {"data_dir": folder, "suppress_below": request.param}
    )
    with ExitStack() as stack:
        stack.callback(clock.reset)
        settings = Settings(data_dir=folder, site_url="http://testserver", do_not_track="")
        parts = open_parts(settings, pipeline, stack)
        events().into(parts.warehouse.destination.cursor())  # type: ignore[union-attr]  # of DuckDB
        front = compose(parts, said=lambda: None)
        yield a_browser(parts, front, "ada", is_admin=True), parts


def is_on(parts: Parts) -> bool:
    return parts.pipeline.suppress_below > 0


def test_each_form_of_a_metric(reader: tuple[Browser, Parts]) -> None:
    browser, parts = reader
    csv, json, parquet = (
        browser.get(f"{BASE}/metrics/versions_in_use.{kind}{NOVEMBER}")
        for kind in ("csv", "json", "parquet")
    )

    counts = {row["version"]: row["servers"] for row in json.json()["items"]}
    with duckdb.connect() as engine:
        path = parts.settings.data_dir / "taken.parquet"
        path.write_bytes(parquet.content)
        query = "SELECT version, servers FROM read_parquet(?)"
        read = dict(engine.execute(query, [str(path)]).fetchall())
    wanted = {**VERSIONS, "0.4.0": None, "0.5.0": None} if is_on(parts) else VERSIONS
    assert (counts, read) == (wanted, wanted)
    assert ("0.5.0,3," in csv.text, "0.4.0,11," in csv.text) == (not is_on(parts),) * 2


@pytest.mark.parametrize("page", ["/", "/servers", "/metrics/versions_in_use"])
def test_pages_say_it_nowhere(reader: tuple[Browser, Parts], page: str) -> None:
    browser, parts = reader

    html = browser.get(f"{BASE}{page}{NOVEMBER}").text

    told = re.findall(r"0\.5\.0[^<]{0,30}?: (?:Servers )?3\b|<td[^>]*>\s*3\s*</td>", html)
    assert bool(told) is not is_on(parts)
    assert ("Counts of fewer than 5 servers are not shown" in html) is is_on(parts)


def test_a_count_that_a_filter_makes_small_is_hidden_too(reader: tuple[Browser, Parts]) -> None:
    browser, parts = reader

    answers = [
        browser.get(f"{BASE}/metrics/{name}.json{NOVEMBER}&version=0.5.0").json()["items"]
        for name in ("totals", "active_servers", "new_and_lost_servers", "playbook_adoption")
    ]

    told = [row.get("servers", row.get("new_servers")) for [row] in answers]
    assert told == ([None] * 4 if is_on(parts) else [3] * 4)


@pytest.mark.parametrize(
    "path",
    [
        "/servers/0.5.0-1",
        "/models/servers.csv",
        "/models/server_versions.parquet",
        "/models/incidents.json",
        "/tables/versions.csv?server=0.5.0-1",
        "/?server=0.5.0-1",
        "/metrics/totals.json?server=0.5.0-1",
    ],
)
def test_single_servers_and_whole_models_are_withheld(
    reader: tuple[Browser, Parts], path: str
) -> None:
    browser, parts = reader

    answer = browser.get(f"{BASE}{path}")

    assert answer.status_code == (403 if is_on(parts) else 200)
    assert ("so neither are single servers nor whole models" in answer.text) is is_on(parts)


def test_no_list_names_the_few(reader: tuple[Browser, Parts]) -> None:
    browser, parts = reader

    servers = browser.get(f"{BASE}/servers{NOVEMBER}&version=0.5.0").text
    metrics = browser.get(f"{BASE}/metrics").text

    assert ("0.5.0-1" in servers) is not is_on(parts)
    assert ("3 servers" in servers) is not is_on(parts)
    assert ("/models/" in metrics) is not is_on(parts)
