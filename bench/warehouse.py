"""Events from the log into DuckDB, beside bare DuckDB and per-row Python doing the same."""

import asyncio
import json
import os
import random
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import product
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from uuid import UUID

from bench.bare_duckdb import LIBRARY, ROWS, bare, row_by_row, tables
from bench.figure import Figure, at_least, at_most
from commandpost_telemetry.catalogue.field import Kind
from commandpost_telemetry.catalogue.registry import all_events
from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.log.entry import Request
from commandpost_telemetry.log.open import open_log
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination
from commandpost_telemetry.warehouse.schema.sql import compose, ident, literal
from commandpost_telemetry.warehouse.syncing.sync import Sync

EVENTS = int(os.environ.get("BENCH_EVENTS", "400000"))
LARGE = int(os.environ.get("BENCH_ROWS", "10000000"))  # the budget speaks of 50 million
SMALL = 1_000_000
BATCH = 94_000  # events of one load, as `sync` cuts them

_chance = random.Random(1)  # noqa: S311 - the same events in every run
_IDS = ["".join(_chance.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=26)) for _ in range(5000)]


def a_value(kind: Kind) -> object:
    """Return a value of the kind, drawn from what a few thousand users would give."""
    match kind:
        case Kind.FLAG:
            return True
        case Kind.COUNT:
            return _chance.randrange(30)
        case Kind.MILLIS:
            return 1_790_000_000_000 + _chance.randrange(10**9)
        case Kind.ID_LIST:
            return [_chance.choice(_IDS)]
        case _:
            return _chance.choice(_IDS)


def messages(count: int) -> Iterator[tuple[str, bytes]]:
    """Yield ids and lines as the collector writes them, all events of the catalogue alike."""
    definitions = [event.definition for event in all_events()]
    for _ in range(count):
        definition = _chance.choice(definitions)
        properties: dict[str, object] = {"ServerVersion": "5.28.0", "PluginVersion": "0.4.0"}
        for field in definition.fields:
            properties |= dict.fromkeys(field.wire.names, a_value(field.kind))
        message_id = str(UUID(int=_chance.getrandbits(128), version=4))
        message = {
            "type": "track",
            "messageId": message_id,
            "event": definition.name,
            "userId": _chance.choice(_IDS),
            "anonymousId": _chance.choice(_IDS),
            "channel": "server",
            "integrations": None,
            "context": {"library": {"name": "commandpost", "version": "0.4.0"}},
            "properties": properties,
            "originalTimestamp": "2026-11-24T11:59:58.123Z",
            "sentAt": "2026-11-24T11:59:59.123Z",
            "receivedAt": "2026-11-24T12:00:00.123Z",
            "request_ip": "192.0.2.7",
            "rudderId": message_id,
        }
        yield message_id, json.dumps(message, separators=(",", ":")).encode() + b"\n"


def prepare(folder: Path) -> None:
    """Write the same events into a log, in requests of 100, and into plain files."""

    async def append() -> None:
        log = open_log(folder / "log")
        made = messages(EVENTS)
        for number in range(0, EVENTS, BATCH):
            with (folder / f"{number:09}.ndjson").open("wb") as file:
                for _ in range(0, min(BATCH, EVENTS - number), 100):
                    batch = [found for _, found in zip(range(100), made, strict=False)]
                    lines = b"".join(line for _, line in batch)
                    ids = [message_id for message_id, _ in batch]
                    file.write(lines)
                    await log.append(Request("commandpost", now(), len(ids), lines, ids))
        log.close()

    asyncio.run(append())


def measure() -> list[Figure]:
    """Return the figures of one run: ours and the limit take turns, the better of two counts."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        prepare(folder)
        mine, limits = [], []
        for _ in range(2):
            mine.append(alone(ours, folder))
            limits.append(alone(bare, folder, EVENTS))
        rows = alone(row_by_row, folder)
        grown = {size: beside(folder, size) for size in (SMALL, LARGE)}
        order, memory = alone(compacting, folder, LARGE)
    rate = EVENTS / min(seconds for seconds, _ in mine)
    limit = EVENTS / min(seconds for seconds, _ in limits)
    return [
        at_least(
            "log to DuckDB: schema, dispatch, dedup, merge, two cores",
            rate,
            60_000,
            "events/s",
            f"{rate / limit:.2f} of bare DuckDB (>= 0.60)",
        ),
        at_most("the same, most memory", max(memory for _, memory in mine), 1024, "MiB"),
        Figure("bare DuckDB doing the same: the limit", "", f"{limit:,.0f} events/s"),
        Figure("per-row Python, which we avoid", "", f"{ROWS / rows[0]:,.0f} events/s"),
        at_most(
            f"cost of one event with {LARGE / 1e6:g} M rows beside 1 M",
            grown[LARGE] / grown[SMALL],
            1.5,
            "x",
        ),
        Figure("putting it in order, once a day", "", f"{order:.1f} s, {memory:,.0f} MiB"),
    ]


def beside(folder: Path, rows: int) -> float:
    """Return the seconds of a sync beside so many rows, the best of three."""
    alone(grow, folder, rows)
    return min(alone(growing, folder, rows)[0] for _ in range(3))


def alone(work: Callable[..., float], *arguments: object) -> tuple[float, float]:
    """Run in a process of its own; return the seconds it says and the most memory it took."""
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_reported, args=(there, work, arguments))
    process.start()
    seconds, memory = here.recv()
    process.join()
    return seconds, memory


def _reported(there: Connection, work: Callable[..., float], arguments: tuple[object, ...]) -> None:
    seconds = work(*arguments)
    there.send((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def ours(folder: Path) -> float:
    """Run what a sync runs."""
    with tempfile.TemporaryDirectory(dir=folder) as made:
        destination = DuckDBDestination(Path(made) / "ours.duckdb")
        started = time.perf_counter()
        outcome = Sync(open_log(folder / "log"), destination, Path(made) / "tmp").run()
        seconds = time.perf_counter() - started
        destination.close()
    assert outcome.loaded == EVENTS
    return seconds


def grow(folder: Path, rows: int) -> float:
    """Make a warehouse that holds so many rows of one year already."""
    started = time.perf_counter()
    destination = DuckDBDestination(folder / f"{rows}.duckdb")
    with destination.cursor() as cursor:
        cursor.execute("SET enable_progress_bar = false")
        # columns that the first load would bring are written once for all rows: not measured
        for table, name in product(("tracks", *tables()), LIBRARY):
            add = compose("ALTER TABLE {t} ADD COLUMN {n} VARCHAR", t=ident(table), n=ident(name))
            cursor.execute(add)
        for table, share in {"tracks": 1, **dict.fromkeys(tables(), len(tables()))}.items():
            fill = compose(
                "INSERT INTO {table} BY NAME SELECT uuid()::VARCHAR AS id,"
                " 'x' AS event_text, TIMESTAMP '2025-11-24' + INTERVAL 365 DAY * (n / {n})"
                " AS received_at FROM range({n}) made (n)",
                table=ident(table),
                n=literal(rows // share),
            )
            cursor.execute(fill)
    destination.close()
    return time.perf_counter() - started


def growing(folder: Path, rows: int) -> float:
    """Sync into a copy of a warehouse that was grown."""
    return _growing(folder, rows)[0]


def compacting(folder: Path, rows: int) -> float:
    """Put in order what such a sync leaves: nobody waits for it, but it is work all the same."""
    return _growing(folder, rows)[1]


def _growing(folder: Path, rows: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory(dir=folder) as made:
        path = Path(made) / "grown.duckdb"
        shutil.copyfile(folder / f"{rows}.duckdb", path)
        os.sync()  # what was just written must not be in the way of what is measured
        destination = DuckDBDestination(path)
        started = time.perf_counter()
        Sync(open_log(folder / "log"), destination, Path(made) / "tmp").run()
        synced = time.perf_counter()
        destination.compact()
        compacted = time.perf_counter()
        destination.close()
    return synced - started, compacted - synced
