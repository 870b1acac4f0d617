"""The doors of Insights: pages, tables to take away, and the button that syncs now."""

from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from commandpost_telemetry.insights.contexts import MetricPage, MetricsPage, SectionPage
from commandpost_telemetry.insights.errors import NotAllowed, NotFound
from commandpost_telemetry.insights.export import CONTENT_TYPES, metric_file, model_file
from commandpost_telemetry.insights.freshness import Freshness, FreshnessOf, SyncNow
from commandpost_telemetry.insights.host import Host, Page, Visit, door
from commandpost_telemetry.insights.metrics.catalogue import all_metrics, get_metric
from commandpost_telemetry.insights.models.catalogue import all_models, find_model
from commandpost_telemetry.insights.pages import SECTIONS, Section, panel, panels, releases, tiles
from commandpost_telemetry.insights.panels import Suppression
from commandpost_telemetry.insights.questions import sql_to_copy
from commandpost_telemetry.insights.source import Source
from commandpost_telemetry.insights.upkeep import Upkeep
from commandpost_telemetry.kit.shell import Shell

_STATIC = Path(__file__).parent / "static"


def create_insights(
    source: Source,
    shell: Shell,
    *,
    freshness: FreshnessOf = Freshness,
    sync_now: SyncNow | None = None,
    suppress_below: int = 0,
) -> Starlette:
    """Return the pages, to be mounted anywhere; blocking work is done off the event loop."""
    host = Host(source, shell, freshness, sync_now, Suppression(suppress_below), Upkeep(source))
    routes = [Route(f"/{each.path}", door(host, _section(each))) for each in SECTIONS]
    routes += [
        Route("/metrics", door(host, _metrics)),
        Route("/metrics/{name}.{kind}", door(host, _metric_file)),
        Route("/metrics/{name}", door(host, _metric)),
        Route("/models/{name}.{kind}", door(host, _model_file)),
        Route("/sync", door(host, _sync), methods=["POST"]),
    ]
    return Starlette(routes=[*routes, Mount("/static", StaticFiles(directory=_STATIC))])


def _section(section: Section) -> Page:
    def page(host: Host, visit: Visit) -> Response:
        scope = visit.scope()
        if not host.upkeep.refresh():
            return host.no_data(visit, section.name)
        shown = SectionPage(
            frame=host.frame(visit, section.name, scope),
            lead=section.lead,
            tiles=tiles(host.source, scope, host.suppression) if section.has_tiles else (),
            panels=panels(host.source, section.metrics, scope, host.suppression),
        )
        return host.show(visit, "section.html", shown, section.title)

    return page


def _metrics(host: Host, visit: Visit) -> Response:
    models = [model for model in all_models() if not model.is_staging]
    shown = MetricsPage(host.frame(visit, "metrics"), all_metrics(), models)
    return host.show(visit, "metrics.html", shown, "Metrics")


def _metric(host: Host, visit: Visit) -> Response:
    metric, scope = get_metric(visit.word("name")), visit.scope()
    if not host.upkeep.refresh():
        return host.no_data(visit, "metrics")
    marks = releases(host.source, scope)
    shown = MetricPage(
        frame=host.frame(visit, "metrics", scope),
        metric=metric,
        panel=panel(host.source, metric, scope, host.suppression, marks),
        sql=sql_to_copy(host.source, metric, scope),
    )
    return host.show(visit, "metric.html", shown, metric.title)


def _metric_file(host: Host, visit: Visit) -> Response:
    metric, kind, scope = get_metric(visit.word("name")), _kind(visit), visit.scope()
    _need_data(host)
    content = metric_file(host.source, metric, scope, kind, host.suppression)
    return _file(f"{metric.name}_{scope.first}_{scope.last}.{kind}", content, kind)


def _model_file(host: Host, visit: Visit) -> Response:
    name, kind = visit.word("name"), _kind(visit)
    model = find_model(name)
    if model is None:
        raise NotFound(f"There is no model “{name[:64]}”; the page of metrics lists them all.")
    _need_data(host)
    return _file(f"{model.name}.{kind}", model_file(host.source, model, kind), kind)


def _sync(host: Host, visit: Visit) -> Response:
    origin = visit.request.headers.get("origin", "")
    if origin and urlsplit(origin).netloc != visit.request.headers.get("host", ""):
        raise NotAllowed("The sync was asked for by a page of another site; nothing was done.")
    if host.sync_now is None or not visit.viewer.is_administrator:
        raise NotAllowed("Only an administrator may run the sync; nothing was done.")
    host.sync_now()
    return RedirectResponse(visit.base + "/", status_code=303)


def _kind(visit: Visit) -> str:
    kind = visit.word("kind")
    if kind not in CONTENT_TYPES:
        raise NotFound(f"Numbers come as csv or parquet, not as “{kind[:20]}”.")
    return kind


def _need_data(host: Host) -> None:
    if not host.upkeep.refresh():
        raise NotFound("Nothing was loaded yet; the file will be here after the first sync.")


def _file(name: str, content: bytes, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=CONTENT_TYPES[kind], headers=headers)
