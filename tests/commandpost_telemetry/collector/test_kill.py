"""kill -9 under load: what was acknowledged is in the log as it was sent, and nothing is half."""

import asyncio
import json
import os
import random
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import pytest

from commandpost_telemetry.log.sqlite import SqliteLog
from tests.commandpost_telemetry.collector.alone import Alone, a_process
from tests.commandpost_telemetry.collector.given import KEY
from tests.journeys.product import UNMEASURED

ROUNDS = int(os.environ.get("COMMANDPOST_KILL_ROUNDS", "20"))
DISK_ROUNDS = int(os.environ.get("COMMANDPOST_DISK_ROUNDS", "1"))
SENDERS = 8
ADDED = {"receivedAt", "request_ip", "rudderId"}

Message = dict[str, Any]


def a_batch(chance: random.Random, *, noise: int = 0) -> list[Message]:
    """Make up messages; noise is what compression does not make small."""
    return [
        {
            "type": "track",
            "event": "Ev",
            "userId": "u1",
            "messageId": str(uuid4()),
            "properties": {
                "text": "x" * chance.randrange(2000) + chance.randbytes(noise // 2).hex()
            },
        }
        for _ in range(chance.randrange(1, 40))
    ]


class Outcome(NamedTuple):
    """What was sent, and what the sender was told of it."""

    sent: set[bytes]
    acknowledged: set[bytes]
    refused: set[bytes]


def sealed(batch: list[Message]) -> bytes:
    """What is remembered of a batch, so that a thousand rounds fit into memory."""
    return sha256(json.dumps(batch, sort_keys=True).encode()).digest()


async def sent_until_killed(
    alone: Alone, chance: random.Random, *, kills_a_worker: bool = False, may_refuse: bool = False
) -> Outcome:
    """Send from all sides, kill at some moment; `may_refuse` says that writes may fail."""
    sent, acknowledged, refused = outcome = Outcome(set(), set(), set())
    fails = asyncio.Event()

    async def send_on(client: httpx.AsyncClient) -> None:
        while True:
            batch = a_batch(chance, noise=6000 if may_refuse else 0)
            seal = sealed(batch)
            sent.add(seal)
            try:
                answer = await client.post("/v1/batch", json={"batch": batch})
            except httpx.TransportError:
                return
            if answer.status_code == 200:
                assert answer.text == "ok"
                acknowledged.add(seal)
            else:
                assert (answer.status_code, may_refuse) == (503, True)
                refused.add(seal)
                fails.set()

    async with httpx.AsyncClient(base_url=alone.address, auth=(KEY, ""), timeout=30) as client:
        await client.get("/health")
        senders = [asyncio.create_task(send_on(client)) for _ in range(SENDERS)]
        if may_refuse:
            await fails.wait()
        await asyncio.sleep(chance.uniform(0.01, 0.4))
        if kills_a_worker:
            alone.kill_a_worker()
            await asyncio.sleep(chance.uniform(0.01, 0.4))
        await asyncio.to_thread(alone.kill)
        await asyncio.gather(*senders)
    return outcome


def kept(log: SqliteLog) -> Iterator[list[Message]]:
    after = 0
    while entries := log.read(after=after):
        for entry in entries:
            messages = [json.loads(line) for line in entry.lines.splitlines()]
            assert len(messages) == entry.count
            yield [{k: v for k, v in each.items() if k not in ADDED} for each in messages]
        after = entries[-1].position


@pytest.mark.slow
@pytest.mark.timeout(600 + 20 * ROUNDS)
@pytest.mark.parametrize(("processes", "rounds"), [(1, ROUNDS), (2, ROUNDS // 4)])
def test_after_kill_9_every_acknowledged_request_is_there_whole_and_once(
    tmp_path: Path, record_property: Callable[[str, object], None], processes: int, rounds: int
) -> None:
    chance = random.Random(7)  # noqa: S311 - the same moments in every run
    sent: set[bytes] = set()
    acknowledged: set[bytes] = set()

    for number in range(rounds):
        kills_a_worker = processes > 1 and number % 2 == 1
        with a_process(tmp_path, processes=processes, more=UNMEASURED) as alone:
            of_round = asyncio.run(sent_until_killed(alone, chance, kills_a_worker=kills_a_worker))
        sent |= of_round.sent
        acknowledged |= of_round.acknowledged

    log = SqliteLog(tmp_path / "log")
    found = [sealed(batch) for batch in kept(log)]
    log.close()
    assert len(acknowledged) > rounds
    assert acknowledged <= set(found) <= sent
    assert len(set(found)) == len(found)
    record_property("kills", rounds)
    record_property("acknowledged", len(acknowledged))


@pytest.mark.slow
@pytest.mark.timeout(600 + 20 * DISK_ROUNDS)
def test_kill_9_while_writes_fail_leaves_what_was_acknowledged_and_nothing_half(
    tmp_path: Path,
) -> None:
    chance = random.Random(11)  # noqa: S311 - the same moments in every run
    refused = 0

    for number in range(DISK_ROUNDS):
        folder = tmp_path / str(number)
        folder.mkdir()
        largest_file = (5 << 20) + chance.randrange(1 << 20)
        with a_process(folder, largest_file=largest_file, more=UNMEASURED) as alone:
            outcome = asyncio.run(sent_until_killed(alone, chance, may_refuse=True))
        log = SqliteLog(folder / "log")
        found = [sealed(batch) for batch in kept(log)]
        log.close()
        assert outcome.acknowledged <= set(found) <= outcome.sent - outcome.refused
        assert len(set(found)) == len(found)
        refused += len(outcome.refused)

    assert refused >= DISK_ROUNDS


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(7, 7 + DISK_ROUNDS))
def test_on_a_full_disk_nothing_is_acknowledged_that_is_not_there(
    tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same batches in every run
    largest_file = (6 << 20) + chance.randrange(1 << 20)
    acknowledged: list[list[Message]] = []
    refused = 0

    with (
        a_process(tmp_path, largest_file=largest_file, more=UNMEASURED) as alone,
        httpx.Client(base_url=alone.address, auth=(KEY, ""), timeout=30) as client,
    ):
        while refused < 5:
            batch = a_batch(chance, noise=6000)
            answer = client.post("/v1/batch", json={"batch": batch})
            if answer.status_code == 200:
                acknowledged.append(batch)
            else:
                refused += 1
                assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        alone.kill()

    log = SqliteLog(tmp_path / "log")
    found = list(kept(log))
    log.close()
    assert len(acknowledged) > 5
    assert found == acknowledged
