"""The doors to the pages: what is asked for, ask the warehouse, show it."""

from starlette.responses import Response

from commandpost_telemetry.insights.contexts import (
    MetricPage,
    MetricsPage,
    QualityPage,
    SectionPage,
    ServerPage,
    ServersPage,
    SummaryPage,
)
from commandpost_telemetry.insights.host import Host, Page, Visit, today
from commandpost_telemetry.insights.metrics.catalogue import all_metrics, get_metric
from commandpost_telemetry.insights.models.catalogue import all_models
from commandpost_telemetry.insights.pages import (
    ONE_SERVER,
    Section,
    get_section,
    panel,
    panels,
    releases,
    tiles,
)
from commandpost_telemetry.insights.panels import Column, Panel
from commandpost_telemetry.insights.quality import history, latest, runs
from commandpost_telemetry.insights.questions import sql_to_copy
from commandpost_telemetry.insights.scope import Scope
from commandpost_telemetry.insights.servers import get_server, list_servers
from commandpost_telemetry.insights.summary import last_week, summary
from commandpost_telemetry.kit.words import _, gettext

_HISTORY_ROWS = 30


def show_section(section: Section) -> Page:
    """Return the door to a page of panels alone."""

    def page(host: Host, visit: Visit) -> Response:
        scope = visit.scope()
        if not host.upkeep.ready():
            return host.no_data(visit, section.name)
        shown = SectionPage(
            frame=host.frame(visit, section.name, scope),
            lead=gettext(section.lead),
            tiles=tiles(host.source, scope, host.suppression) if section.has_tiles else (),
            panels=_panels(host, section, scope),
        )
        return host.show(visit, "section.html", shown, gettext(section.heading or section.title))

    return page


def show_servers(host: Host, visit: Visit) -> Response:
    """Show the panels of servers with the list of all below."""
    section, scope = get_section("servers"), visit.scope()
    if not host.upkeep.ready():
        return host.no_data(visit, section.name)
    words = visit.request.query_params
    q, number = words.get("q", "").strip()[:100], words.get("page", "")
    withheld = host.suppression.withholds()
    shown = ServersPage(
        frame=host.frame(visit, section.name, scope),
        lead=gettext(section.lead),
        tiles=(),
        panels=_panels(host, section, scope),
        servers=None if withheld else list_servers(host.source, scope, q, number),
        withheld=withheld,
        kept=[pair for pair in words.multi_items() if pair[0] not in ("q", "page")],
    )
    return host.show(visit, "servers.html", shown, gettext(section.title))


def show_server(host: Host, visit: Visit) -> Response:
    """Show one server: its facts, what it did, and its versions."""
    host.suppression.guard_single()
    name, asked = visit.word("server"), visit.scope()
    if not host.upkeep.ready():
        return host.no_data(visit, "servers")
    server = get_server(host.source, name)
    shown = ServerPage(
        frame=host.frame(visit, "servers", asked),
        lead=_("What this server did, and what it runs."),
        tiles=(),
        panels=panels(host.source, ONE_SERVER, asked.on_server(name), host.suppression),
        server=server,
        version_columns=[
            Column(_("Version"), is_number=False, is_ours=False),
            *_columns(_("First day"), _("Last day"), _("Days with events")),
        ],
    )
    return host.show(visit, "server.html", shown, _("Server %(name)s", name=name))


def show_quality(host: Host, visit: Visit) -> Response:
    """Show what the checks found and what arrives."""
    section, scope = get_section("quality"), visit.scope()
    if not host.upkeep.ready():
        return host.no_data(visit, section.name)
    found = history(host.source)
    shown = QualityPage(
        frame=host.frame(visit, section.name, scope),
        lead=gettext(section.lead),
        tiles=(),
        panels=_panels(host, section, scope),
        findings=latest(found),
        history=runs(found)[:_HISTORY_ROWS],
        history_columns=_columns(_("Checked (UTC)"), _("Fine"), _("What was found")),
    )
    return host.show(visit, "quality.html", shown, gettext(section.title))


def show_summary(host: Host, visit: Visit) -> Response:
    """Show the last whole week in a few lines, to print or to send."""
    if not host.upkeep.ready():
        return host.no_data(visit, "summary")
    found = summary(host.source, last_week(today()), host.suppression)
    labels = {way.name: way.label for way in host.weekly.ways}
    shown = SummaryPage(host.frame(visit, "summary"), found, host.weekly.sendings(), labels)
    return host.show(visit, "summary.html", shown, found.title)


def show_metrics(host: Host, visit: Visit) -> Response:
    """List every metric and model."""
    models = [model for model in all_models() if not model.is_staging]
    metrics = [metric.said() for metric in all_metrics()]
    withheld = host.suppression.withholds()
    shown = MetricsPage(host.frame(visit, "metrics"), metrics, models, withheld)
    return host.show(visit, "metrics.html", shown, _("Metrics"))


def show_metric(host: Host, visit: Visit) -> Response:
    """Show one metric with the SQL to copy."""
    metric, scope = get_metric(visit.word("name")), visit.scope()
    if not host.upkeep.ready():
        return host.no_data(visit, "metrics")
    marks = releases(host.source, scope)
    shown = MetricPage(
        frame=host.frame(visit, "metrics", scope),
        metric=metric,
        panel=panel(host.source, metric, scope, host.suppression, marks),
        sql=sql_to_copy(host.source, metric, scope),
    )
    return host.show(visit, "metric.html", shown, gettext(metric.title))


def _panels(host: Host, section: Section, scope: Scope) -> list[Panel]:
    return panels(host.source, section.metrics, scope, host.suppression)


def _columns(*labels: str) -> list[Column]:
    return [Column(label, is_number=False) for label in labels]
