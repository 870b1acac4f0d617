"""The pages of Insights as one application, to be mounted anywhere."""

from collections.abc import Sequence
from pathlib import Path

from starlette.applications import Starlette
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from commandpost_telemetry.insights.doors import (
    show_metric,
    show_metrics,
    show_quality,
    show_section,
    show_server,
    show_servers,
    show_summary,
)
from commandpost_telemetry.insights.errors import NotAllowed, SyncFailed
from commandpost_telemetry.insights.files import download_metric, download_model
from commandpost_telemetry.insights.freshness import Freshness, FreshnessOf, HeldTables, SyncNow
from commandpost_telemetry.insights.host import Host, Visit, door
from commandpost_telemetry.insights.pages import SECTIONS
from commandpost_telemetry.insights.panels import Suppression
from commandpost_telemetry.insights.remembered import Remembered
from commandpost_telemetry.insights.source import Source
from commandpost_telemetry.insights.syncs import change_held, download_syncs, show_syncs
from commandpost_telemetry.insights.tables import download_table
from commandpost_telemetry.insights.upkeep import Upkeep
from commandpost_telemetry.insights.weekly import Way, Weekly
from commandpost_telemetry.kit.control import CommandFailed
from commandpost_telemetry.kit.shell import Shell
from commandpost_telemetry.kit.words import ENGLISH, _

_STATIC = Path(__file__).parent / "static"
_OWN_DOORS = {"servers": show_servers, "quality": show_quality}


def create_insights(
    source: Source,
    shell: Shell,
    *,
    freshness: FreshnessOf = Freshness,
    sync_now: SyncNow | None = None,
    held: HeldTables | None = None,
    suppress_below: int = 0,
    sync_interval: float = 1800.0,
    ways: Sequence[Way] = (),
    summary_language: str = ENGLISH,
) -> Starlette:
    """Return the pages; all blocking work is done off the event loop.

    `sync_interval` (seconds) is how long an event may wait for its load before a check says so;
    counts of servers under `suppress_below` are not shown. Whoever runs the sync may call
    `app.state.refresh()` after it, so that no reader waits for the models, and
    `app.state.send_summary()`, which tells the last week once on each of the `ways`, in the
    `summary_language`.
    """
    remembered = Remembered(source)
    upkeep = Upkeep(source, sync_interval, remembered.forget)
    suppression = Suppression(suppress_below)
    weekly = Weekly(remembered, upkeep, suppression, ways, summary_language)
    host = Host(remembered, shell, freshness, sync_now, suppression, upkeep, weekly, held)
    sections = {each.path: _OWN_DOORS.get(each.name) or show_section(each) for each in SECTIONS}
    routes = [
        *(Route(f"/{path}", door(host, page)) for path, page in sections.items()),
        Route("/servers/{server}", door(host, show_server)),
        Route("/summary", door(host, show_summary)),
        Route("/metrics", door(host, show_metrics)),
        Route("/metrics/{name}.{kind}", door(host, download_metric)),
        Route("/metrics/{name}", door(host, show_metric)),
        Route("/models/{name}.{kind}", door(host, download_model)),
        Route("/tables/{name}.{kind}", door(host, download_table)),
        Route("/sync", door(host, _sync), methods=["POST"]),
        Route("/syncs", door(host, show_syncs)),
        Route("/syncs/{name}.{kind}", door(host, download_syncs)),
        Route("/syncs/{table}/{deed}", door(host, change_held), methods=["POST"]),
        Mount("/static", StaticFiles(directory=_STATIC)),
    ]
    app = Starlette(routes=routes)
    app.state.refresh = upkeep.refresh
    app.state.send_summary = weekly.send_due
    return app


def _sync(host: Host, visit: Visit) -> Response:
    visit.refuse_other_sites()
    if host.sync_now is None or not visit.viewer.is_administrator:
        raise NotAllowed(_("Only an administrator may run the sync; nothing was done."))
    try:
        host.sync_now()
    except CommandFailed as error:
        raise SyncFailed(str(error)) from error
    return RedirectResponse(visit.base + "/", status_code=303)
