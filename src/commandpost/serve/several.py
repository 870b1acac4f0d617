"""`commandpost web` and `worker`: the product in several processes over one PostgreSQL."""

import logging
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, closing

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from commandpost.kit.db import Database
from commandpost.kit.errors import Invalid
from commandpost.kit.logs import configure_logs
from commandpost.kit.migrate import require_current
from commandpost.main import create_app, open_database
from commandpost.serve.answering import (
    Say,
    first_run,
    hearing_others,
    say_all,
    server_of,
    spare_collections,
    write_marks,
)
from commandpost.serve.parts import SOURCE, listen
from commandpost.settings import Settings
from commandpost.telemetry.actions import configure
from commandpost.worker import Worker, carriers
from commandpost_telemetry.collector.sources import Sources

NEEDS_POSTGRESQL = (
    "`commandpost web` and `commandpost worker` are several processes, and SQLite is for one. Name "
    "a PostgreSQL by COMMANDPOST_DATABASE_URL, or run `commandpost serve`. Nothing was started."
)


def run_web(settings: Settings, *, say: Say) -> None:
    """Serve pages and REST until told to stop; relaying and loading are other processes' work."""
    with ExitStack() as stack:
        database = _opened(settings, stack)
        listening = stack.enter_context(closing(listen(settings)))
        settings = settings.model_copy(update={"port": listening.getsockname()[1]})
        lines = (*first_run(database, settings), f"ready {settings.site()}")

        @asynccontextmanager
        async def lifespan(app: FastAPI) -> AsyncIterator[None]:
            with hearing_others(database):
                say_all(say, lines)
                yield
                await run_in_threadpool(write_marks, app)

        app = create_app(settings, database, lifespan=lifespan)
        app.state.has_pipeline = False
        spare_collections()
        server_of(app, settings).run(sockets=[listening])


def run_worker(settings: Settings, *, say: Say) -> None:
    """Relay the outbox and tidy until told to stop; several workers take turns."""
    with ExitStack() as stack:
        database = _opened(settings, stack)
        _introduce(database, settings)
        worker = Worker(database, carriers(database, settings, settings.telemetry_local_url))
        told = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: told.set())
        stack.enter_context(hearing_others(database))
        worker.start()
        say(f"working; telemetry of this installation goes to {settings.telemetry_local_url}")
        told.wait()
        worker.stop()


def _opened(settings: Settings, stack: ExitStack) -> Database:
    configure_logs(level=logging.getLevelNamesMapping()[settings.log_level.upper()])
    database = open_database(settings)
    stack.callback(database.dispose)
    if database.is_sqlite:
        raise Invalid(NEEDS_POSTGRESQL)
    require_current(database)
    return database


def _introduce(database: Database, settings: Settings) -> None:
    """Make the product known to a data plane that keeps its sources in the same directory."""
    with database.transaction() as session:
        write_key = configure(session, settings).local_write_key
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with closing(Sources(settings.data_dir / "sources.sqlite")) as sources:
        sources.ensure(SOURCE, write_key)
