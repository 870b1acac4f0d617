"""Start everything, say where it answers, stop in order."""

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import (
    AbstractAsyncContextManager,
    ExitStack,
    asynccontextmanager,
    closing,
)

from fastapi import FastAPI
from pydantic import ValidationError
from pydantic_settings import SettingsError
from starlette.concurrency import run_in_threadpool
from starlette.routing import Mount, Router

from commandpost.accounts.same_origin import SameOrigin
from commandpost.demo import fill_with_demo
from commandpost.kit.errors import Invalid
from commandpost.kit.logs import configure_logs
from commandpost.kit.middleware import (
    AccessLog,
    BodyLimit,
    Languages,
    OneCharset,
    PlainCookies,
    SafeHeaders,
)
from commandpost.main import create_app
from commandpost.serve.answering import (
    Say,
    first_run,
    hearing_others,
    say_all,
    server_of,
    spare_collections,
    write_marks,
)
from commandpost.serve.front import DATA_PLANE, INSIGHTS, Front
from commandpost.serve.hosted import ProductShell, insights_pages
from commandpost.serve.parts import Parts, listen, open_parts, own_address
from commandpost.serve.snapshot import snapshot_commands
from commandpost.serve.summary import summary_ways
from commandpost.settings import Settings, wrong_setting
from commandpost.telemetry.record import product_version
from commandpost.ui.faces import add_faces, face
from commandpost_telemetry.collector.metrics import Metrics
from commandpost_telemetry.collector.pages import create_pages
from commandpost_telemetry.collector.service import limits_of
from commandpost_telemetry.collector.web import create_collector
from commandpost_telemetry.insights.commands import insights_commands
from commandpost_telemetry.kit.control import Answer, Ask, ControlFile, control_routes
from commandpost_telemetry.settings import Settings as PipelineSettings
from commandpost_telemetry.warehouse.commands import warehouse_commands

FIRST_SYNC = 1.0  # seconds after the start


def run(settings: Settings, *, demo: bool, say: Say) -> None:
    """Serve until told to stop; the address is said on one line once it answers."""
    configure_logs(level=logging.getLevelNamesMapping()[settings.log_level.upper()])
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    pipeline = read_pipeline_settings(settings)
    with closing(listen(settings)) as listening, ExitStack() as stack:
        settings = settings.model_copy(update={"port": listening.getsockname()[1]})
        parts = open_parts(settings, pipeline, stack)
        welcome = (
            fill_with_demo(parts.database, settings)
            if demo
            else first_run(parts.database, settings)
        )
        app = compose(parts, said=lambda: say_all(say, (*welcome, f"ready {settings.site()}")))
        spare_collections()
        server_of(app, settings).run(sockets=[listening])


def read_pipeline_settings(settings: Settings) -> PipelineSettings:
    """Return the pipeline's settings; a wrong value is refused with a sentence that names it."""
    try:
        return PipelineSettings(data_dir=settings.data_dir)
    except (ValidationError, SettingsError) as error:
        raise Invalid(wrong_setting(error, "COMMANDPOST_TELEMETRY_")) from error


def compose(parts: Parts, *, said: Callable[[], None]) -> Front:
    """Return the one application of the process; `said` is called when it is about to answer."""
    control = ControlFile.write(parts.settings.data_dir, own_address(parts.settings))
    product = create_app(parts.settings, parts.database, lifespan=_lifespan(parts, control, said))
    collector = create_collector(
        parts.log,
        parts.sources,
        parts.rejects,
        limits=limits_of(parts.pipeline),
        metrics=Metrics(parts.metrics),
        version=product_version(),
        lags=parts.warehouse.lags,
    )
    commands = control_commands(parts)
    insights = insights_pages(parts, commands)
    shell = ProductShell(parts.database)
    data_plane = create_pages(parts.log, parts.sources, parts.rejects, shell)
    for pages in (insights, data_plane):
        add_faces(pages)
    routes = [
        *control_routes(control.token, commands),
        Mount(INSIGHTS, insights),
        Mount(DATA_PLANE, data_plane),
    ]
    guarded = SameOrigin(
        OneCharset(BodyLimit(Router(routes), refuse=face), refuse=face),
        site_url=parts.settings.site(),
    )
    beside = AccessLog(SafeHeaders(PlainCookies(Languages(guarded))))
    return Front(product, collector, beside)


def control_commands(parts: Parts) -> Mapping[str, Callable[[Ask], Answer]]:
    """Return what the command line may ask."""
    commands = warehouse_commands(
        parts.warehouse.query,
        parts.warehouse,
        parts.schedule.sync_now,
        lambda: parts.schedule.status().next_at,
    )
    insights = insights_commands(
        parts.source,
        sync_interval=parts.pipeline.sync_interval,
        suppress_below=parts.pipeline.suppress_below,
        ways=summary_ways(parts),
        summary_language=parts.pipeline.summary_language,
    )
    return {**commands, **insights, **snapshot_commands(parts)}


def _lifespan(
    parts: Parts, control: ControlFile, said: Callable[[], None]
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with hearing_others(parts.database):
            parts.worker.take_over()  # only one process owns the data directory
            parts.worker.start()
            # not at once: what the outbox holds is posted to this very process, so it answers first
            parts.schedule.start(FIRST_SYNC)
            said()
            yield
            await run_in_threadpool(write_marks, app)
            await run_in_threadpool(parts.worker.stop)
            await run_in_threadpool(parts.schedule.stop)
        control.remove(parts.settings.data_dir)

    return lifespan
