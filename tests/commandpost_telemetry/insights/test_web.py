"""The pages: what a reader finds, what is refused, and what happens when the warehouse is down."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import duckdb
import pytest
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount
from starlette.testclient import TestClient

from commandpost_telemetry.insights.freshness import Freshness
from commandpost_telemetry.insights.metrics.catalogue import all_metrics
from commandpost_telemetry.insights.own_shell import OwnShell
from commandpost_telemetry.insights.pages import SECTIONS
from commandpost_telemetry.insights.source import Answer, DuckDBSource, Parameter, SourceRefused
from commandpost_telemetry.insights.web import create_insights
from commandpost_telemetry.kit.control import CommandFailed
from commandpost_telemetry.kit.shell import Viewer
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination
from tests.commandpost_telemetry.insights.given import a_month

BASE = "/backstage/insights"
PAGES = [section.path for section in SECTIONS]
PAGES += ["summary", "metrics", "metrics/retention", "servers/s1"]
NOVEMBER = "?from=2026-11-01&to=2026-11-24"


class ShellFor:
    """A shell that lets one kind of reader in."""

    def __init__(self, *, is_administrator: bool = True, answers: Response | None = None) -> None:
        self._viewer = answers or Viewer("ann", is_administrator)
        self.page = OwnShell().page

    def viewer(self, _request: Request) -> Viewer | Response:
        return self._viewer


@dataclass
class Syncs:
    """Counts how often a sync was asked for."""

    count: int = 0

    def __call__(self) -> str:
        self.count += 1
        return "done"


@dataclass
class Breakable:
    """A warehouse whose plug can be pulled."""

    source: DuckDBSource
    is_down: bool = False
    asked: list[str] = field(default_factory=list)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        if self.is_down:
            raise duckdb.IOException("the disk is gone")
        return self.source.cursor()


@dataclass
class Fickle:
    """A warehouse that may refuse what it is asked."""

    source: DuckDBSource
    dialect: str = "duckdb"
    events_schema: str = "main"
    refuses: bool = False

    def ask(self, sql: str, parameters: Mapping[str, Parameter] | None = None) -> Answer:
        if self.refuses:
            raise SourceRefused("permission denied for view servers")
        return self.source.ask(sql, parameters)

    def change(self, statements: Sequence[str]) -> None:
        self.source.change(statements)


def client_of(app: Starlette) -> TestClient:
    return TestClient(Starlette(routes=[Mount(BASE, app)]), follow_redirects=False)


@pytest.fixture
def client(november: DuckDBSource, at_noon: datetime) -> Iterator[TestClient]:
    del at_noon
    with client_of(create_insights(november, ShellFor())) as client:
        yield client


def text(html: str) -> str:
    return " ".join(Markup(html.replace("</time>", "").replace("<", " <")).striptags().split())  # noqa: S704 - only read, never shown


@pytest.mark.parametrize("page", PAGES)
def test_every_page_shows_its_panels_within_the_shell(client: TestClient, page: str) -> None:
    answer = client.get(f"{BASE}/{page}")

    assert answer.status_code == 200
    assert answer.text.startswith("<!DOCTYPE html>")
    assert "style=" not in answer.text
    assert "<script" not in answer.text
    assert f'href="{BASE}/static/insights.css"' in answer.text


def test_the_overview_says_the_numbers_in_words(client: TestClient) -> None:
    said = text(client.get(f"{BASE}/{NOVEMBER}").text)

    assert "Incidents started 3 none before" in said
    assert "Incidents ended 2 none before" in said
    assert "Items checked per incident 1 3 checked" in said
    assert "Time to end, median not enough data n = 2" in said


def test_the_first_page_is_headed_as_what_leads_to_it(client: TestClient) -> None:
    heads = [
        re.findall("<h1[^>]*>(.*?)</h1>", client.get(f"{BASE}/{path}{NOVEMBER}").text)
        for path in ("", "use")
    ]

    assert heads == [["Insights"], ["Product use"]]


def test_a_chart_says_each_value_on_hover_and_in_the_table_behind(client: TestClient) -> None:
    html = client.get(f"{BASE}/{NOVEMBER}").text

    assert "<title>Mon 2 Nov 2026: Started 1, Ended 1</title>" in html
    assert (
        "Table Incidents started and ended From Started Ended 2026-11-02 1 1 2026-11-03 1 0"
        in text(html)
    )
    assert 'role="img"' in html
    assert '<desc id="incidents_started_ended_desc">By day from 2026-11-01' in html


def test_a_release_is_marked_on_the_day_it_was_first_seen(client: TestClient) -> None:
    html = client.get(f"{BASE}/{NOVEMBER}").text

    assert 'class="release-name">0.5.0</text>' in html
    assert 'class="release-name">0.4.0</text>' not in html


@pytest.mark.parametrize("metric", all_metrics(), ids=lambda metric: metric.name)
@pytest.mark.parametrize("kind", ["csv", "parquet", "json"])
def test_every_metric_can_be_taken_away(client: TestClient, metric: object, kind: str) -> None:
    name = getattr(metric, "name", "")

    answer = client.get(f"{BASE}/metrics/{name}.{kind}{NOVEMBER}")

    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="{name}_2026-11-01_2026-11-24.{kind}"'
    )


def test_csv_has_the_numbers_of_the_page(client: TestClient) -> None:
    answer = client.get(f"{BASE}/metrics/incidents_started_ended.csv{NOVEMBER}&by=week")

    assert answer.text == "bucket,started,ended\r\n2026-11-02,2,1\r\n2026-11-09,1,1\r\n"


def test_json_has_the_numbers_with_their_types(client: TestClient) -> None:
    answer = client.get(f"{BASE}/metrics/share_ended.json{NOVEMBER}&by=month")

    assert answer.json() == {
        "items": [{"bucket": "2026-11-01", "started": 3, "ended": 2, "share": 200 / 3}],
        "total_count": 1,
    }


def test_the_last_week_is_told_in_a_few_lines(client: TestClient) -> None:
    said = text(client.get(f"{BASE}/summary").text)

    assert "Incidents in the week of 16 November 2026" in said
    assert "Incidents started 0 1 before, \N{MINUS SIGN}100 %" in said
    assert "Time to end, median not enough data n = 0" in said


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("checks", "checked_at,check_name,verdict,found,sentence"),
        ("summary", "what,last_week,compared"),
        ("sendings", "week,way,state,tries,changed_at,said"),
        ("versions", "version,first_day,last_day,days"),
    ],
)
def test_every_table_of_a_page_can_be_taken_away(client: TestClient, name: str, first: str) -> None:
    page = {"summary": "summary", "versions": "servers/s1"}.get(name, "quality")

    answer = client.get(f"{BASE}/tables/{name}.csv?server=s1")

    assert answer.status_code == 200
    assert answer.text.splitlines()[0] == first
    if name != "sendings":  # which is shown once something was sent
        assert f"{BASE}/tables/{name}.csv" in client.get(f"{BASE}/{page}").text


def test_a_table_that_nobody_lists_is_not_found(client: TestClient) -> None:
    answer = client.get(f"{BASE}/tables/secrets.csv")

    assert answer.status_code == 404
    assert "There is no table “secrets”" in answer.text


def test_versions_of_one_server_are_those_of_its_page(client: TestClient) -> None:
    taken = client.get(f"{BASE}/tables/versions.csv?server=s1").text.splitlines()

    assert taken[1:] == ["0.4.0,2026-11-02,2026-11-02,1", "0.5.0,2026-11-10,2026-11-10,1"]


def test_a_whole_model_can_be_taken_away(client: TestClient) -> None:
    answer = client.get(f"{BASE}/models/server_versions.csv")

    assert sorted(answer.text.splitlines()) == [
        "s1,0.4.0,2026-11-02,2026-11-02,1",
        "s1,0.5.0,2026-11-10,2026-11-10,1",
        "s2,0.4.0,2026-11-03,2026-11-03,1",
        "s3,0.4.0,2026-10-01,2026-10-01,1",
        "server_id,version,first_day,last_day,days",
    ]


@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        ("/?from=2026-12-01&to=2026-11-01", 422, "ends (2026-11-01) before it begins (2026-12-01)"),
        ("/?from=yesterday", 422, "“yesterday” is not a day. Write it as 2026-11-24."),
        ("/?by=minute", 422, "Steps are day, week or month, not “minute”."),
        ("/?from=2020-01-01&by=day", 422, "are too many columns to read"),
        ("/?from=1900-01-01", 422, "longer than twenty years"),
        ("/?colour=red", 422, "There is no filter “colour”"),
        ("/?version=%00", 422, "The filter “version” holds something that cannot be one."),
        ("/metrics/mean", 404, "There is no metric “mean”"),
        ("/metrics/mean.csv", 404, "There is no metric “mean”"),
        ("/metrics/retention.xlsx", 404, "not as “xlsx”"),
        ("/models/secrets.csv", 404, "There is no model “secrets”"),
        ("/servers/nobody", 404, "There is no server of this id"),
        ("/servers?page=0", 422, "There is no page “0”"),
        ("/servers?page=x", 422, "There is no page “x”"),
    ],
)
def test_what_cannot_be_shown_gets_a_sentence(
    client: TestClient, address: str, status: int, sentence: str
) -> None:
    answer = client.get(BASE + address)

    assert answer.status_code == status
    assert sentence in text(answer.text)


def test_a_filter_cannot_carry_sql_or_markup(client: TestClient) -> None:
    answer = client.get(f"{BASE}/", params={"server": "'; DROP TABLE tracks; --<b>"})

    assert answer.status_code == 200
    assert "<b>" not in answer.text.split("in-narrowed")[1]


def test_a_page_on_paper_says_its_range_which_the_filters_say_on_a_screen(
    client: TestClient,
) -> None:
    html = client.get(f"{BASE}/incidents{NOVEMBER}").text

    [said] = re.findall(r'<p class="in-printed">(.*?)</p>', html)
    assert (said[:10], said[-16:]) == ("2026-11-01", "2026-11-24 (day)")


def test_the_list_of_servers_can_be_searched_and_leads_to_one(client: TestClient) -> None:
    html = client.get(f"{BASE}/servers?q=S2").text
    nobody = text(client.get(f"{BASE}/servers?q=nobody").text)

    assert f'href="{BASE}/servers/s2"' in html
    assert f'href="{BASE}/servers/s1"' not in html
    assert "No server matches." in nobody


def test_one_server_shows_what_it_ran(client: TestClient) -> None:
    said = text(client.get(f"{BASE}/servers/s1{NOVEMBER}").text)

    assert "Version 0.5.0 Runs on 5.28.0 First seen 2026-11-02 Last seen 2026-11-10" in said
    assert "0.4.0 2026-11-02 2026-11-02 1 0.5.0 2026-11-10 2026-11-10 1" in said


def test_the_page_of_a_metric_shows_sql_that_can_be_run(client: TestClient) -> None:
    html = client.get(f"{BASE}/metrics/time_to_end{NOVEMBER}").text

    assert "FROM insights.incidents" in html
    assert "2026-11-25 00:00:00" in html
    assert "not enough data" in html


def test_small_counts_of_servers_are_left_out_where_that_is_asked_for(
    november: DuckDBSource, at_noon: datetime
) -> None:
    del at_noon
    client = client_of(create_insights(november, ShellFor(), suppress_below=5))

    overview = text(client.get(f"{BASE}/{NOVEMBER}").text)
    table = client.get(f"{BASE}/metrics/versions_in_use.csv{NOVEMBER}").text

    assert "Servers under 5" in overview
    assert "Counts of fewer than 5 servers are not shown." in overview
    assert table == "version,servers,share\r\n0.4.0,,\r\n0.5.0,,\r\n"


def test_without_data_the_page_says_when_there_will_be_some(
    at_noon: datetime,
) -> None:
    connection = duckdb.connect()
    due = Freshness(next_sync_at=at_noon + timedelta(minutes=30), error="the disk is full")
    syncs = Syncs()
    app = create_insights(
        DuckDBSource(connection.cursor), ShellFor(), freshness=lambda: due, sync_now=syncs
    )
    client = client_of(app)

    for page in PAGES:
        if page != "metrics":
            said = text(client.get(f"{BASE}/{page}").text)
            assert "No data yet The first sync runs at 2026-11-24 12:30 UTC. Run it now" in said
    assert client.get(f"{BASE}/metrics/retention.csv").status_code == 404
    connection.close()


def test_the_last_line_says_how_fresh_the_numbers_are(
    november: DuckDBSource, at_noon: datetime
) -> None:
    known = Freshness(
        last_sync_at=at_noon - timedelta(minutes=12),
        next_sync_at=at_noon + timedelta(minutes=18),
    )
    client = client_of(create_insights(november, ShellFor(), freshness=lambda: known))

    said = text(client.get(f"{BASE}/").text)

    assert (
        "Last sync 2026-11-24 11:48 UTC, 12 min ago. "
        "Next sync 2026-11-24 12:18 UTC. Days and hours are UTC." in said
    )


def test_an_administrator_syncs_now_and_nobody_else(
    november: DuckDBSource, at_noon: datetime
) -> None:
    del at_noon
    syncs = Syncs()
    ann = client_of(create_insights(november, ShellFor(), sync_now=syncs))
    ben_shell = ShellFor(is_administrator=False)
    ben = client_of(create_insights(november, ben_shell, sync_now=syncs))

    done = ann.post(f"{BASE}/sync")
    refused = ben.post(f"{BASE}/sync")
    foreign = ann.post(f"{BASE}/sync", headers={"Origin": "https://elsewhere.example"})

    assert (done.status_code, done.headers["location"]) == (303, f"{BASE}/")
    assert (refused.status_code, foreign.status_code, syncs.count) == (403, 403, 1)
    assert "Sync now" in ann.get(f"{BASE}/").text
    assert "Sync now" not in ben.get(f"{BASE}/").text


def test_whom_the_shell_turns_away_sees_nothing(november: DuckDBSource) -> None:
    shell = ShellFor(answers=PlainTextResponse("sign in first", 401))
    client = client_of(create_insights(november, shell))

    for page in [*PAGES, "metrics/retention.csv", "models/servers.csv"]:
        answer = client.get(f"{BASE}/{page}")
        assert (answer.status_code, answer.text) == (401, "sign in first")


def test_a_warehouse_that_is_down_shows_the_last_numbers_with_their_age(
    november: DuckDBSource, at_noon: datetime
) -> None:
    del at_noon
    breakable = Breakable(november)
    client = client_of(create_insights(DuckDBSource(breakable.cursor), ShellFor()))
    client.get(f"{BASE}/{NOVEMBER}")
    breakable.is_down = True

    seen = client.get(f"{BASE}/{NOVEMBER}")
    unseen = client.get(f"{BASE}/incidents")

    assert seen.status_code == 200
    assert "These numbers are of 2026-11-24 12:00 UTC." in text(seen.text)
    assert "Incidents started 3" in text(seen.text)
    assert unseen.status_code == 503
    assert "The warehouse does not answer." in text(unseen.text)


def test_a_warehouse_that_refuses_shows_the_last_numbers_and_says_so(
    november: DuckDBSource, at_noon: datetime
) -> None:
    del at_noon
    fickle = Fickle(november)
    client = client_of(create_insights(fickle, ShellFor()))
    client.get(f"{BASE}/{NOVEMBER}")
    fickle.refuses = True

    seen = client.get(f"{BASE}/{NOVEMBER}")
    unseen = client.get(f"{BASE}/incidents")

    assert seen.status_code == 200
    assert "The warehouse refuses what this page asks" in text(seen.text)
    assert "These numbers are of 2026-11-24 12:00 UTC." in text(seen.text)
    assert "Incidents started 3" in text(seen.text)
    assert unseen.status_code == 503
    assert "Nothing is lost" in text(unseen.text)


def test_models_can_be_made_fresh_before_anybody_looks(
    source: DuckDBSource, warehouse: DuckDBDestination
) -> None:
    a_month().into(warehouse.cursor())
    app = create_insights(source, ShellFor())

    assert app.state.refresh()

    assert source.ask("SELECT COUNT(*) FROM insights.incidents").rows == ((4,),)


def test_a_sync_that_fails_is_said_with_its_cause(
    november: DuckDBSource, at_noon: datetime
) -> None:
    del at_noon

    def fail() -> str:
        raise CommandFailed("The disk is full; nothing was loaded.")

    client = client_of(create_insights(november, ShellFor(), sync_now=fail))

    answer = client.post(f"{BASE}/sync")

    assert answer.status_code == 502
    assert "The disk is full; nothing was loaded." in text(answer.text)
