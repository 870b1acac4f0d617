"""What recording costs a deed, and how fast the relay moves events to the data plane."""

import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from bench.figure import Figure, at_least, at_most
from commandpost.kit.clock import now
from commandpost.kit.db import Base, Database
from commandpost.outbox.models import Lane
from commandpost.outbox.relay import Relay
from commandpost.settings import Settings, TelemetryMode
from commandpost.telemetry.actions import configure
from commandpost.telemetry.carrier import RudderCarrier
from commandpost.telemetry.record import record
from commandpost_telemetry.catalogue.checklist import CheckChecklistItem
from commandpost_telemetry.collector.sources import Sources
from commandpost_telemetry.collector.web import create_collector
from commandpost_telemetry.log.open import open_log
from commandpost_telemetry.log.rejects import Rejects

DEEDS = 300
EVENTS = 10_000
EVENT = CheckChecklistItem(incident_id="i" * 26, user_id="u" * 26)


def measure() -> list[Figure]:
    """Return the figures of one run."""
    with tempfile.TemporaryDirectory() as folder:
        return [_recording(Path(folder)), _relaying(Path(folder))]


def _recording(folder: Path) -> Figure:
    """Time transactions that write one row, with and without an event, in turns."""
    database = _database(folder / "recording.sqlite")
    times: dict[TelemetryMode, list[float]] = {TelemetryMode.OFF: [], TelemetryMode.LOCAL: []}
    for number in range(DEEDS * 2):
        mode = TelemetryMode.LOCAL if number % 2 else TelemetryMode.OFF
        times[mode].append(_deed(database, number, with_event=mode is TelemetryMode.LOCAL))
    database.dispose()
    off, on = (statistics.median(times[mode]) * 1000 for mode in times)
    return at_most("recording an event costs a deed, median", on - off, 1, "ms")


def _deed(database: Database, number: int, *, with_event: bool) -> float:
    started = time.perf_counter()
    with database.transaction() as session:
        lane = session.get_one(Lane, "bench")
        lane.attempts = number
        if with_event:
            record(session, EVENT)
    return time.perf_counter() - started


def _relaying(folder: Path) -> Figure:
    database = _database(folder / "relaying.sqlite")
    with database.transaction() as session:
        for _ in range(EVENTS):
            record(session, EVENT)
    with _a_data_plane(folder) as url:
        carrier = RudderCarrier(url, "bench-key")
        started = time.perf_counter()
        left = Relay(database, "local", carrier).drain()
        took = time.perf_counter() - started
        carrier.close()
    database.dispose()
    assert left == 0, "events were left in the outbox"
    return at_least("events relayed to the data plane of this process", EVENTS / took, 2000, "/s")


def _database(path: Path) -> Database:
    database = Database(f"sqlite:///{path}")
    Base.metadata.create_all(database.engine)
    with database.transaction() as session:
        configure(session, Settings(do_not_track=""))
        at = now()
        session.add(Lane(name="bench", leased_until=at, due_at=at, changed_at=at))
    return database


@contextmanager
def _a_data_plane(folder: Path) -> Iterator[str]:
    """Serve the collector from a thread of this process, as `serve` does."""
    log = open_log(folder / "log")
    sources = Sources(folder / "sources.sqlite", {"bench": "bench-key"})
    rejects = Rejects(folder / "rejects.sqlite")
    config = uvicorn.Config(
        create_collector(log, sources, rejects), port=0, log_level="warning", lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
        log.close()
        sources.close()
        rejects.close()
