"""Post what the outbox holds when no product runs, so that a sync finds it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import (
    ExitStack,
    closing,
    contextmanager,
)

import uvicorn
from starlette.types import ASGIApp

from commandpost.kit.migrate import require_current
from commandpost.main import open_database
from commandpost.serve.parts import SOURCE, listen, open_telemetry_log, own_address
from commandpost.settings import Settings
from commandpost.telemetry.actions import configure
from commandpost.worker import Worker, carriers
from commandpost_telemetry.collector.sources import Sources
from commandpost_telemetry.collector.web import create_collector
from commandpost_telemetry.log.rejects import Rejects
from commandpost_telemetry.settings import Settings as PipelineSettings


def drain_outbox(pipeline: PipelineSettings) -> None:
    """Post what the outbox holds to a data plane that runs just for this.

    `commandpost-telemetry sync` calls it by its entry point when no product runs.
    """
    settings = Settings(data_dir=pipeline.data_dir, host="127.0.0.1", port=0)
    if not settings.database_url and not (settings.data_dir / "commandpost.sqlite").exists():
        return
    with closing(listen(settings)) as listening, ExitStack() as stack:
        settings = settings.model_copy(update={"port": listening.getsockname()[1]})
        database = open_database(settings)
        stack.callback(database.dispose)
        require_current(database)
        sources = stack.enter_context(closing(Sources(settings.data_dir / "sources.sqlite")))
        with database.transaction() as session:
            sources.ensure(SOURCE, configure(session, settings).local_write_key)
        log = stack.enter_context(closing(open_telemetry_log(pipeline)))
        rejects = stack.enter_context(closing(Rejects(settings.data_dir / "rejects.sqlite")))
        stack.enter_context(_served(create_collector(log, sources, rejects), listening))
        worker = Worker(database, carriers(database, settings, own_address(settings)))
        worker.take_over()
        worker.drain()
        worker.stop()


@contextmanager
def _served(app: ASGIApp, listening: socket.socket) -> Iterator[None]:
    """Serve an application from a thread while the block runs."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
