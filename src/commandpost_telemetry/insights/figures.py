"""From the answer of a metric to its chart, in the form that the metric names."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial

from commandpost_telemetry.insights.charts.shapes import Chart
from commandpost_telemetry.insights.charts.steps import (
    Series,
    Steps,
    draw_band,
    draw_columns,
    draw_lines,
)
from commandpost_telemetry.insights.charts.tables import (
    Bars,
    Intervals,
    Squares,
    draw_bars,
    draw_intervals,
    draw_squares,
)
from commandpost_telemetry.insights.formats import cell
from commandpost_telemetry.insights.metrics.catalogue import Metric
from commandpost_telemetry.insights.scope import Scope, next_of
from commandpost_telemetry.insights.source import Answer, Cell
from commandpost_telemetry.kit.formats import WEEKDAYS, short_month
from commandpost_telemetry.kit.words import _, gettext

_MOST_SERIES = 6
ENOUGH = 8
_NO_RELEASES: Mapping[date, str] = {}


def draw(
    metric: Metric,
    answer: Answer,
    scope: Scope,
    *,
    before: Answer | None = None,
    releases: Mapping[date, str] = _NO_RELEASES,
) -> Chart | None:
    """Return the chart of an answer, None where the metric is a table only or there is nothing."""
    if not metric.draws or not answer.rows:
        return None
    form, *columns = metric.draws
    if form in _OVER_NAMES:
        return _OVER_NAMES[form](metric, answer, columns)
    if form == "stacked_by":
        return draw_columns(_split(metric, answer, scope, columns), stacked=True)
    shown = columns or [name for name in answer.columns if name != "bucket"]
    return _OVER_STEPS[form](_steps(metric, enough(metric, answer), scope, shown, before, releases))


def _steps(
    metric: Metric,
    answer: Answer,
    scope: Scope,
    shown: Sequence[str],
    before: Answer | None,
    releases: Mapping[date, str],
) -> Steps:
    days = scope.buckets()
    series = [
        Series(metric.labels[name], over(answer, name, days, metric), metric.units.get(name, ""))
        for name in shown
    ]
    earlier: Sequence[float | None] = ()
    if before is not None:
        earlier = over(before, shown[0], scope.before().buckets(), metric)
    partial = _partial(days, scope)
    return Steps(metric.title, days, scope.by, series, earlier, releases, partial)


def _partial(days: Sequence[date], scope: Scope) -> frozenset[int]:
    """Return which steps the range does not hold as a whole."""
    whole_until = min(scope.last, scope.today - timedelta(days=1))
    return frozenset(
        index
        for index, day in enumerate(days)
        if day < scope.first or next_of(day, scope.by) - timedelta(days=1) > whole_until
    )


def over(answer: Answer, name: str, days: Sequence[date], metric: Metric) -> list[float | None]:
    """Return one value for each step; where there was nothing a count is 0, a ratio unknown."""
    column = answer.columns.index(name)
    known = {row[0]: figure(row[column]) for row in answer.rows}
    return [known.get(day, 0 if is_count(metric, answer, name) else None) for day in days]


def is_count(metric: Metric, answer: Answer, name: str) -> bool:
    """Whether a column counts things, so that nothing found means 0."""
    column = answer.columns.index(name)
    has_fraction = any(isinstance(row[column], float) for row in answer.rows)
    return name not in metric.units and not has_fraction


def figure(value: Cell) -> float | None:
    """Return a number, None for all else."""
    return value if isinstance(value, int | float) else None


def _split(metric: Metric, answer: Answer, scope: Scope, columns: Sequence[str]) -> Steps:
    """Make one series of each name in a column, the smaller ones taken together."""
    by, counted = (answer.columns.index(name) for name in columns)
    days = scope.buckets()
    totals: dict[str, float] = {}
    for row in answer.rows:
        totals[cell(row[by])] = totals.get(cell(row[by]), 0) + (figure(row[counted]) or 0)
    ranked = sorted(totals, key=lambda name: (-totals[name], name))
    kept = sorted(ranked[: _MOST_SERIES - 1] if len(ranked) > _MOST_SERIES else ranked)
    others = _("others")
    values: dict[str, dict[date, float]] = {name: {} for name in [*kept, others]}
    for row in answer.rows:
        name = cell(row[by]) if cell(row[by]) in kept else others
        if isinstance(row[0], date):
            values[name][row[0]] = values[name].get(row[0], 0) + (figure(row[counted]) or 0)
    names = [name for name in values if values[name]]
    series = [Series(name, [values[name].get(day, 0) for day in days]) for name in names]
    return Steps(metric.title, days, scope.by, series, partial=_partial(days, scope))


def _bars(metric: Metric, answer: Answer, columns: Sequence[str]) -> Chart | None:
    named, counted, *noted = (answer.columns.index(name) for name in columns)
    values = [(cell(row[named]), figure(row[counted]) or 0) for row in answer.rows]
    if not any(value for _, value in values):
        return None
    unit = metric.units.get(columns[1], "")
    notes = [
        cell(row[place], metric.units.get(columns[2], "")) for row in answer.rows for place in noted
    ]
    return draw_bars(Bars(metric.title, metric.labels[columns[1]], unit, values, notes))


def _intervals(metric: Metric, answer: Answer, columns: Sequence[str]) -> Chart | None:
    named, *places = (answer.columns.index(name) for name in columns)
    values = []
    for row in enough(metric, answer).rows:
        numbers = [figure(row[place]) for place in places]
        low, median, high = numbers
        if low is not None and median is not None and high is not None:
            values.append((cell(row[named]), low, median, high))
    unit = metric.units.get(columns[1], "")
    return draw_intervals(Intervals(metric.title, unit, values)) if values else None


def enough(metric: Metric, answer: Answer) -> Answer:
    """Return the answer without the rows that rest on too little."""
    if not metric.enough:
        return answer
    place = answer.columns.index(metric.enough)
    kept = tuple(row for row in answer.rows if (figure(row[place]) or 0) >= ENOUGH)
    return Answer(answer.columns, kept)


def _heat(metric: Metric, answer: Answer, columns: Sequence[str]) -> Chart:
    found = {(_int(row[0]) - 1, _int(row[1])): figure(row[2]) or 0 for row in answer.rows}
    every = {(day, hour): found.get((day, hour), 0) for day in range(7) for hour in range(24)}
    hours = [_("%(hour)sh", hour=str(hour).zfill(2)) for hour in range(24)]
    label = metric.labels[columns[-1]]
    return draw_squares(
        Squares(metric.title, label, "", list(map(gettext, WEEKDAYS)), hours, every)
    )


def _grid(metric: Metric, answer: Answer, columns: Sequence[str]) -> Chart:
    row_at, column_at, value_at = (answer.columns.index(name) for name in columns)
    firsts = sorted({first for row in answer.rows if isinstance(first := row[row_at], date)})
    width = max(_int(row[column_at]) for row in answer.rows) + 1
    values = {
        (firsts.index(first), _int(row[column_at])): value
        for row in answer.rows
        if isinstance(first := row[row_at], date) and (value := figure(row[value_at])) is not None
    }
    rows = [short_month(first) for first in firsts]
    names = [f"+{month}" for month in range(width)]
    label, unit = metric.labels[columns[2]], metric.units.get(columns[2], "")
    return draw_squares(Squares(metric.title, label, unit, rows, names, values, writes=True))


def _int(value: Cell) -> int:
    return int(value) if isinstance(value, int | float) else 0


_OVER_STEPS: dict[str, Callable[[Steps], Chart]] = {
    "columns": draw_columns,
    "stacked": partial(draw_columns, stacked=True),
    "lines": draw_lines,
    "band": draw_band,
}
_OVER_NAMES: dict[str, Callable[[Metric, Answer, Sequence[str]], Chart | None]] = {
    "bars": _bars,
    "heat": _heat,
    "grid": _grid,
    "intervals": _intervals,
}
FORMS = frozenset({*_OVER_STEPS, *_OVER_NAMES, "stacked_by"})
