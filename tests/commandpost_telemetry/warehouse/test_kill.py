"""kill -9 at random points of loads: each message exactly once, and the accounts agree."""

import asyncio
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.log.entry import Request
from commandpost_telemetry.log.open import open_log
from commandpost_telemetry.warehouse.duckdb import DuckDBDestination
from tests.commandpost_telemetry.warehouse import given

ROUNDS = int(os.environ.get("COMMANDPOST_KILL_ROUNDS", "20"))
MESSAGES = 6_000
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


def a_loader(folder: Path) -> subprocess.Popen[str]:
    loader = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.commandpost_telemetry.warehouse.killed_loader",
            folder,
            "60000",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert loader.stdout is not None
    assert loader.stdout.readline() == "loading\n"
    return loader


@pytest.mark.slow
@pytest.mark.timeout(60 + 10 * ROUNDS)
def test_a_loader_killed_anywhere_loads_each_message_once(tmp_path: Path) -> None:
    chance = random.Random(20261124)  # noqa: S311 - not for secrets
    filled(tmp_path)
    killed = 0

    while killed < ROUNDS:
        with a_loader(tmp_path) as loader:
            try:
                loader.wait(chance.uniform(0, 0.6))
            except subprocess.TimeoutExpired:
                loader.kill()
                killed += 1
        assert loader.returncode in {0, -9}
        if loader.returncode == 0:
            # all is loaded: begin anew with what is left of the rounds
            (tmp_path / "warehouse.duckdb").rename(tmp_path / f"loaded{killed}.duckdb")
    with a_loader(tmp_path) as loader:
        pass
    assert loader.returncode == 0

    for path in sorted(tmp_path.glob("*.duckdb")):
        warehouse = DuckDBDestination(path)
        counts = warehouse.query(
            "SELECT (SELECT count(*) FROM tracks), (SELECT count(DISTINCT id) FROM tracks),"
            " (SELECT count(*) FROM telemetry_events),"
            " (SELECT count(*) FROM something_else) + (SELECT count(*) FROM sign_up),"
            " (SELECT sum(loaded)::BIGINT FROM loader.loads),"
            " (SELECT sum(added)::BIGINT FROM loader.load_tables WHERE table_name = 'tracks')"
        ).rows
        warehouse.close()
        half = MESSAGES // 2
        assert counts == [(MESSAGES, MESSAGES, half, half, MESSAGES, MESSAGES)]
    assert list((tmp_path / "tmp").iterdir()) == []
