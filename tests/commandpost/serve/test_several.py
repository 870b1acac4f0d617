"""`web` and `worker` beside a data plane: three processes that are one product."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from commandpost.cli import app
from commandpost.kit.db import Base, Database
from commandpost.kit.migrate import upgrade
from tests.commandpost.chat.postgres import postgres_url
from tests.journeys.product import environment, said_until

__all__ = ["postgres_url"]

pytestmark = pytest.mark.slow

SCRIPTS = Path(sys.executable).parent
PASSWORD = "four words in a row"


@pytest.fixture
def settings(postgres_url: str, tmp_path: Path) -> dict[str, str]:
    """The environment of every process, over an empty database that is migrated."""
    database = Database(postgres_url)
    Base.metadata.drop_all(database.engine)
    with database.engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    upgrade(database)
    database.dispose()
    return environment(tmp_path) | {
        "COMMANDPOST_DATABASE_URL": postgres_url.replace("+psycopg", ""),
        "COMMANDPOST_PASSWORD": PASSWORD,
    }


@contextmanager
def running(settings: Mapping[str, str], program: str, *arguments: str) -> Iterator[str]:
    """Run a process until the block ends; give what it says once it is ready."""
    command = [str(SCRIPTS / program), *arguments]
    with subprocess.Popen(
        command, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield said_until(process, ("ready ", "working"))[-1]
        finally:
            process.terminate()
            assert process.wait(20) in {0, -15}


def test_a_deed_on_a_web_process_is_relayed_by_the_worker(settings: dict[str, str]) -> None:
    _command(settings, "user", "create", "ann", "--admin", "--team", "demo")
    token = _command(settings, "token", "create", "ann")
    with running(settings, "commandpost-telemetry", "collect", "--port", "0") as plane:
        settings |= {"COMMANDPOST_TELEMETRY_LOCAL_URL": plane.removeprefix("ready ")}
        with (
            running(settings, "commandpost", "worker"),
            running(settings, "commandpost", "web", "--port", "0") as web,
            httpx.Client(
                base_url=web.removeprefix("ready ") + "/api/v1",
                headers={"Authorization": f"Bearer {token}"},
                trust_env=False,
            ) as ann,
        ):
            team = ann.get("/teams").json()["items"][0]["id"]
            ann.post("/incidents", json={"team_id": team, "name": "Power cut"}).raise_for_status()
    said = _command(settings, "telemetry", "status")

    assert "1 delivered" in said


def _command(settings: Mapping[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [SCRIPTS / "commandpost", *arguments],
        env=settings,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.mark.parametrize("command", ["web", "worker"])
def test_sqlite_is_for_one_process(command: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, [command, "--data-dir", str(tmp_path)])

    assert done.exit_code == 1
    assert "run `commandpost serve`" in done.output


def test_a_database_that_nobody_migrated_is_refused(
    settings: dict[str, str], postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(postgres_url)
    with database.engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    database.dispose()
    monkeypatch.setenv("COMMANDPOST_DATABASE_URL", settings["COMMANDPOST_DATABASE_URL"])

    done = CliRunner().invoke(app, ["worker"])

    assert done.exit_code == 1
    assert "commandpost migrate" in done.output
