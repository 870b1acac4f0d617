"""Events into the data plane: in batches and one by one, beside decode, append and fsync alone."""

import asyncio
import gzip
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import msgspec

from bench.figure import Figure, at_least, at_most
from commandpost_telemetry.collector.process import collect
from commandpost_telemetry.log.body import packed
from commandpost_telemetry.settings import Settings

Pack = Callable[[bytes], bytes]

KEY = "bench"
BATCH = 100
BATCHES = 3000
TURNS = 3
SINGLES = 40_000
BATCH_CONNECTIONS = 32
SINGLE_CONNECTIONS = 64
GROUP = 32  # bodies that one commit takes where nothing but the disk is measured
# One core serves, the other one asks.
SERVING, ASKING = {0}, {1}


@dataclass(frozen=True)
class Run:
    """What one run over the network gave."""

    per_second: float
    p99_ms: float


@dataclass(frozen=True)
class Served:
    """A data plane that runs."""

    url: str
    pid: int
    folder: Path


def measure() -> list[Figure]:
    """Return the figures of one run."""
    bodies = [_batch() for _ in range(BATCHES)]
    singles = [json.dumps(an_event()).encode() for _ in range(SINGLES)]
    asked = [a_request("/v1/batch", body, "Content-Encoding: gzip\r\n") for body in bodies]
    # in turns, since the machine is not always equally fast
    turns = [(_run(asked, BATCH_CONNECTIONS, processes=1), _limit(bodies)) for _ in range(TURNS)]
    one, limit = sorted(turns, key=lambda turn: turn[0].per_second / turn[1])[TURNS // 2]
    two = _run(asked, BATCH_CONNECTIONS, processes=2)
    packed_alike = _limit(bodies, packed)
    single = _run(
        [a_request("/v1/track", body) for body in singles], SINGLE_CONNECTIONS, processes=1
    )
    events = one.per_second * BATCH
    return [
        at_least(
            "collector, batches of 100, durable, one core",
            events,
            50_000,
            "events/s",
        ),
        Figure(
            "decode, append and fsync alone, one core, by the standard library: the limit",
            "",
            f"{limit:,.0f} events/s",
        ),
        Figure(
            "the same with the log's own packing",
            "",
            f"{packed_alike:,.0f} events/s",
            f"{events / packed_alike:.2f} of it by the collector",
        ),
        Figure(
            "collector, one core, as a share of the limit",
            ">= 0.50",
            f"{events / limit:.2f}",
            kept=events >= limit / 2,
        ),
        Figure(
            "collector, two processes on the two cores that also ask",
            "",
            f"{two.per_second * BATCH:,.0f} events/s",
            f"{two.per_second / one.per_second:.2f} of one, "
            f"{two.per_second * BATCH / limit:.2f} of the limit",
        ),
        at_least(
            "collector, single events, 64 connections, one core",
            single.per_second,
            4_000,
            "requests/s",
        ),
        at_most("the same, 99 of 100 answered within", single.p99_ms, 50, "ms"),
    ]


def an_event() -> dict[str, object]:
    """Return what a product sends: some 680 bytes, ten properties."""
    return {
        "type": "track",
        "channel": "server",
        "messageId": str(uuid4()),
        "userId": "d8q5wk1zx7mcbn3ryhf6tgso2u",
        "anonymousId": "d8q5wk1zx7mcbn3ryhf6tgso2u",
        "event": "CreateIncident",
        "properties": {
            "IncidentID": uuid4().hex[:26],
            "CommanderUserID": uuid4().hex[:26],
            "TeamID": "t6w1k9mzc3bspx8fyodqh7ur5e",
            "CreatedAt": 1_606_202_096_123,
            "ChannelIDs": [uuid4().hex[:26]],
            "PostID": "",
            "NumChecklists": 1,
            "TotalChecklistItems": 7,
            "ServerVersion": "5.28.0",
            "PluginVersion": "0.4.0",
        },
        "integrations": None,
        "context": {"library": {"name": "commandpost", "version": "0.4.0"}},
        "originalTimestamp": "2026-11-24T12:00:00.123Z",
        "sentAt": "2026-11-24T12:00:01.123Z",
    }


def _batch() -> bytes:
    content = {"batch": [an_event() for _ in range(BATCH)], "sentAt": "2026-11-24T12:00:01.123Z"}
    return gzip.compress(json.dumps(content).encode(), 6)


def _by_the_standard_library(lines: bytes) -> bytes:
    return zlib.compress(lines, 1)


def _limit(bodies: Sequence[bytes], pack: Pack = _by_the_standard_library) -> float:
    """Return the events per second of what cannot be left out, on one core of its own process."""
    with tempfile.TemporaryDirectory() as folder, get_context("spawn").Pool(1) as pool:
        return pool.apply(_alone, (bodies, f"{folder}/log.sqlite", pack))


def _alone(bodies: Sequence[bytes], path: str, pack: Pack) -> float:
    os.sched_setaffinity(0, SERVING)
    decoder = msgspec.json.Decoder(_Batch)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE entry (position INTEGER PRIMARY KEY, body BLOB)")
    started = time.perf_counter()
    for first in range(0, len(bodies), GROUP):
        connection.execute("BEGIN")
        for body in bodies[first : first + GROUP]:
            events = decoder.decode(zlib.decompress(body, 31)).batch
            lines = b"\n".join(bytes(event) for event in events)
            connection.execute("INSERT INTO entry (body) VALUES (?)", (pack(lines),))
        connection.execute("COMMIT")
    took = time.perf_counter() - started
    connection.close()
    return len(bodies) * BATCH / took


class _Batch(msgspec.Struct):
    batch: list[msgspec.Raw]


def a_request(path: str, body: bytes, headers: str = "") -> bytes:
    """Return what goes over the network."""
    authorization = b64encode(f"{KEY}:".encode()).decode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Basic {authorization}\r\n"
        f"{headers}Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _run(requests: Sequence[bytes], connections: int, *, processes: int) -> Run:
    everywhere = os.sched_getaffinity(0)
    os.sched_setaffinity(0, ASKING if processes == 1 else everywhere)
    try:
        with serving(processes) as served:
            return asyncio.run(_asked(served.url, requests, connections))
    finally:
        os.sched_setaffinity(0, everywhere)


async def _asked(url: str, requests: Sequence[bytes], connections: int) -> Run:
    parts = urlsplit(url)
    left = iter(requests)
    durations: list[float] = []

    async def ask() -> None:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        for request in left:
            before = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\nok")
            durations.append(time.perf_counter() - before)
            if not head.startswith(b"HTTP/1.1 200 "):
                raise RuntimeError(head.decode())
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(ask() for _ in range(connections)))
    took = time.perf_counter() - started
    return Run(len(durations) / took, statistics.quantiles(durations, n=100)[98] * 1000)


@contextmanager
def serving(processes: int) -> Iterator[Served]:
    """Run the data plane alone over an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "COMMANDPOST_DATA_DIR": folder,
            "COMMANDPOST_TELEMETRY_COLLECTOR_WRITE_KEYS": json.dumps({"bench": KEY}),
        }
        command = [sys.executable, "-m", "bench.collector", str(processes)]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            os.sched_setaffinity(process.pid, SERVING if processes == 1 else {0, 1})
            assert process.stdout is not None
            url = process.stdout.readline().split()[1]
            # the port is held before the log is open; the start is no part of what is measured
            httpx.get(f"{url}/health").raise_for_status()
            yield Served(url, process.pid, Path(folder))
        finally:
            process.terminate()
            process.wait()


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    collect(Settings(), processes=int(sys.argv[1]), say=_say)
