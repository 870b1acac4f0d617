"""kill -9 at random points of loads: each message exactly once, and the accounts agree."""

import asyncio
import os
import random
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.log.entry import Request
from commandpost_telemetry.log.open import open_log
from commandpost_telemetry.settings import Settings
from commandpost_telemetry.warehouse.connect import open_destination
from commandpost_telemetry.warehouse.destinations.destination import Destination
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination
from commandpost_telemetry.warehouse.loading.states import list_held
from tests.commandpost_telemetry.warehouse import given
from tests.journeys.product import UNMEASURED

ROUNDS = int(os.environ.get("COMMANDPOST_KILL_ROUNDS", "20"))
FEWER = max(1, ROUNDS // 10)  # rounds of what takes longer
MESSAGES = 6_000
HELD = 300
REFUSED = (7, 150, 299)
EVENTS = ("CreateIncident", "CheckChecklistItem", "Something Else", "Sign Up")


def filled(folder: Path) -> None:
    """A log whose entries repeat some of their messages, as after a lost answer."""

    async def append() -> None:
        log = open_log(folder / "log")
        for start in range(0, MESSAGES, 50):
            messages = [
                given.a_message(
                    messageId=f"m{number}",
                    event=EVENTS[number % len(EVENTS)],
                    properties={"n": number, "s": f"text {number}"},
                )
                for number in range(start, start + 50)
            ]
            lines = b"".join(map(given.a_line, messages))
            ids = [message["messageId"] for message in messages]
            await log.append(Request("commandpost", now(), len(ids), lines, ids))
        log.close()

    asyncio.run(append())


COUNTS = """
SELECT (SELECT count(*) FROM main.tracks), (SELECT count(DISTINCT id) FROM main.tracks),
    (SELECT count(*) FROM main.telemetry_events),
    (SELECT count(*) FROM main.something_else) + (SELECT count(*) FROM main.sign_up),
    (SELECT CAST(sum(loaded) AS BIGINT) FROM loader.loads),
    (SELECT CAST(sum(added) AS BIGINT) FROM loader.load_tables WHERE table_name = 'tracks')
"""


class Victim:
    """A loader that is killed again and again at some moment of its work."""

    def __init__(self, folder: Path, warehouse_url: str = "", batch_bytes: int = 60_000) -> None:
        self._module = "tests.commandpost_telemetry.warehouse.killed_loader"
        self._arguments = [str(folder), warehouse_url, str(batch_bytes)]
        self._chance = random.Random(20261124)  # noqa: S311 - not for secrets

    def is_killed(self, within: float) -> bool:
        """Start it; return whether it was still at work when its time had come."""
        with self._started() as loader:
            try:
                loader.wait(self._chance.uniform(0, within))
            except subprocess.TimeoutExpired:
                loader.kill()
        assert loader.returncode in {0, -9}
        return loader.returncode == -9

    def ends(self) -> None:
        with self._started() as loader:
            pass
        assert loader.returncode == 0

    def _started(self) -> subprocess.Popen[str]:
        loader = subprocess.Popen(
            [sys.executable, "-m", self._module, *self._arguments],
            env=os.environ | UNMEASURED,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert loader.stdout is not None
        assert loader.stdout.readline() == "loading\n"
        return loader


def assert_each_is_there_once(destination: Destination) -> None:
    with closing(destination):
        half = MESSAGES // 2
        assert destination.query(COUNTS).rows == [
            (MESSAGES, MESSAGES, half, half, MESSAGES, MESSAGES)
        ]


@pytest.mark.slow
@pytest.mark.timeout(60 + 10 * ROUNDS)
def test_a_loader_killed_anywhere_loads_each_message_once(tmp_path: Path) -> None:
    filled(tmp_path)
    path, victim, killed = tmp_path / "warehouse.duckdb", Victim(tmp_path), 0

    while killed < ROUNDS:
        if victim.is_killed(within=0.6):
            killed += 1
        else:
            assert_each_is_there_once(DuckDBDestination(path))
            path.unlink()  # all is loaded: begin anew with what is left of the rounds
    victim.ends()

    assert_each_is_there_once(DuckDBDestination(path))
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.slow
@pytest.mark.timeout(60 + 20 * FEWER)
def test_a_loader_of_postgres_killed_anywhere_loads_each_message_once(
    tmp_path: Path, empty_postgres: str
) -> None:
    filled(tmp_path)
    settings = Settings(data_dir=tmp_path, warehouse_url=empty_postgres)
    victim, killed = Victim(tmp_path, empty_postgres, 400_000), 0

    while killed < FEWER:
        if victim.is_killed(within=1):
            killed += 1
        else:
            assert_each_is_there_once(open_destination(settings))
            with psycopg.connect(empty_postgres) as connection:
                connection.execute("DROP SCHEMA main, loader CASCADE")
    victim.ends()

    assert_each_is_there_once(open_destination(settings))


def held(folder: Path) -> None:
    """A warehouse with a table that took nothing, and that now refuses few rows only."""
    destination = DuckDBDestination(folder / "warehouse.duckdb")
    with closing(destination):
        destination.query("CREATE TABLE sign_up (id VARCHAR, n UUID)")
        messages = [
            given.a_message(messageId=f"m{number}", event="Sign Up", properties={"n": f"n{number}"})
            for number in range(HELD)
        ]
        given.a_sync(given.MemoryLog(messages), destination, folder)
        assert [each.messages for each in list_held(destination)] == [HELD]
        destination.query("DROP TABLE sign_up")
        refused = ", ".join(f"'n{number}'" for number in REFUSED)
        destination.query(
            f"CREATE TABLE sign_up (id VARCHAR, n VARCHAR CHECK (n NOT IN ({refused})))"
        )


@pytest.mark.slow
@pytest.mark.timeout(60 + 20 * FEWER)
def test_a_loader_killed_while_it_retries_gives_a_held_table_each_message_once(
    tmp_path: Path,
) -> None:
    path, victim, killed = tmp_path / "warehouse.duckdb", Victim(tmp_path, batch_bytes=0), 0

    while killed < FEWER:
        if not path.exists():
            held(tmp_path)
        if victim.is_killed(within=1):
            killed += 1
        else:
            assert_each_is_taken_or_rejected_once(path)
            path.unlink()
    if not path.exists():
        held(tmp_path)
    victim.ends()

    assert_each_is_taken_or_rejected_once(path)


def assert_each_is_taken_or_rejected_once(path: Path) -> None:
    with closing(DuckDBDestination(path)) as destination:
        taken = {f"m{number}" for number in range(HELD)} - {f"m{number}" for number in REFUSED}
        assert sorted(given.rows(destination, "sign_up", "id")) == [(e,) for e in sorted(taken)]
        rejects = destination.query("SELECT message_id FROM loader.rejects ORDER BY 1").rows
        assert rejects == [(each,) for each in sorted(f"m{number}" for number in REFUSED)]
        assert list_held(destination) == []
        assert destination.query(
            "SELECT sum(added)::INT FROM loader.load_tables WHERE table_name = 'sign_up'"
        ).rows == [(len(taken),)]
