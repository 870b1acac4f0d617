"""Every page of Insights is said in the reader's language; files and commands are in English."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient

from commandpost_telemetry.insights.freshness import Freshness, HeldTables
from commandpost_telemetry.insights.metrics.catalogue import all_metrics
from commandpost_telemetry.insights.own_shell import OwnShell
from commandpost_telemetry.insights.quality import run_checks
from commandpost_telemetry.insights.questions import ask_metric
from commandpost_telemetry.insights.render import environment
from commandpost_telemetry.insights.scope import read_scope
from commandpost_telemetry.insights.source import DuckDBSource
from commandpost_telemetry.insights.summary import Summary
from commandpost_telemetry.insights.web import create_insights
from commandpost_telemetry.insights.weekly import DeliveryFailed
from commandpost_telemetry.kit import words
from commandpost_telemetry.kit.shell import Viewer
from commandpost_telemetry.kit.words import gettext, speaking
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination
from commandpost_telemetry.warehouse.syncing.sync import Sync
from tests.commandpost.languages.outside import Bracketed, bare_in, words_outside
from tests.commandpost_telemetry.insights.given import a_month, utc
from tests.commandpost_telemetry.insights.test_web import (
    BASE,
    NOVEMBER,
    PAGES,
    Breakable,
    client_of,
    text,
)
from tests.commandpost_telemetry.warehouse import given as loads

MADE_UP = "qqq"
NOON = utc("2026-11-24 12:00")
# Names of events, tables, lists and models, of programs and formats; what senders sent.
DATA = re.compile(
    r"\b(CSV|JSON|Parquet|SQL|Copied|insights|\w+ChecklistItem|\w+Incident|\w+Playbook|sign_up"
    r"|something_done|MiB|mobile-app)\b"
)
QUESTIONS = (
    "?from=2026-11-01&to=2026-11-24&by=week&version=0.4.0&licence=unlicensed&server=s1",
    "?from=2026-09-01&to=2026-11-24&by=month",
    "?from=2020-01-01&to=2020-02-01",
)
REFUSALS = (
    "/?colour=1", "/?from=2026-12-01&to=2026-11-01", "/?from=1900-01-01", "/?by=minute",
    "/?from=2020-01-01&by=day", "/?from=1", "/?version=%00", "/servers?page=0", "/servers/8",
    "/metrics/8", "/metrics/8.csv", "/models/8.csv", "/metrics/retention.8", "/tables/8.csv",
    "/syncs/8.csv",
)  # fmt: skip


@dataclass
class Speaks:
    """A shell whose reader reads one language."""

    language: str
    own: OwnShell = field(default_factory=OwnShell)

    def __post_init__(self) -> None:
        self.page = self.own.page

    def viewer(self, _request: object) -> Viewer:
        return Viewer("ann", is_administrator=True, language=self.language)


class Fails:
    """A way that does not get through."""

    name = "nowhere"

    @property
    def label(self) -> str:
        return words.gettext("n")

    def deliver(self, told: Summary) -> str:
        del told
        raise DeliveryFailed("451")


@pytest.fixture
def sync(warehouse: DuckDBDestination, tmp_path: Path, at_noon: datetime) -> Sync:
    """November, with a load that held a table up and something in every list."""
    del at_noon
    warehouse.query("CREATE TABLE sign_up (id VARCHAR, plan UUID)")
    november = a_month()
    november.loads.clear()  # the sync below keeps its own account
    november.into(warehouse.cursor())
    messages = [
        loads.a_message(messageId="m1", properties={"size": 1, "id": "x"}),
        loads.a_message(messageId="m2", properties={"size": "huge"}),
        loads.a_message("merge", messageId="m3"),
        loads.a_message(messageId="m4", event="Sign Up", properties={"plan": "free"}),
    ]
    sync = Sync(loads.MemoryLog(messages), warehouse, tmp_path)
    sync.run()
    return sync


@pytest.fixture
def walked(
    warehouse: DuckDBDestination, sync: Sync, at_noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, httpx2.Response]]:
    """Every page, question and refusal, read by somebody who reads a made-up language."""
    environment.cache_clear()  # so that it holds what this walk renders
    monkeypatch.setitem(words.CATALOGUES, MADE_UP, Bracketed())
    known = Freshness(at_noon, at_noon, error="451")
    breakable = Breakable(DuckDBSource(warehouse.cursor))
    shown, suppressed = (
        create_insights(
            DuckDBSource(breakable.cursor),
            Speaks(MADE_UP),
            freshness=lambda: known,
            sync_now=lambda: "",
            held=HeldTables(retry=sync.retry, skip=sync.skip),
            suppress_below=below,
            ways=[Fails()],
        )
        for below in (0, 5)
    )
    shown.state.send_summary()
    run_checks(DuckDBSource(warehouse.cursor), 0.0)
    with client_of(shown) as client, client_of(suppressed) as few:
        found = dict(_walk(client))
        for path in (f"/{NOVEMBER}", f"/servers{NOVEMBER}", "/metrics", "/servers/s1", "/summary"):
            found[f"few {path}"] = few.get(BASE + path)
        breakable.is_down = True
        for path in (f"/{NOVEMBER}", "/use?from=2026-11-02"):
            found[f"down {path}"] = client.get(BASE + path)
    yield found
    environment.cache_clear()


def _walk(client: TestClient) -> Iterator[tuple[str, httpx2.Response]]:
    metrics = [f"metrics/{metric.name}" for metric in all_metrics()]
    for page in [*PAGES, *metrics, "syncs", "servers?q=nobody"]:
        yield page, client.get(f"{BASE}/{page}")
    for page in ("", "incidents", "use", "servers", "quality", "servers/s1"):
        for question in (NOVEMBER, *QUESTIONS):
            yield page + question, client.get(f"{BASE}/{page}{question}")
    for path in REFUSALS:
        yield path, client.get(BASE + path)
    yield "sign_up burnt", client.post(f"{BASE}/syncs/sign_up/burn")


def test_nothing_bypasses_the_catalogue(walked: dict[str, httpx2.Response]) -> None:
    bare = {
        step: left
        for step, answer in walked.items()
        if (
            left := {
                each for each in words_outside(answer.text) if words_outside(DATA.sub("", each))
            }
        )
    }

    assert bare == {}


def test_the_walk_meets_every_template_and_no_fault(walked: dict[str, httpx2.Response]) -> None:
    wanted = set(environment().list_templates(extensions=["html"]))
    kept = environment().cache
    assert kept is not None

    missed = wanted - {name for _loader, name in kept}

    assert missed == {"insights/own_shell.html", "insights/empty.html"}  # of the shell; below
    assert {answer.status_code for answer in walked.values()} == {200, 403, 404, 422, 503}


def test_no_template_holds_a_bare_text() -> None:
    loader = environment().loader
    assert loader is not None
    bare = {
        name: left
        for name in environment().list_templates(extensions=["html"])
        if (left := bare_in(loader.get_source(environment(), name)[0], DATA))
    }

    assert bare == {}


@pytest.mark.parametrize(
    "known",
    [Freshness(), Freshness(NOON, NOON, error="1"), Freshness(next_sync_at=NOON)],
)
def test_an_empty_warehouse_says_what_to_do_in_the_reader_s_language(
    warehouse: DuckDBDestination, known: Freshness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(words.CATALOGUES, MADE_UP, Bracketed())
    source, shell = DuckDBSource(warehouse.cursor), Speaks(MADE_UP)
    with client_of(create_insights(source, shell, freshness=lambda: known)) as client:
        page = client.get(f"{BASE}/").text

    assert words_outside(page) == set()


@pytest.fixture
def german(november: DuckDBSource, at_noon: datetime) -> Iterator[TestClient]:
    """Somebody whose browser asks for German, where the pages stand alone."""
    del at_noon
    with client_of(create_insights(november, OwnShell())) as client:
        client.headers["Accept-Language"] = "de-AT,de;q=0.9,en;q=0.8"
        yield client


def test_numbers_days_and_charts_are_german_for_who_reads_german(german: TestClient) -> None:
    html = german.get(f"{BASE}/{NOVEMBER}").text
    said = text(html)

    assert '<html lang="de">' in html
    assert "Incidents begonnen 3 vorher keine" in said
    assert "Median zu wenig Daten n = 2" in said
    assert "Laufend 2 am 24.11.2026" in said
    assert "<title>Mo 2. Nov. 2026: Begonnen 1, Beendet 1</title>" in html
    assert "Nach Tagen, vom 01.11.2026 bis zum 24.11.2026. Begonnen: mindestens 0" in html
    assert "Ab Begonnen Beendet 02.11.2026 1 1" in said


def test_files_are_the_same_in_every_language(german: TestClient) -> None:
    for file in ("metrics/time_to_end_spread.csv", "tables/summary.csv", "tables/checks.csv"):
        in_german = german.get(f"{BASE}/{file}").text
        in_english = german.get(f"{BASE}/{file}", headers={"Accept-Language": "en"}).text

        assert in_german == in_english


def test_what_a_check_found_is_kept_in_english_and_said_in_the_reader_s_language(
    warehouse: DuckDBDestination, at_noon: datetime
) -> None:
    del at_noon
    events = a_month()
    events.rows[0][1]["user_id"] = ""
    events.into(warehouse.cursor())
    with client_of(create_insights(DuckDBSource(warehouse.cursor), OwnShell())) as client:
        page = text(client.get(f"{BASE}/quality", headers={"Accept-Language": "de"}).text)
        kept = client.get(f"{BASE}/tables/checks.csv").text

    assert "1 Ereignissen fehlt die Kennung ihres Servers" in page
    assert "1 events lack the id of their server, incident or playbook" in kept


def test_each_word_in_the_answer_of_a_metric_is_in_the_catalogue(november: DuckDBSource) -> None:
    scope = read_scope({"from": "2026-10-01", "to": "2026-11-24"}, NOON.date())
    unknown = set()
    with speaking("de"):
        for metric in all_metrics():
            answer = ask_metric(november, metric, scope)
            for name in metric.words:
                place = answer.columns.index(name)
                unknown |= {str(row[place]) for row in answer.rows} - _translated(
                    answer.rows, place
                )

    assert unknown == set()


def _translated(rows: object, place: int) -> set[str]:
    assert isinstance(rows, tuple)
    return {str(row[place]) for row in rows if gettext(str(row[place])) != str(row[place])}
