"""What one process holds, apart from its doors: opened in order, closed in reverse."""

import socket
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial

import structlog
from prometheus_client import CollectorRegistry

from commandpost.kit.db import Database
from commandpost.kit.errors import Invalid
from commandpost.kit.migrate import upgrade
from commandpost.main import open_database
from commandpost.settings import Settings
from commandpost.telemetry.actions import configure
from commandpost.telemetry.rules import LOCAL_LANE
from commandpost.worker import Worker, carriers
from commandpost_telemetry.collector.sources import Sources
from commandpost_telemetry.insights.connect import open_source
from commandpost_telemetry.insights.source import Source
from commandpost_telemetry.log.errors import LogAddressError
from commandpost_telemetry.log.log import Log
from commandpost_telemetry.log.open import open_log
from commandpost_telemetry.log.rejects import Rejects
from commandpost_telemetry.settings import Settings as PipelineSettings
from commandpost_telemetry.warehouse.connect import calendar_of
from commandpost_telemetry.warehouse.destinations.errors import WarehouseError
from commandpost_telemetry.warehouse.opening import Warehouse
from commandpost_telemetry.warehouse.syncing.metrics import SyncMetrics
from commandpost_telemetry.warehouse.syncing.outcome import Outcome
from commandpost_telemetry.warehouse.syncing.schedule import Schedule

log = structlog.get_logger()

BACKLOG = 2048  # connections that may wait to be accepted
SOURCE = "commandpost"  # the product's own source at the embedded data plane


@dataclass(frozen=True, slots=True)
class Parts:
    """What one process holds, apart from its doors."""

    settings: Settings
    pipeline: PipelineSettings
    database: Database
    log: Log
    sources: Sources
    rejects: Rejects
    warehouse: Warehouse
    source: Source  # the same warehouse, for those who ask
    worker: Worker
    schedule: Schedule
    metrics: CollectorRegistry  # of data plane and sync together
    after_sync: list[Callable[[], object]]  # what wants to know that a load is done


def open_parts(settings: Settings, pipeline: PipelineSettings, stack: ExitStack) -> Parts:
    folder = settings.data_dir
    database = open_database(settings)
    stack.callback(database.dispose)
    upgrade(database)
    with database.transaction() as session:
        write_key = configure(session, settings).local_write_key
    sources = Sources(folder / "sources.sqlite", pipeline.collector_write_keys)
    stack.enter_context(closing(sources)).ensure(SOURCE, write_key)
    metrics = CollectorRegistry()
    try:
        log = stack.enter_context(closing(open_telemetry_log(pipeline)))
        warehouse = stack.enter_context(closing(Warehouse(pipeline, log, SyncMetrics(metrics))))
    except (LogAddressError, WarehouseError) as error:
        raise Invalid(f"{error} Nothing was started.") from error
    after_sync: list[Callable[[], object]] = []
    worker = Worker(database, carriers(database, settings, own_address(settings)))
    return Parts(
        settings=settings,
        pipeline=pipeline,
        database=database,
        log=log,
        sources=sources,
        rejects=stack.enter_context(closing(Rejects(folder / "rejects.sqlite"))),
        warehouse=warehouse,
        source=open_source(pipeline, warehouse.destination),
        worker=worker,
        schedule=_schedule(pipeline, warehouse, worker, after_sync),
        metrics=metrics,
        after_sync=after_sync,
    )


def _schedule(
    pipeline: PipelineSettings,
    warehouse: Warehouse,
    worker: Worker,
    after_sync: list[Callable[[], object]],
) -> Schedule:
    return Schedule(
        partial(_synced, warehouse, after_sync),
        calendar_of(pipeline),
        before=lambda: worker.drain(LOCAL_LANE),
        after=warehouse.compact,
    )


def _synced(warehouse: Warehouse, after_sync: list[Callable[[], object]]) -> Outcome:
    outcome = warehouse.run()
    for tell in after_sync:
        try:
            tell()
        except Exception:  # the load is done whatever becomes of this
            log.exception("what follows a sync failed")
    return outcome


def open_telemetry_log(pipeline: PipelineSettings) -> Log:
    folder = pipeline.data_dir / "log"
    return open_log(pipeline.log_url or folder, beside=folder)


def listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((settings.host, settings.port))
        listening.listen(BACKLOG)  # at once, so that what is posted before the server runs waits
    except OSError:
        listening.close()
        raise
    return listening


def own_address(settings: Settings) -> str:
    """Return where the embedded data plane answers for this very process."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104 - read, not bound
    return f"http://{host}:{settings.port}"
