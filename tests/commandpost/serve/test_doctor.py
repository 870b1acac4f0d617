"""The doctor says how each part stands, changes nothing, and names what to do."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from commandpost.cli import app
from commandpost.kit.db import Database
from commandpost.kit.migrate import upgrade
from commandpost.main import open_database
from commandpost.serve.doctor import Finding, Verdict, examine
from commandpost.settings import Settings
from commandpost.telemetry.actions import configure
from commandpost_telemetry.kit.control import ControlFile
from commandpost_telemetry.log.open import open_log
from commandpost_telemetry.settings import Settings as PipelineSettings
from tests.commandpost.accounts import given


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data directory that is as it should be."""
    settings = Settings(data_dir=tmp_path, do_not_track="")
    database = open_database(settings)
    upgrade(database)
    with database.transaction() as session:
        configure(session, settings)
        given.a_user(session, "ann", is_admin=True)
    database.dispose()
    open_log(tmp_path / "log").close()
    return tmp_path


def findings(folder: Path, **settings: str) -> dict[str, Finding]:
    made = Settings(data_dir=folder, do_not_track="", **settings)  # type: ignore[arg-type]  # texts
    return {each.part: each for each in examine(made, PipelineSettings(data_dir=folder))}


def test_all_is_well_and_nothing_was_made(folder: Path) -> None:
    before = sorted(folder.iterdir())

    found = findings(folder)

    assert {each.verdict for each in found.values()} == {Verdict.FINE}
    assert "1 can administer" in found["accounts"].sentence
    assert sorted(folder.iterdir()) == before


def an_older_schema(folder: Path) -> None:
    (folder / "commandpost.sqlite").unlink()


def a_torn_page(folder: Path) -> None:
    path = folder / "commandpost.sqlite"
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 6] = b"\xff" * 4096 * 3
    path.write_bytes(content)


def a_torn_log(folder: Path) -> None:
    (folder / "sources.sqlite").write_bytes(
        b"this was never a database, whatever its name says" * 90
    )


def a_process_that_hangs(folder: Path) -> None:
    ControlFile.write(folder, "http://127.0.0.1:9")


def a_file_that_is_no_warehouse(folder: Path) -> None:
    (folder / "warehouse.duckdb").write_bytes(b"no warehouse" * 1000)


@pytest.mark.parametrize(
    ("spoil", "part", "says"),
    [
        (an_older_schema, "database", "Run `commandpost migrate`"),
        (a_torn_page, "database", "damaged|can't be reached or read"),
        (a_torn_log, "log", "sources.sqlite is damaged"),
        (a_process_that_hangs, "process", "does not answer"),
        (a_file_that_is_no_warehouse, "warehouse", "can't be asked"),
    ],
)
def test_what_is_broken_is_named(
    folder: Path, spoil: Callable[[Path], None], part: str, says: str
) -> None:
    spoil(folder)

    found = findings(folder)[part]

    assert found.verdict is Verdict.BROKEN
    assert any(each in found.sentence for each in says.split("|")), found.sentence


def test_an_address_without_tls_is_to_be_watched(folder: Path) -> None:
    found = findings(folder, site_url="http://incidents.example.org")["address"]

    assert found.verdict is Verdict.WATCH
    assert "COMMANDPOST_SITE_URL" in found.sentence


def test_nobody_to_administer_is_to_be_watched(folder: Path) -> None:
    database = Database(Settings(data_dir=folder).database())
    with database.transaction() as session:
        given.a_user(session, "bob")
        session.connection().exec_driver_sql("UPDATE user_account SET is_admin = 0")
    database.dispose()

    assert findings(folder)["accounts"].verdict is Verdict.WATCH


def test_the_command_ends_with_1_when_something_is_broken(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DO_NOT_TRACK", raising=False)
    fine = CliRunner().invoke(app, ["doctor", "--data-dir", str(folder)])
    an_older_schema(folder)
    broken = CliRunner().invoke(app, ["doctor", "--data-dir", str(folder)])

    assert (fine.exit_code, broken.exit_code) == (0, 1)
    assert "BROKEN  database" in broken.output
    assert "BROKEN" not in fine.output
