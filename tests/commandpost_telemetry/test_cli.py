"""The command line: alone it opens log and warehouse, beside a running product it asks."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from typer.testing import CliRunner, Result

from commandpost_telemetry.cli import app
from commandpost_telemetry.collector.service import open_sources
from commandpost_telemetry.kit.control import (
    Answer,
    Ask,
    CommandFailed,
    ControlFile,
    control_routes,
)
from commandpost_telemetry.log.entry import Request
from commandpost_telemetry.log.open import open_log
from commandpost_telemetry.settings import Settings
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination
from tests.commandpost_telemetry.warehouse import given


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # the only way to hand settings to a command line
    monkeypatch.setenv("COMMANDPOST_DATA_DIR", str(tmp_path))
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "200"})


def accepted(data_dir: Path, *messages: dict[str, Any]) -> None:
    """Put the messages into the log, as the collector does."""
    lines = b"".join(given.a_line(message) for message in messages)
    ids = [message["messageId"] for message in messages]

    async def append() -> None:
        log = open_log(data_dir / "log")
        await log.append(Request("commandpost", datetime.now(UTC), len(ids), lines, ids))  # noqa: TID251 - the log's own clock is not asked here
        log.close()

    asyncio.run(append())


def test_sync_now_loads_what_was_accepted(data_dir: Path) -> None:
    accepted(data_dir, given.a_message(properties={"n": 1}), given.a_message(properties={"n": "x"}))

    result = run("sync", "--now")

    assert result.exit_code == 0
    assert result.output == (
        "Loaded 2 of 2 messages in 1 loads: 0 were there already, 0 were rejected, "
        "1 values were discarded.\n"
        "  rudder_discards: 1\n  something_done: 2\n  tracks: 2\n"
    )


def test_what_failed_is_said_beside_what_was_loaded(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = data_dir / "archive"
    archive.write_text("a file where the folder should be")
    monkeypatch.setenv("COMMANDPOST_TELEMETRY_ARCHIVE_DIR", str(archive))
    accepted(data_dir, given.a_message())

    result = run("sync", "--now")
    archive.unlink()
    again = run("sync", "--now")

    assert (result.exit_code, again.exit_code) == (1, 0)
    assert "Loaded 1 of 1 messages" in result.stdout
    assert result.stderr.startswith(f"archive: The archive in {archive} can't be written")


def test_sync_waits_for_its_time(data_dir: Path) -> None:
    accepted(data_dir, given.a_message())
    assert "Loaded 1 of 1" in run("sync").output

    result = run("sync")

    assert result.exit_code == 0
    assert result.output.startswith("No sync is due before 2")
    assert "Loaded 0 of 0" in run("sync", "--now").output
    with closing(DuckDBDestination(data_dir / "warehouse.duckdb")) as warehouse:
        # put in order by the one that loaded, not by those that had nothing to do
        assert warehouse.query("SELECT count(*) FROM loader.compactions").rows == [(1,)]


def test_syncs_lists_the_loads(data_dir: Path) -> None:
    empty = run("syncs")
    accepted(data_dir, given.a_message())
    run("sync")

    listed = run("syncs").output.splitlines()

    assert empty.output == "Nothing has been loaded yet.\n"
    assert listed[0].split()[4:9] == ["messages", "loaded", "repeated", "rejected", "discarded"]
    assert listed[1].split()[4:9] == ["1", "1", "0", "0", "0"]
    assert "something_done 1, tracks 1" in listed[1]


def test_a_held_table_is_listed_retried_and_skipped(data_dir: Path) -> None:
    run("sync")
    with closing(DuckDBDestination(data_dir / "warehouse.duckdb")) as warehouse:
        warehouse.query("CREATE TABLE sign_up (id VARCHAR, plan UUID)")
    accepted(data_dir, given.a_message(event="Sign Up", properties={"plan": "free"}))
    run("sync", "--now")

    listed, retried, skipped = run("syncs"), run("retry", "sign_up"), run("skip", "sign_up")

    assert "sign_up  1         exporting_data_failed" in listed.output
    assert (retried.exit_code, retried.output.splitlines()[0]) == (
        1,
        "No held table took anything.",
    )
    assert skipped.output == "1 messages are rejects now.\n"
    assert "Skipped by hand: sign_up did not take it." in run("discards").output


@pytest.mark.parametrize("command", ["retry", "skip"])
def test_a_table_that_is_not_held_is_named(data_dir: Path, command: str) -> None:
    del data_dir
    result = run(command, "sign_up")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "sign_up is not held, so nothing was done; `syncs` lists the tables that are.\n"
    )


def test_discards_lists_values_and_messages_that_did_not_fit(data_dir: Path) -> None:
    empty = run("discards")
    accepted(
        data_dir,
        given.a_message(properties={"n": 1}),
        given.a_message(properties={"n": "seven  and\nmore"}),
        given.a_message("extract", messageId="odd"),
    )
    run("sync")

    listed = run("discards").output

    assert empty.output == (
        "No value was discarded.\nNo message was rejected.\nEvery property has its column.\n"
    )
    assert "something_done  n       The value does not fit the column, which is int." in listed
    assert "seven and more" in listed
    assert 'Unknown event type: "extract".  1         odd' in listed


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SYNC_INTERVAL", "0", "COMMANDPOST_TELEMETRY_SYNC_INTERVAL can't be used: "),
        (
            "RETENTION_DAYS",
            "abc",
            "COMMANDPOST_TELEMETRY_RETENTION_DAYS can't be used: it is no JSON",
        ),
        ("WAREHOUSE_URL", "oracle://x", "COMMANDPOST_TELEMETRY_WAREHOUSE_URL begins with 'oracle'"),
    ],
)
def test_a_wrong_setting_is_named(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(f"COMMANDPOST_TELEMETRY_{name}", value)

    result = run("syncs")

    assert result.exit_code == 1
    assert result.stderr.startswith(said)
    assert not (data_dir / "warehouse.duckdb").exists()


def test_a_warehouse_file_can_be_named(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = data_dir / "elsewhere.duckdb"
    monkeypatch.setenv("COMMANDPOST_TELEMETRY_WAREHOUSE_URL", f"duckdb:///{path}")

    run("syncs")

    assert path.exists()


def test_a_file_that_is_no_warehouse_is_said_not_to_open(data_dir: Path) -> None:
    (data_dir / "warehouse.duckdb").write_bytes(b"not a database at all" * 1000)

    result = run("syncs")

    assert result.exit_code == 1
    assert "cannot be opened" in result.stderr


@pytest.fixture
def product(data_dir: Path) -> Iterator[list[Ask]]:
    """A process that owns the data directory and tells what it was asked."""
    asked: list[Ask] = []

    def sync(ask: Ask) -> Answer:
        asked.append(ask)
        if not ask["now"]:
            raise CommandFailed("The disk is full; nothing was loaded.")
        return {
            "messages": 2,
            "loaded": 2,
            "loads": 1,
            "repeated": 0,
            "rejected": 0,
            "discarded": 0,
            "tables": {"tracks": 2},
        }

    def retry(_ask: Ask) -> Answer:
        failed = {"log:my_app": "The schema is not to be had."}
        return {"tables": {}, "held": {"sign_up": 2}, "failed": failed}

    control = ControlFile.write(data_dir, "http://127.0.0.1:0")
    routes = control_routes(control.token, {"sync": sync, "retry": retry})
    config = uvicorn.Config(Starlette(routes=routes), port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    text = (data_dir / "control.json").read_text("utf-8")
    (data_dir / "control.json").write_text(text.replace("127.0.0.1:0", f"127.0.0.1:{port}"))
    yield asked
    server.should_exit = True
    thread.join()


def test_beside_a_running_product_the_product_does_it(data_dir: Path, product: list[Ask]) -> None:
    result = run("sync", "--now")

    assert (result.exit_code, product) == (0, [{"now": True}])
    assert "Loaded 2 of 2 messages" in result.output
    assert not (data_dir / "warehouse.duckdb").exists()


@pytest.mark.usefixtures("product")
def test_a_retry_says_what_is_still_held_and_what_failed() -> None:
    result = run("retry")

    assert (result.exit_code, result.stderr) == (1, "log:my_app: The schema is not to be had.\n")
    assert [line.split() for line in result.stdout.splitlines()[1:]] == [
        ["still", "held", "messages"],
        ["sign_up", "2"],
    ]


def test_what_the_product_refuses_is_said(product: list[Ask]) -> None:
    result = run("sync")

    assert (result.exit_code, len(product)) == (1, 1)
    assert result.stderr == "The disk is full; nothing was loaded.\n"


def test_a_process_that_does_not_answer_is_named(data_dir: Path) -> None:
    ControlFile.write(data_dir, "http://127.0.0.1:9")

    result = run("sync", "--now")

    assert result.exit_code == 1
    assert "owns the data directory but does not answer at http://127.0.0.1:9" in result.stderr


def test_a_key_is_shown_once_and_can_be_turned_off(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMANDPOST_TELEMETRY_NAMESPACES", '{"website": "site"}')
    nothing = run("keys", "list")
    key = run("keys", "add", "website").output.strip()
    rotated = run("keys", "rotate", "website").output.strip()
    run("keys", "disable", "website")
    disabled = run("keys", "list").output.splitlines()
    enabled = run("keys", "enable", "website")

    sources = open_sources(Settings(data_dir=data_dir))
    found = sources.find(rotated)
    assert sources.find(key) is None
    sources.close()
    assert nothing.output == "There is no source yet; `keys add NAME` makes one.\n"
    assert disabled[1].split()[:2] == ["website", "no"]
    assert disabled[1].split()[-1] == "site"
    assert enabled.output == "Messages of website are taken again.\n"
    assert found is not None
    assert found.is_enabled


@pytest.mark.parametrize("command", ["rotate", "enable", "disable"])
def test_a_source_that_is_not_there_is_named(data_dir: Path, command: str) -> None:
    result = run("keys", command, "nobody")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "There is no source “nobody” whose key is kept here.\n"


def test_check_holds_the_warehouse_against_the_catalogue(data_dir: Path) -> None:
    accepted(data_dir, given.a_message(event="Nobody knows me"))
    run("sync")

    result = run("check")

    assert result.output.splitlines()[0].split() == ["check", "verdict", "found"]
    assert "Every event seen is in the catalogue" in result.output


def test_a_model_is_exported(data_dir: Path) -> None:
    accepted(data_dir, given.a_message(event="CheckChecklistItem"))
    run("sync")

    result = run("export", "events_received", str(data_dir / "events.csv"))

    written = (data_dir / "events.csv").stat().st_size
    assert result.output == f"Wrote {written} bytes to {data_dir / 'events.csv'}.\n"


def test_licences_are_imported_from_a_file(data_dir: Path) -> None:
    accepted(data_dir, given.a_message(event="CheckChecklistItem"))
    run("sync")
    file = data_dir / "licences.csv"
    file.write_text(
        "diagnostic_id,licence_id,customer,edition,starts_on,ends_on\n"
        "server1,l1,Example,enterprise,2026-01-01,2026-12-31\n"
    )

    missing = run("licences", "import", str(data_dir / "missing.csv"))
    imported = run("licences", "import", str(file))

    assert (missing.exit_code, imported.output) == (1, "Imported 1 licences.\n")
    assert "cannot be read" in missing.stderr
