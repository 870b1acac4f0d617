"""Everything in one process: product, worker, data plane, sync, insights.

The only module that sees both the application and the pipeline.
"""

import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager, closing
from dataclasses import dataclass

import uvicorn
from commandpost_telemetry.insights.web import create_insights
from fastapi import FastAPI
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from commandpost.accounts.gate import find_viewer
from commandpost.demo import fill_with_demo
from commandpost.kit.db import Database
from commandpost.kit.errors import Unauthenticated
from commandpost.kit.logs import configure_logs
from commandpost.kit.middleware import AccessLog, SafeHeaders
from commandpost.kit.migrate import upgrade
from commandpost.main import create_app, open_database
from commandpost.settings import Settings
from commandpost.telemetry.actions import configure
from commandpost.telemetry.record import product_version
from commandpost.ui.faces import face, to_sign_in
from commandpost.ui.render import page
from commandpost.ui.shell import shell
from commandpost.worker import Worker, carriers
from commandpost_telemetry.collector.sources import Sources
from commandpost_telemetry.collector.web import create_collector, owns
from commandpost_telemetry.kit.control import Answer, Ask, ControlFile, control_routes
from commandpost_telemetry.kit.shell import Viewer
from commandpost_telemetry.log.open import open_log
from commandpost_telemetry.log.rejects import Rejects
from commandpost_telemetry.log.sqlite import SqliteLog
from commandpost_telemetry.settings import Settings as PipelineSettings
from commandpost_telemetry.warehouse.commands import warehouse_commands
from commandpost_telemetry.warehouse.connect import open_destination
from commandpost_telemetry.warehouse.destination import Destination
from commandpost_telemetry.warehouse.schedule import Schedule
from commandpost_telemetry.warehouse.sync import Sync

SOURCE = "commandpost"  # the product's own source at the embedded data plane
INSIGHTS = "/backstage/insights"
CONTROL = "/control/"
ADMINISTRATORS_ONLY = (
    "Insights count the deeds of every team, so only administrators see them. Ask one for a figure."
)

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Parts:
    """What one process holds, apart from its doors."""

    settings: Settings
    pipeline: PipelineSettings
    database: Database
    log: SqliteLog
    sources: Sources
    rejects: Rejects
    warehouse: Destination
    worker: Worker
    schedule: Schedule


class Front:
    """Sends a request to the data plane, to insights, to the control route or to the product.

    They share one address; only the data plane's own paths answer other origins.
    """

    def __init__(self, product: ASGIApp, collector: ASGIApp, beside: ASGIApp) -> None:
        self._product = product
        self._collector = collector
        self._beside = beside

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope)(scope, receive, send)

    def _app(self, scope: Scope) -> ASGIApp:
        path = scope.get("path", "")
        if scope["type"] != "http":
            return self._product
        if owns(path):
            return self._collector
        return self._beside if path.startswith((INSIGHTS, f"{CONTROL}/")) else self._product


class ProductShell:
    """Lends the product's look, navigation and sign-in to the pages of the pipeline."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def viewer(self, request: Request) -> Viewer | Response:
        """Return the administrator who looks, else the way to sign in or a refusal."""
        try:
            with self._database.reading() as session:
                actor = find_viewer(request, session)
        except Unauthenticated:
            actor = None
        if actor is None:
            return to_sign_in(request)
        request.state.viewer = actor
        if not actor.is_admin:
            return face(request, 403, ADMINISTRATORS_ONLY)
        return Viewer(actor.display_name, is_administrator=True)

    def page(
        self, request: Request, *, title: str, section: str, content: Markup, status: int = 200
    ) -> Response:
        """Wrap content in the backstage."""
        wrapped = Hosted(content, section)
        return page(
            request, "hosted.html", page=wrapped, shell=shell(request, title), status=status
        )


@dataclass(frozen=True, slots=True)
class Hosted:
    """What hosted.html shows: a page that another part of the process made."""

    content: Markup
    section: str


def run(settings: Settings, *, demo: bool, say: Say) -> None:
    """Serve until told to stop; the address is said on one line once it answers."""
    configure_logs()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    pipeline = PipelineSettings(data_dir=settings.data_dir)
    with closing(_listen(settings)) as listening, ExitStack() as stack:
        settings = settings.model_copy(update={"port": listening.getsockname()[1]})
        parts = _open(settings, pipeline, stack)
        welcome = fill_with_demo(parts.database, settings) if demo else ()
        app = compose(parts, said=lambda: _say_all(say, (*welcome, f"ready {settings.site()}")))
        config = uvicorn.Config(app, log_level="warning", ws="websockets-sansio", lifespan="on")
        uvicorn.Server(config).run(sockets=[listening])


def _say_all(say: Say, lines: tuple[str, ...]) -> None:
    for line in lines:
        say(line)


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((settings.host, settings.port))
    return listening


def _open(settings: Settings, pipeline: PipelineSettings, stack: ExitStack) -> Parts:
    folder = settings.data_dir
    database = open_database(settings)
    stack.callback(database.dispose)
    upgrade(database)
    with database.transaction() as session:
        write_key = configure(session, settings).local_write_key
    keys = pipeline.collector_write_keys
    sources = stack.enter_context(
        closing(Sources(folder / "sources.sqlite", {name: keys[name] for name in keys}))
    )
    sources.ensure(SOURCE, write_key)
    log = stack.enter_context(closing(open_log(pipeline.log_url or folder / "log")))
    warehouse = stack.enter_context(closing(open_destination(pipeline)))
    sync = Sync(log, warehouse, folder / "tmp")
    return Parts(
        settings=settings,
        pipeline=pipeline,
        database=database,
        log=log,
        sources=sources,
        rejects=stack.enter_context(closing(Rejects(folder / "rejects.sqlite"))),
        warehouse=warehouse,
        worker=Worker(database, carriers(database, settings, _own_address(settings))),
        schedule=Schedule(sync.run, pipeline.sync_interval),
    )


def _own_address(settings: Settings) -> str:
    """Return where the embedded data plane answers for this very process."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104 - read, not bound
    return f"http://{host}:{settings.port}"


def compose(parts: Parts, *, said: Callable[[], None]) -> Front:
    """Return the one application of the process; `said` is called when it is about to answer."""
    control = ControlFile.write(parts.settings.data_dir, _own_address(parts.settings))
    product = create_app(parts.settings, parts.database, lifespan=_lifespan(parts, control, said))
    collector = create_collector(parts.log, parts.sources, parts.rejects, version=product_version())
    routes = [
        *control_routes(control.token, _commands(parts)),
        Mount(INSIGHTS, create_insights(parts.warehouse, ProductShell(parts.database))),
    ]
    beside = AccessLog(SafeHeaders(Router(routes)))
    return Front(product, collector, beside)


def _commands(parts: Parts) -> Mapping[str, Callable[[Ask], Answer]]:
    """Return what the command line may ask; a sync drains the outbox first."""
    commands = dict(
        warehouse_commands(
            parts.warehouse, parts.schedule.sync_now, lambda: parts.schedule.status().next_at
        )
    )
    sync = commands["sync"]

    def drain_and_sync(ask: Ask) -> Answer:
        parts.worker.drain()
        return sync(ask)

    return commands | {"sync": drain_and_sync}


def _lifespan(
    parts: Parts, control: ControlFile, said: Callable[[], None]
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        parts.worker.start()
        parts.schedule.start()
        said()
        yield
        await run_in_threadpool(parts.worker.stop)
        await run_in_threadpool(parts.schedule.stop)
        control.remove(parts.settings.data_dir)

    return lifespan
