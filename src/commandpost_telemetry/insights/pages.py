"""The pages: which metrics each shows, the tiles on top, and the filters to choose from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from commandpost_telemetry.insights.figures import ENOUGH
from commandpost_telemetry.insights.formats import DASH, change
from commandpost_telemetry.insights.metrics.catalogue import Metric, get_metric
from commandpost_telemetry.insights.panels import (
    NOT_ENOUGH,
    Panel,
    Suppression,
    hidden_rows,
    make_panel,
    without,
)
from commandpost_telemetry.insights.questions import ask, ask_metric
from commandpost_telemetry.insights.scope import Scope
from commandpost_telemetry.insights.source import Answer, Cell, Source
from commandpost_telemetry.kit.formats import day as in_figures
from commandpost_telemetry.kit.formats import duration, plain
from commandpost_telemetry.kit.words import N_, _, gettext


@dataclass(frozen=True, slots=True)
class Section:
    """One page of panels."""

    name: str
    path: str
    title: str
    lead: str
    metrics: tuple[str, ...]
    has_tiles: bool = False
    heading: str = ""  # where it is not the title: the first page is called as what leads to it


SECTIONS = (
    Section(
        "overview",
        "",
        N_("Overview"),
        N_("How incident response is used, at a glance."),
        (
            "incidents_started_ended",
            "items_checked_per_incident",
            "time_to_end_spread",
            "active_users",
            "active_servers",
            "versions_in_use",
        ),
        has_tiles=True,
        heading=N_("Insights"),
    ),
    Section(
        "incidents",
        "incidents",
        N_("Incidents"),
        N_("From the start to the end, and what is done in between."),
        (
            "incidents_started_ended",
            "incidents_by_origin",
            "time_to_end_spread",
            "time_to_end_trend",
            "time_to_end",
            "funnel",
            "share_ended",
            "completion_at_end",
            "checklist_changes_per_incident",
            "starts_by_hour",
        ),
    ),
    Section(
        "use",
        "use",
        N_("Product use"),
        N_("Who works with it, and with what."),
        (
            "active_users",
            "checklist_changes",
            "items_checked_per_incident",
            "incidents_by_origin",
            "playbook_changes",
            "playbook_adoption",
            "playbook_age",
        ),
    ),
    Section(
        "servers",
        "servers",
        N_("Servers"),
        N_("Where it runs, in which version, and for how long."),
        (
            "active_servers",
            "new_and_lost_servers",
            "version_spread",
            "versions_in_use",
            "time_to_upgrade",
            "retention",
        ),
    ),
    Section(
        "quality",
        "quality",
        N_("Data quality"),
        N_("Whether the numbers can be trusted."),
        ("receiver_health", "delivery_lag", "events_received"),
    ),
)


def get_section(name: str) -> Section:
    """Return the page of this name."""
    return next(section for section in SECTIONS if section.name == name)


ONE_SERVER = (
    "incidents_started_ended",
    "items_checked_per_incident",
    "active_users",
    "checklist_changes",
)
_COMPARED = frozenset({"incidents_started_ended", "active_users", "active_servers"})
_RELEASES = """
SELECT version, MIN(first_day) AS first_day
FROM server_versions
GROUP BY version
HAVING MIN(first_day) >= CAST($start AS DATE) AND MIN(first_day) < CAST($end AS DATE)
ORDER BY 2, 1
"""
_FIRST_DAY = "SELECT MIN(first_day) AS first_day FROM server_versions"
_VERSIONS = """
SELECT version, MAX(last_day) AS seen
FROM server_versions
GROUP BY version
ORDER BY 2 DESC, 1 DESC
LIMIT 50
"""
_EDITIONS = "SELECT DISTINCT edition FROM servers ORDER BY edition LIMIT 50"


@dataclass(frozen=True, slots=True)
class Tile:
    """One number with what it is compared with."""

    name: str
    label: str
    value: str
    note: str = ""
    is_in_words: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer."""

    versions: Sequence[str]
    licences: Sequence[str]


def choices(source: Source) -> Choices:
    """Return the versions and licences that the warehouse knows."""
    return Choices(
        versions=[str(row[0]) for row in ask(source, _VERSIONS, {}).rows],
        licences=[str(row[0]) for row in ask(source, _EDITIONS, {}).rows],
    )


def panels(
    source: Source, names: Sequence[str], scope: Scope, suppression: Suppression
) -> list[Panel]:
    """Answer the metrics of a page."""
    marks = releases(source, scope)
    return [panel(source, get_metric(name), scope, suppression, marks) for name in names]


def panel(
    source: Source,
    metric: Metric,
    scope: Scope,
    suppression: Suppression,
    marks: Mapping[date, str],
) -> Panel:
    """Answer one metric, with the range before where that says something."""
    before = None
    if metric.name in _COMPARED:
        earlier = ask_metric(source, metric, scope.before())
        before = without(earlier, hidden_rows(metric, earlier, suppression))
    return make_panel(
        metric,
        ask_metric(source, metric, scope),
        scope,
        before=before,
        releases=marks,
        suppression=suppression,
    )


def releases(source: Source, scope: Scope) -> dict[date, str]:
    """Return on which days of the range a version was first seen; the very first is no news."""
    begun = ask(source, _FIRST_DAY, {}).rows[0][0]
    rows = ask(source, _RELEASES, scope.parameters()).rows
    return {
        day: str(version)
        for version, day in rows
        if isinstance(day, date) and day != begun and version != "unknown"
    }


def tiles(source: Source, scope: Scope, suppression: Suppression) -> list[Tile]:
    """Return the numbers on top of the overview, each beside that of the range before."""
    metric = get_metric("totals")
    now, before = (_row(ask_metric(source, metric, each)) for each in (scope, scope.before()))
    ends = _row(ask_metric(source, get_metric("time_to_end"), scope))
    started, checked = _number(now["started"]), _number(now["items_checked"])
    each = plain(checked / started) if started else DASH
    until = _("on %(day)s", day=in_figures(scope.last))
    of_all = _("%(count)s checked", count=plain(checked))
    hides = suppression.hides(now["servers"]) or suppression.hides(before["servers"])
    return [
        _counted("started", _("Incidents started"), now, before),
        _counted("ended", _("Incidents ended"), now, before),
        Tile("ongoing", _("Ongoing"), plain(_number(now["ongoing"])), until),
        _time_to_end(ends),
        Tile("items_checked", _("Items checked per incident"), each, of_all),
        _counted("users", _("People"), now, before),
        Tile("servers", _("Servers"), suppression.said(), _("small counts are not shown"))
        if hides
        else _counted("servers", _("Servers"), now, before),
    ]


def _counted(name: str, label: str, now: Mapping[str, Cell], before: Mapping[str, Cell]) -> Tile:
    value = _number(now[name])
    return Tile(name, label, plain(value), change(value, _number(before[name])))


def _time_to_end(row: Mapping[str, Cell]) -> Tile:
    value, note = time_to_end_said(row)
    is_in_words = _number(row["incidents"]) < ENOUGH
    return Tile("time_to_end", _("Time to end, median"), value, note, is_in_words)


def time_to_end_said(row: Mapping[str, Cell]) -> tuple[str, str]:
    """Return the median of the metric of that name, and what it rests on."""
    count = _number(row["incidents"])
    if count < ENOUGH:
        return gettext(NOT_ENOUGH), f"n = {plain(count)}"
    low, high = (duration(_number(row[name])) for name in ("low_seconds", "high_seconds"))
    said = _("n = %(count)s, 90 %% in %(low)s to %(high)s", count=plain(count), low=low, high=high)
    return duration(_number(row["median_seconds"])), said


def _row(answer: Answer) -> dict[str, Cell]:
    return dict(zip(answer.columns, answer.rows[0], strict=True))


def _number(value: Cell) -> float:
    return value if isinstance(value, int | float) else 0
