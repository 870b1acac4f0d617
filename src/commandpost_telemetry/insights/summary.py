"""The week in a few lines: for a page to print, a mail, or a post in a channel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from commandpost_telemetry.insights.figures import ENOUGH
from commandpost_telemetry.insights.formats import change, duration, plain
from commandpost_telemetry.insights.metrics.catalogue import get_metric
from commandpost_telemetry.insights.panels import NOT_ENOUGH, Suppression
from commandpost_telemetry.insights.questions import ask_metric
from commandpost_telemetry.insights.scope import Scope, Step, first_of
from commandpost_telemetry.insights.source import Cell, Source

_LINES = (
    ("Incidents started", "started"),
    ("Incidents ended", "ended"),
    ("Checklist items checked", "items_checked"),
    ("People", "users"),
    ("Servers", "servers"),
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
        return f"Incidents in the week of {self.first.day} {self.first:%B %Y}"

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
    lines = [_line(label, name, here, there, suppression) for label, name in _LINES]
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
        return SummaryLine(label, f"under {suppression.below}", "small counts are not shown")
    return SummaryLine(label, plain(_number(value)), change(_number(value), _number(earlier)))


def _time_to_end(source: Source, scope: Scope) -> SummaryLine:
    metric = get_metric("time_to_end")
    [row] = ask_metric(source, metric, scope).rows
    found = dict(zip(metric.labels, row, strict=True))
    count = _number(found["incidents"])
    if count < ENOUGH:
        return SummaryLine("Time to end, median", NOT_ENOUGH, f"n = {plain(count)}")
    low, high = (duration(_number(found[name])) for name in ("low_seconds", "high_seconds"))
    said = f"n = {plain(count)}, 90 % in {low} to {high}"
    median = duration(_number(found["median_seconds"]))
    return SummaryLine("Time to end, median", median, said)


def _number(value: Cell) -> float:
    return value if isinstance(value, int | float) else 0
