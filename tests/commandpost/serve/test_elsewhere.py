"""The product over a warehouse that is no file of its own: PostgreSQL, and a fake of Snowflake."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from commandpost.kit.errors import Invalid
from commandpost.serve.front import Front
from commandpost.serve.parts import Parts, open_parts
from commandpost.serve.run import compose, control_commands
from commandpost.settings import Settings
from commandpost_telemetry.insights.questions import ask
from commandpost_telemetry.kit.control import CommandFailed
from commandpost_telemetry.settings import Settings as PipelineSettings
from tests.commandpost.accounts.browser import Browser
from tests.commandpost.serve.test_hosted import a_browser
from tests.commandpost_telemetry.warehouse.conftest import (
    empty_postgres,
    empty_snowflake,
    fake_snowflake,
    postgres_url,
    snowflake,
)

__all__ = ["empty_postgres", "empty_snowflake", "fake_snowflake", "postgres_url", "snowflake"]
# of the fake itself, at every answer
pytestmark = pytest.mark.filterwarnings("ignore:Arrow output on a DB-API result:UserWarning")

Open = Callable[..., Parts]
INSIGHTS = "/backstage/insights"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Open all that one process holds, with its schedule waiting to be asked."""
    with ExitStack() as stack:

        def open_over(url: str, **more: object) -> Parts:
            settings = Settings(data_dir=tmp_path, site_url="http://testserver", do_not_track="")
            told = {"data_dir": tmp_path, "warehouse_url": url, **more}
            pipeline = PipelineSettings.model_validate(told)
            parts = open_parts(settings, pipeline, stack)
            parts.schedule.start(3600)
            stack.callback(parts.schedule.stop)
            return parts

        yield open_over


def sent(front: Front, write_key: str, incident: str) -> None:
    answer = Browser(front).post(
        "/v1/track",
        auth=(write_key, ""),
        json={
            "userId": "server1",
            "event": "CreateIncident",
            "properties": {"IncidentID": incident, "ServerVersion": "5.28.0"},
        },
    )
    assert (answer.status_code, answer.text) == (200, "ok")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "pages"), [("empty_postgres", ["", "quality"]), ("empty_snowflake", [])]
)
def test_what_is_sent_is_synced_counted_and_shown(
    request: pytest.FixtureRequest, opened: Open, kind: str, pages: list[str]
) -> None:
    parts = opened(request.getfixturevalue(kind))
    front = compose(parts, said=lambda: None)
    commands = control_commands(parts)
    sent(front, parts.sources.add("another"), "incident1")
    administrator = a_browser(parts, front, "ada", is_admin=True)

    done = commands["sync"]({"now": True})
    found = ask(parts.source, "SELECT incident_id FROM create_incident", {})
    syncs, *more = (administrator.get(f"{INSIGHTS}/{page}") for page in ("syncs", *pages))

    assert (done["loaded"], done["messages"]) == (1, 1)
    assert found.rows == (("incident1",),)
    assert {answer.status_code for answer in (syncs, *more)} == {200}
    assert "Nothing has been loaded yet" not in syncs.text
    assert "exported_data" in syncs.text
    assert commands["check"]({})["checks"]
    assert "snapshot" in commands
    assert "telemetry_reader_lag_entries" in Browser(front).get("/metrics").text


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://somewhere/x", "begins with 'mysql', which is no warehouse"),
        ("postgresql://127.0.0.1/x?nonsense=s3cr3t", "names can't be opened: .*nonsense"),
        ("snowflake://ann:s3cr3t@127.0.0.1/x?authenticator=none", "names can't be opened: "),
    ],
)
def test_a_wrong_address_stops_the_start_with_one_sentence(
    opened: Open, url: str, said: str
) -> None:
    with pytest.raises(Invalid, match=rf"{said}.* Nothing was started\.") as refused:
        opened(url)

    assert "COMMANDPOST_TELEMETRY_WAREHOUSE_URL" in str(refused.value)
    assert "s3cr3t" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_warehouse_that_is_down_when_all_starts_gets_what_waits_once_it_is_up(
    opened: Open, empty_postgres: str, caplog: pytest.LogCaptureFixture
) -> None:
    later = urlsplit(empty_postgres)._replace(path="/later").geturl()
    with psycopg.connect(empty_postgres, autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS later WITH (FORCE)")
        parts = opened(later)
        front = compose(parts, said=lambda: None)
        commands = control_commands(parts)
        ada = a_browser(parts, front, "ada", is_admin=True)
        sent(front, parts.sources.add("another"), "incident1")

        pages = {path: ada.get(path).status_code for path in ("/", INSIGHTS + "/", "/metrics")}
        for command in ("sync", "syncs", "retry", "skip"):
            with pytest.raises(CommandFailed, match=r"can't be opened: .*The log keeps"):
                commands[command]({"now": True, "table": "x"})
        told = ada.get(f"{INSIGHTS}/").text
        down = ada.get("/metrics").text
        server.execute("CREATE DATABASE later")
        empty = [ada.get(f"{INSIGHTS}/{page}") for page in ("", "syncs", "syncs/loads.json")]
        done = commands["sync"]({"now": True})

    assert pages == {"/": 303, INSIGHTS + "/": 503, "/metrics": 200}
    assert parts.schedule.status().error == ""
    assert "The next sync tries again" in caplog.text
    assert "The warehouse does not answer. Nothing is lost" in told
    assert (done["loaded"], done["messages"]) == (1, 1)
    assert [answer.status_code for answer in empty] == [200, 200, 404]
    assert "Numbers appear after" in empty[1].text or "sync runs at" in empty[1].text
    assert "telemetry_warehouse_up 0.0" in down
    assert "telemetry_warehouse_up 1.0" in ada.get("/metrics").text
    assert commands["retry"]({})["messages"] == commands["skip"]({"table": "x"})["skipped"] == 0


def test_a_warehouse_that_goes_down_before_the_first_sync_leaves_the_numbers(
    opened: Open, empty_postgres: str
) -> None:
    later = urlsplit(empty_postgres)._replace(path="/later").geturl()
    with psycopg.connect(empty_postgres, autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS later WITH (FORCE)")
        server.execute("CREATE DATABASE later")
        parts = opened(later)
        front = compose(parts, said=lambda: None)
        sent(front, parts.sources.add("another"), "incident1")
        server.execute("DROP DATABASE later WITH (FORCE)")

        before = Browser(front).get("/metrics")
        with pytest.raises(CommandFailed):
            control_commands(parts)["sync"]({"now": True})
        after = Browser(front).get("/metrics")

    assert (before.status_code, after.status_code) == (200, 200)
    assert 'telemetry_reader_lag_entries{reader="log"} 1.0' in before.text
    assert "telemetry_warehouse_up 0.0" in after.text


def test_what_follows_a_sync_follows_a_failed_archive_too(opened: Open, tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("a file where the folder should be")
    parts = opened("", archive_dir=str(tmp_path / "archive"))
    front = compose(parts, said=lambda: None)
    sent(front, parts.sources.add("another"), "incident1")
    followed: list[str] = []
    parts.after_sync.append(lambda: followed.append("followed"))

    done = control_commands(parts)["sync"]({"now": True})
    metrics = Browser(front).get("/metrics").text
    told = a_browser(parts, front, "ada", is_admin=True).get(f"{INSIGHTS}/").text

    assert (done["loaded"], followed) == (1, ["followed"])
    assert "The log keeps what it lacks" in str(done["failed"])
    assert "The log keeps what it lacks" in told
    assert 'telemetry_reader_lag_entries{reader="archive"} 1.0' in metrics
    assert "telemetry_warehouse_up 1.0" in metrics


@pytest.mark.parametrize(
    ("url", "client", "extra"),
    [
        ("postgresql://127.0.0.1/x", "psycopg", "postgres"),
        ("snowflake://ann@account/x", "snowflake", "snowflake"),
    ],
)
def test_a_client_that_is_not_installed_is_named(
    opened: Open, monkeypatch: pytest.MonkeyPatch, url: str, client: str, extra: str
) -> None:
    destinations = "commandpost_telemetry.warehouse.destinations"
    for name in [*sys.modules]:
        if name.startswith((f"{client}.", f"{destinations}.{extra}")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, client, None)

    with pytest.raises(Invalid, match=f"not installed: add the extra `{extra}`. Nothing was"):
        opened(url)
