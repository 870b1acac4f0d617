"""The week in a few lines: for a page to print, a mail, or a post in a channel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from commandpost_telemetry.insights.formats import change
from commandpost_telemetry.insights.metrics.catalogue import get_metric
from commandpost_telemetry.insights.pages import time_to_end_said
from commandpost_telemetry.insights.panels import Suppression
from commandpost_telemetry.insights.questions import ask_metric
from commandpost_telemetry.insights.scope import Scope, Step, first_of
from commandpost_telemetry.insights.source import Cell, Source
from commandpost_telemetry.kit.formats import long_day, plain
from commandpost_telemetry.kit.words import N_, _, gettext

_LINES = (
    (N_("Incidents started"), "started"),
    (N_("Incidents ended"), "ended"),
    (N_("Checklist items checked"), "items_checked"),
    (N_("People"), "users"),
    (N_("Servers"), "servers"),
)


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One number of the week, with that of the week before."""

    label: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class Summary:
    """A whole week, from Monday to Sunday."""

    first: date
    last: date
    lines: Sequence[SummaryLine]

    @property
    def title(self) -> str:
        return _("Incidents in the week of %(day)s", day=long_day(self.first))

    def text(self) -> str:
        """Return the summary as plain text, which reads well as Markdown too."""
        lines = [f"- {each.label}: {each.value} ({each.note})" for each in self.lines]
        return "\n".join([f"**{self.title}**", "", *lines])


def last_week(today: date) -> Scope:
    """Return the last week that is over."""
    monday = first_of(today, Step.WEEK) - timedelta(days=7)
    return Scope(monday, monday + timedelta(days=6), today, Step.WEEK)


def summary(source: Source, scope: Scope, suppression: Suppression) -> Summary:
    """Return the numbers of a week beside those of the week before."""
    metric = get_metric("totals")
    [now], [before] = (ask_metric(source, metric, each).rows for each in (scope, scope.before()))
    names = list(metric.labels)
    here, there = dict(zip(names, now, strict=True)), dict(zip(names, before, strict=True))
    lines = [_line(gettext(label), name, here, there, suppression) for label, name in _LINES]
    return Summary(scope.first, scope.last, [*lines, _time_to_end(source, scope)])


def _line(
    label: str,
    name: str,
    here: Mapping[str, Cell],
    there: Mapping[str, Cell],
    suppression: Suppression,
) -> SummaryLine:
    value, earlier = here[name], there[name]
    if name == "servers" and (suppression.hides(value) or suppression.hides(earlier)):
        return SummaryLine(label, suppression.said(), _("small counts are not shown"))
    return SummaryLine(label, plain(_number(value)), change(_number(value), _number(earlier)))


def _time_to_end(source: Source, scope: Scope) -> SummaryLine:
    metric = get_metric("time_to_end")
    [row] = ask_metric(source, metric, scope).rows
    value, note = time_to_end_said(dict(zip(metric.labels, row, strict=True)))
    return SummaryLine(_("Time to end, median"), value, note)


def _number(value: Cell) -> float:
    return value if isinstance(value, int | float) else 0
