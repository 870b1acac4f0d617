"""Plays the made-up world through the real data plane, on a clock that runs a year in minutes."""

import asyncio
import csv
import heapq
import io
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import httpx

from commandpost_telemetry.collector.sources import Sources
from commandpost_telemetry.collector.web import Collector, create_collector
from commandpost_telemetry.insights.demo.deeds import Deed, deeds_of
from commandpost_telemetry.insights.demo.world import Server, make_servers
from commandpost_telemetry.insights.licences import COLUMNS, import_licences
from commandpost_telemetry.insights.source import DuckDBSource
from commandpost_telemetry.insights.upkeep import Upkeep
from commandpost_telemetry.kit.clock import clock, now
from commandpost_telemetry.log.limits import LogLimits
from commandpost_telemetry.log.open import open_log
from commandpost_telemetry.log.rejects import Rejects
from commandpost_telemetry.rudder.message import batch_body, batches, track_message
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination
from commandpost_telemetry.warehouse.syncing.sync import Sync

SOURCE = "demo-data"
WINDOW = timedelta(minutes=20)  # the made-up servers send this often
SYNC_EVERY = timedelta(days=7)
SYNC_EVERY_LATELY = timedelta(minutes=30)
LATELY = timedelta(days=1, hours=1)
SEGMENT = 7 * 86_400  # seconds; a file for each made-up hour would take longer than the year

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """How much is made up; the same wish gives the same events."""

    servers: int
    days: int
    seed: int
    until: datetime


def deeds(wish: Wish) -> tuple[list[Server], Iterator[Deed]]:
    """Return the servers and all that happens on them, in order of time."""
    random = Random(wish.seed)  # noqa: S311 - nothing here is a secret
    last = wish.until.date()
    first = last - timedelta(days=wish.days - 1)
    servers = make_servers(wish.servers, first, last, random)
    seeds = [random.getrandbits(64) for _ in servers]
    lives = [
        deeds_of(server, wish.until, Random(seed))  # noqa: S311 - as above
        for server, seed in zip(servers, seeds, strict=True)
    ]
    return servers, heapq.merge(*lives, key=lambda deed: deed.at)


def windows(all_deeds: Iterator[Deed]) -> Iterator[tuple[datetime, list[Deed]]]:
    """Yield the deeds of each short while together, with the moment at which they are sent."""
    held: list[Deed] = []
    closes = datetime.min.replace(tzinfo=UTC)
    for deed in all_deeds:
        if held and deed.at >= closes:
            yield closes, held
            held = []
        if not held:
            closes = deed.at + WINDOW
        held.append(deed)
    if held:
        yield held[-1].at + timedelta(seconds=1), held


def message(deed: Deed, random: Random) -> bytes:
    """Return a deed as the message that the product would send."""
    return track_message(
        deed.event,
        message_id=str(UUID(int=random.getrandbits(128), version=4)),
        diagnostic_id=deed.server.id,
        server_version=deed.server.server_version,
        plugin_version=deed.version,
        at=deed.at,
    )


@dataclass
class Syncs:
    """Syncs whenever one is due on the made-up clock: often at the end, where the checks look."""

    run: Callable[[], object]
    until: datetime
    due: datetime | None = None

    def up_to(self, at: datetime) -> None:
        """Run every sync that was due by then, each at its time."""
        due = self.due or at
        while due <= min(at, self.until):
            clock.set(due)
            self.run()
            lately = self.until - LATELY
            due = due + SYNC_EVERY_LATELY if due >= lately else min(due + SYNC_EVERY, lately)
        self.due = due


def fill(data_dir: Path, warehouse: DuckDBDestination, wish: Wish, say: Say) -> int:
    """Send the year to a data plane over the log of `data_dir`, sync it, and name the buyers."""
    servers, all_deeds = deeds(wish)
    with ExitStack() as stack:
        limits = LogLimits(segment_seconds=SEGMENT)
        log = stack.enter_context(closing(open_log(data_dir / "log", limits=limits)))
        sources = stack.enter_context(closing(Sources(data_dir / "sources.sqlite")))
        rejects = stack.enter_context(closing(Rejects(data_dir / "rejects.sqlite")))
        key = f"demo-{wish.seed}"
        sources.ensure(SOURCE, key)
        stack.callback(clock.reset)
        sync = Sync(log, warehouse, data_dir / "tmp")
        syncs = Syncs(sync.run, wish.until)
        collector = create_collector(log, sources, rejects)
        sent = asyncio.run(_play(collector, key, all_deeds, wish, syncs, say))
        syncs.up_to(wish.until)
        clock.set(wish.until)
        sync.run()
        source = DuckDBSource(warehouse.cursor)
        Upkeep(source).refresh()
        warehouse.compact()
        import_licences(source, licences_csv(servers, wish.until))
    return sent


async def _play(
    collector: Collector,
    key: str,
    all_deeds: Iterator[Deed],
    wish: Wish,
    syncs: Syncs,
    say: Say,
) -> int:
    random = Random(wish.seed + 1)  # noqa: S311 - ids of made-up messages
    headers = {"Authorization": "Basic " + b64encode(f"{key}:".encode()).decode()}
    transport = httpx.ASGITransport(app=collector)
    sent, month = 0, ""
    async with httpx.AsyncClient(transport=transport, base_url="http://demo") as client:
        for at, held in windows(all_deeds):
            await asyncio.to_thread(syncs.up_to, at)
            clock.set(min(at, wish.until))
            await _post(client, headers, [message(deed, random) for deed in held])
            sent += len(held)
            if f"{at:%B %Y}" != month:
                month = f"{at:%B %Y}"
                say(f"{month}: {sent} events so far")
    return sent


async def _post(
    client: httpx.AsyncClient, headers: dict[str, str], messages: Sequence[bytes]
) -> None:
    for batch in batches(messages):
        body = batch_body(batch, sent_at=now())
        answer = await client.post("/v1/batch", content=body, headers=headers)
        answer.raise_for_status()


def licences_csv(servers: Sequence[Server], until: datetime) -> str:
    """Return the licences of the servers that somebody bought one for."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for number, server in enumerate(servers, start=1):
        if server.edition:
            ends = until.date() + timedelta(days=30 + number % 300)
            licence = f"L-{number:05d}"
            writer.writerow(
                (server.id, licence, server.customer, server.edition, server.first, ends)
            )
    return out.getvalue()
