"""The command line: what it prints, and one sentence when something is wrong."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from commandpost.cli import app
from commandpost.main import open_database
from commandpost.outbox.relay import Relay
from commandpost.settings import Settings
from commandpost.telemetry.carrier import RudderCarrier
from tests.commandpost.telemetry.given import an_installation, recorded_events
from tests.commandpost.telemetry.receiver import a_receiver

PASSWORD = "four words in a row"
runner = CliRunner()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory with a migrated database; the environment is what a command is given."""
    monkeypatch.setenv("COMMANDPOST_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DO_NOT_TRACK", raising=False)
    assert said("migrate") == "The database is of this version.\n"
    return tmp_path


def said(*arguments: str, code: int = 0, typed: str | None = None) -> str:
    """Run a command, expect its exit code, and return everything that it printed."""
    done = runner.invoke(app, arguments, input=typed)
    assert done.exit_code == code, done.output
    return done.output


def test_a_user_is_made_and_gets_a_token_alone_on_its_line(folder):
    made = said("user", "create", "ann", "--admin", "--team", "demo", "--password", PASSWORD)
    token = said("token", "create", "ann")

    assert made == "ann can sign in.\n"
    assert token.count("\n") == 1
    assert len(token.strip()) > 40


def test_a_token_for_nobody_is_refused_with_a_sentence(folder):
    assert "There is no such user" in said("token", "create", "nobody", code=1)


def test_a_taken_user_name_is_refused_with_a_sentence(folder):
    said("user", "create", "ann", "--password", PASSWORD)

    assert "ann" in said("user", "create", "ann", "--password", PASSWORD, code=1)


def test_telemetry_is_shown_and_switched(folder):
    said("user", "create", "ann", "--password", PASSWORD)

    before = said("telemetry", "status")
    switched = said("telemetry", "set-mode", "off")
    after = said("telemetry", "status")

    assert before.startswith("local: Nothing has left this server.")
    assert switched == "The telemetry mode is now off.\n"
    assert after.startswith("off: Telemetry is off.")


def test_the_status_says_by_what_the_mode_is_set_and_how_receivers_answer(folder, monkeypatch):
    monkeypatch.setenv("COMMANDPOST_TELEMETRY_MODE", "local")
    by_mode = said("telemetry", "status")  # the first start, as it were
    database = open_database(Settings())
    recorded_events(database, 1)
    with a_receiver() as receiver:
        receiver.otherwise.status, receiver.otherwise.body = 401, b"invalid write key"
        carrier = RudderCarrier(receiver.url, "wrong")
        Relay(database, "local", carrier).drain()
        carrier.close()
    refused = said("telemetry", "status")
    an_installation(database, do_not_track="1")
    database.dispose()

    by_do_not_track = said("telemetry", "status")

    assert "  set by COMMANDPOST_TELEMETRY_MODE\n  policy general, diagnosticID " in by_mode
    assert "  set by DO_NOT_TRACK\n" in by_do_not_track
    assert "last answer: invalid write key; everything is kept and tried again" in refused


def test_a_preview_prints_the_messages_as_they_are_sent(folder):
    said("telemetry", "status")  # makes the installation
    database = open_database(Settings())
    recorded_events(database, 3)
    database.dispose()

    lines = said("telemetry", "preview", "--limit", "2").splitlines()

    assert [json.loads(line)["event"] for line in lines] == ["CheckChecklistItem"] * 2


def test_a_test_event_is_recorded_and_its_way_is_said(folder):
    said_of_it = said("telemetry", "test", "--wait", "0")

    assert said_of_it.startswith("local: queued\n")
    assert "as soon as the product runs" in said_of_it
    assert json.loads(said("telemetry", "preview"))["event"] == "SendTestEvent"


def test_a_test_event_in_the_mode_off_is_refused(folder):
    said("telemetry", "set-mode", "off")

    assert "so no test event was recorded" in said("telemetry", "test", code=1)


def test_a_command_leaves_alone_what_the_server_was_started_with(folder, monkeypatch):
    monkeypatch.setenv("COMMANDPOST_TELEMETRY_MODE", "off")
    assert said("telemetry", "status").startswith("off")  # the first start, as it were
    monkeypatch.delenv("COMMANDPOST_TELEMETRY_MODE")

    assert said("telemetry", "status").startswith("off")


def test_an_unknown_mode_is_refused(folder):
    assert "is no mode" in said("telemetry", "set-mode", "loud", code=1)


def test_sending_to_nowhere_is_refused(folder):
    assert "no data plane to send to" in said("telemetry", "set-mode", "send", code=1)


def test_an_unmigrated_database_says_what_to_run(tmp_path, monkeypatch):
    monkeypatch.setenv("COMMANDPOST_DATA_DIR", str(tmp_path))

    assert "run `commandpost migrate`" in said("token", "create", "ann", code=1)


def test_models_and_migrations_agree():
    assert "migrations and models agree" in said("migrate", "--check")


def test_stale_documentation_is_found_and_written(tmp_path):
    stale = said("docs", "--check", "--folder", str(tmp_path), code=1)
    wrote = said("docs", "--folder", str(tmp_path))
    current = said("docs", "--check", "--folder", str(tmp_path))

    assert "Stale: telemetry.md" in stale
    assert wrote == "Wrote telemetry.md.\n"
    assert current == "The documentation is current.\n"


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("COMMANDPOST_PORT", "high", "COMMANDPOST_PORT can't be used"),
        ("COMMANDPOST_TELEMETRY_MODE", "loud", "COMMANDPOST_TELEMETRY_MODE can't be used"),
        (
            "COMMANDPOST_TELEMETRY_MODE",
            "send",
            "COMMANDPOST_TELEMETRY_DATA_PLANE_URL can't be used: the mode “send” needs",
        ),
        (
            "COMMANDPOST_TELEMETRY_DATA_PLANE_URL",
            "elsewhere",
            "COMMANDPOST_TELEMETRY_DATA_PLANE_URL can't be used: it is no address",
        ),
        (
            "COMMANDPOST_TELEMETRY_DATA_PLANE_URL",
            "https://key@plane.example",
            "without a user name",
        ),
        ("COMMANDPOST_TELEMETRY_SYNC_INTERVAL", "0", "COMMANDPOST_TELEMETRY_SYNC_INTERVAL"),
        (
            "COMMANDPOST_TELEMETRY_COLLECTOR_WRITE_KEYS",
            "abc",
            "COMMANDPOST_TELEMETRY_COLLECTOR_WRITE_KEYS can't be used: it is no JSON",
        ),
        ("COMMANDPOST_TELEMETRY_LOG_URL", "ftp://x", "LOG_URL names no log"),
        ("COMMANDPOST_TELEMETRY_WAREHOUSE_URL", "mysql://u@h/d", "WAREHOUSE_URL begins"),
        ("COMMANDPOST_OPENID_ISSUER", "elsewhere", "COMMANDPOST_OPENID_ISSUER can't be used"),
        ("COMMANDPOST_HOST", "192.0.2.1", "192.0.2.1:0 can't be listened on"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_a_sentence_that_names_it(
    variable, value, sentence, folder, monkeypatch
):
    monkeypatch.setenv(variable, value)
    options = () if variable == "COMMANDPOST_PORT" else ("--port", "0")

    assert sentence in said("serve", *options, code=1)
