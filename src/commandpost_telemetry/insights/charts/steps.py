"""Charts over the steps of a range: grouped or stacked columns, and lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from commandpost_telemetry.insights.charts.scale import Scale, scale_for
from commandpost_telemetry.insights.charts.shapes import (
    HEIGHT,
    LEFT,
    PLOT_HEIGHT,
    PLOT_WIDTH,
    TOP,
    WIDTH,
    Chart,
    Group,
    Key,
    Mark,
    dot,
    line,
    path,
    rect,
    words,
)
from commandpost_telemetry.insights.formats import day_label, day_title, number
from commandpost_telemetry.insights.scope import Step, first_of
from commandpost_telemetry.kit.formats import day as in_figures
from commandpost_telemetry.kit.words import _

LABELS = 6


@dataclass(frozen=True, slots=True)
class Series:
    """One row of values, one for each step; None where nothing is known."""

    label: str
    values: Sequence[float | None]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Steps:
    """What a chart over time is drawn from."""

    title: str
    days: Sequence[date]
    by: Step
    series: Sequence[Series]
    before: Sequence[float | None] = ()  # the first series in the range before
    releases: Mapping[date, str] = field(default_factory=dict)
    partial: frozenset[int] = frozenset()  # steps that the range holds only in part


def draw_columns(steps: Steps, *, stacked: bool = False) -> Chart:
    """Draw columns side by side or on top of one another."""
    scale = _scale(steps, stacked=stacked)
    slot = PLOT_WIDTH / len(steps.days)
    pad = slot * 0.14
    groups = []
    for index in range(len(steps.days)):
        left, width = LEFT + index * slot + pad, slot - 2 * pad
        marks = [_band(index, slot)]
        if stacked:
            marks += _pile(steps, index, scale, (left, width))
        else:
            marks += _side_by_side(steps, index, scale, (left, width))
        groups.append(Group(_title(steps, index), marks))
    return _chart(steps, scale, [*groups, *_before(steps, scale)])


def draw_lines(steps: Steps) -> Chart:
    """Draw a line with points for each series."""
    scale = _scale(steps, stacked=False)
    slot = PLOT_WIDTH / len(steps.days)
    lines = [
        mark
        for place, series in enumerate(steps.series, start=1)
        for part, look in zip(_whole_and_cut(steps, series), ("", " partial"), strict=True)
        for mark in _line(part, scale, slot, f"line series-{place}{look}")
    ]
    groups = [
        Group(_title(steps, index), [_band(index, slot), *_dots(steps, index, scale, slot)])
        for index in range(len(steps.days))
    ]
    return _chart(steps, scale, [Group("", lines), *groups, *_before(steps, scale)])


def draw_band(steps: Steps) -> Chart:
    """Draw the middle of three series as a line within the band of the other two."""
    scale = _scale(steps, stacked=False)
    slot = PLOT_WIDTH / len(steps.days)
    low, middle, high = steps.series
    bands = [
        path([(x, scale.y(bottom)), (x, scale.y(top))], "span soft-1")
        for index, (bottom, top) in enumerate(zip(low.values, high.values, strict=True))
        if bottom is not None and top is not None
        for x in [LEFT + (index + 0.5) * slot]
    ]
    line_marks = _line(middle, scale, slot, "line series-1")
    groups = [
        Group(_title(steps, index), [_band(index, slot), *_dot(middle, index, scale, slot)])
        for index in range(len(steps.days))
    ]
    made = _chart(steps, scale, [Group("", [*bands, *line_marks]), *groups])
    keys = (Key(middle.label, "series-1"), Key(_("the middle 90 %%"), "soft-1"))
    return replace(made, legend=keys)


def _dot(series: Series, index: int, scale: Scale, slot: float) -> list[Mark]:
    value = series.values[index]
    x = LEFT + (index + 0.5) * slot
    return [] if value is None else [dot(x, scale.y(value), "dot series-1")]


def _scale(steps: Steps, *, stacked: bool) -> Scale:
    rows = [[value or 0 for value in series.values] for series in steps.series]
    columns = list(zip(*rows, strict=True))
    highest = max((sum(column) if stacked else max(column) for column in columns), default=0)
    highest = max(highest, max((value or 0 for value in steps.before), default=0))
    whole = all(isinstance(value, int) for row in rows for value in row)
    return scale_for(highest, steps.series[0].unit, whole=whole)


def _band(index: int, slot: float) -> Mark:
    return rect(LEFT + index * slot, TOP, slot, PLOT_HEIGHT, "band")


def _side_by_side(
    steps: Steps, index: int, scale: Scale, place_of: tuple[float, float]
) -> list[Mark]:
    left, width = place_of
    each = width / len(steps.series)
    marks = []
    for place, series in enumerate(steps.series):
        value = series.values[index] or 0
        top = scale.y(value)
        if value:
            x, look = left + place * each, _fill(steps, index, place + 1)
            marks.append(rect(x, top, max(each - 0.6, 0.6), scale.y(0) - top, look, 1))
    return marks


def _pile(steps: Steps, index: int, scale: Scale, place_of: tuple[float, float]) -> list[Mark]:
    left, width = place_of
    marks, below = [], 0.0
    for place, series in enumerate(steps.series, start=1):
        value = series.values[index] or 0
        if value:
            top, foot = scale.y(below + value), scale.y(below)
            marks.append(rect(left, top, width, foot - top, _fill(steps, index, place)))
        below += value
    return marks


def _fill(steps: Steps, index: int, place: int) -> str:
    return f"fill series-{place}" + (" partial" if index in steps.partial else "")


def _line(series: Series, scale: Scale, slot: float, look: str) -> list[Mark]:
    """Return one line for each stretch without a gap."""
    stretches: list[list[tuple[float, float]]] = [[]]
    for index, value in enumerate(series.values):
        if value is None:
            stretches.append([])
        else:
            stretches[-1].append((LEFT + (index + 0.5) * slot, scale.y(value)))
    return [path(points, look) for points in stretches if len(points) > 1]


def _whole_and_cut(steps: Steps, series: Series) -> tuple[Series, Series]:
    """Return the series over whole steps, and the ends that lead into a step that is cut."""
    last = len(series.values) - 1
    cut = {index for index in steps.partial if index in {0, last}}
    near = cut | {index + 1 for index in cut & {0}} | {index - 1 for index in cut & {last}}
    pairs = list(enumerate(series.values))
    return (
        replace(series, values=[None if index in cut else value for index, value in pairs]),
        replace(series, values=[value if index in near else None for index, value in pairs]),
    )


def _dots(steps: Steps, index: int, scale: Scale, slot: float) -> list[Mark]:
    x = LEFT + (index + 0.5) * slot
    return [
        dot(x, scale.y(value), f"dot series-{place}")
        for place, series in enumerate(steps.series, start=1)
        if (value := series.values[index]) is not None
    ]


def _before(steps: Steps, scale: Scale) -> list[Group]:
    if not any(steps.before):
        return []
    slot = PLOT_WIDTH / len(steps.days)
    kept = tuple(steps.before[: len(steps.days)])
    marks = _line(Series("", kept), scale, slot, "line previous")
    return [Group("", marks)]


def _title(steps: Steps, index: int) -> str:
    values = ", ".join(
        f"{series.label} {number(value, series.unit)}"
        for series in steps.series
        if (value := series.values[index]) is not None
    )
    part = f" ({_('in part')})" if index in steps.partial else ""
    return f"{day_title(steps.days[index], steps.by)}{part}: {values or _('nothing')}"


def _chart(steps: Steps, scale: Scale, groups: Sequence[Group]) -> Chart:
    slot = PLOT_WIDTH / len(steps.days)
    legend = [Key(series.label, f"series-{i}") for i, series in enumerate(steps.series, start=1)]
    if any(steps.before):
        before = _("%(what)s, range before", what=steps.series[0].label)
        legend.append(Key(before, "previous"))
    return Chart(
        title=steps.title,
        description=_described(steps),
        frame=[*scale.marks(), *_day_labels(steps, slot), *_release_marks(steps, slot)],
        groups=groups,
        legend=legend if len(legend) > 1 else (),
    )


def _day_labels(steps: Steps, slot: float) -> list[Mark]:
    every = max(1, -(-len(steps.days) // LABELS))
    marks = []
    for place, index in enumerate(range(0, len(steps.days), every)):
        x, look = LEFT + (index + 0.5) * slot, "tick spare" if place % 2 else "tick"
        x = min(max(x, LEFT + 8), WIDTH - 22)
        text = day_label(steps.days[index], steps.by)
        marks.append(words(x, HEIGHT - 7, text, look, "middle"))
    return marks


def _release_marks(steps: Steps, slot: float) -> list[Mark]:
    places = {day: index for index, day in enumerate(steps.days)}
    marks = []
    for day, version in sorted(steps.releases.items()):
        index = places.get(first_of(day, steps.by))
        if index is not None:
            x = LEFT + (index + 0.5) * slot
            marks.append(line(x, TOP - 4, x, TOP + PLOT_HEIGHT, "release"))
            anchor = "end" if x > WIDTH - 60 else "start"
            shift = -3 if anchor == "end" else 3
            marks.append(words(x + shift, TOP - 5, version, "release-name", anchor))
    return marks


def _described(steps: Steps) -> str:
    totals = "; ".join(
        _(
            "%(what)s: lowest %(lowest)s, highest %(highest)s",
            what=series.label,
            lowest=number(min(known), series.unit),
            highest=number(max(known), series.unit),
        )
        for series in steps.series
        if (known := [value for value in series.values if value is not None])
    )
    first, last = (in_figures(day) for day in (steps.days[0], steps.days[-1]))
    return f"{_RANGES[steps.by](first, last)} {totals}."


_RANGES = {
    Step.DAY: lambda first, last: _("By day from %(first)s to %(last)s.", first=first, last=last),
    Step.WEEK: lambda first, last: _("By week from %(first)s to %(last)s.", first=first, last=last),
    Step.MONTH: lambda first, last: _(
        "By month from %(first)s to %(last)s.", first=first, last=last
    ),
}
