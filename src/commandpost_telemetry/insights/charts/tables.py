"""Charts over named things: lying bars, and squares shaded by how much they hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from commandpost_telemetry.insights.charts.shapes import (
    WIDTH,
    Chart,
    Group,
    Key,
    Mark,
    rect,
    words,
)
from commandpost_telemetry.insights.formats import number
from commandpost_telemetry.kit.words import _

NAME_WIDTH = 176
VALUE_WIDTH = 104
ROW = 26
INTERVAL_ROW = 46
MOST_ROWS = 12
SHADES = 6
_BESIDE = 90  # so far apart, two numbers stand beside each other
LONGEST = 20  # letters that fit beside a bar


@dataclass(frozen=True, slots=True)
class Bars:
    """Named values, in the order in which they are shown."""

    title: str
    label: str
    unit: str
    values: Sequence[tuple[str, float]]
    notes: Sequence[str] = ()  # said after each value


def draw_bars(bars: Bars) -> Chart:
    """Draw one lying bar for each name."""
    shown = bars.values[:MOST_ROWS]
    highest = max((value for _, value in shown), default=0) or 1
    room = WIDTH - NAME_WIDTH - VALUE_WIDTH
    groups = []
    for index, (name, value) in enumerate(shown):
        y, note = 6 + index * ROW, bars.notes[index] if bars.notes else ""
        said = number(value, bars.unit) + (f" · {note}" if note else "")
        length = max(room * value / highest, 1 if value else 0)
        marks = [
            rect(0, y - 3, WIDTH, ROW, "band"),
            words(NAME_WIDTH - 8, y + 15, _short(name), "name", "end"),
            rect(NAME_WIDTH, y + 1, length, ROW - 8, "fill series-1", 2),
            words(NAME_WIDTH + length + 6, y + 15, said, "value"),
        ]
        groups.append(Group(f"{name}: {said}", marks))
    said = "; ".join(group.title for group in groups)
    return Chart(
        title=bars.title,
        description=f"{bars.label}. {said}.",
        frame=(),
        groups=groups,
        height=max(1, len(shown)) * ROW + 10,
    )


@dataclass(frozen=True, slots=True)
class Intervals:
    """Named spreads: where the middle 90 % lie, and the median."""

    title: str
    unit: str
    values: Sequence[tuple[str, float, float, float]]  # name, low, median, high


def draw_intervals(intervals: Intervals) -> Chart:
    """Draw a lying line from low to high with a mark at the median, for each name."""
    shown = intervals.values[:MOST_ROWS]
    highest = max((high for *_, high in shown), default=0) or 1
    room = WIDTH - NAME_WIDTH - VALUE_WIDTH
    groups = []
    for index, (name, low, median, high) in enumerate(shown):
        y, said = 6 + index * INTERVAL_ROW, _interval_title(intervals, low, median, high)
        left, middle, right = (NAME_WIDTH + room * each / highest for each in (low, median, high))
        is_wide = right - left > _BESIDE
        marks = [
            rect(0, y - 3, WIDTH, INTERVAL_ROW, "band"),
            words(NAME_WIDTH - 8, y + 15, _short(name), "name", "end"),
            rect(left, y + 6, max(right - left, 2), 10, "fill soft-1", 5),
            rect(middle - 2, y + 2, 4, 18, "fill series-1", 2),
            words(right + 8, y + 15, number(median, intervals.unit), "value"),
            words(
                left, y + 32, number(low, intervals.unit), "tick", "middle" if is_wide else "end"
            ),
            words(
                right,
                y + 32,
                number(high, intervals.unit),
                "tick",
                "middle" if is_wide else "start",
            ),
        ]
        groups.append(Group(f"{name}: {said}", marks))
    said = "; ".join(group.title for group in groups)
    height = max(1, len(shown)) * INTERVAL_ROW + 10
    return Chart(intervals.title, f"{said}.", (), groups, (), height)


def _interval_title(intervals: Intervals, low: float, median: float, high: float) -> str:
    low_said, median_said, high_said = (
        number(value, intervals.unit) for value in (low, median, high)
    )
    return _(
        "median %(median)s, 90 %% between %(low)s and %(high)s",
        median=median_said,
        low=low_said,
        high=high_said,
    )


@dataclass(frozen=True, slots=True)
class Squares:
    """Values by row and column; what is not there has no value."""

    title: str
    label: str
    unit: str
    rows: Sequence[str]
    columns: Sequence[str]
    values: Mapping[tuple[int, int], float]
    writes: bool = False  # whether each square says its value


def draw_squares(squares: Squares) -> Chart:
    """Draw a square for each value, the darker the higher."""
    left, top, gap = 62, 20, 2
    side = (WIDTH - left) / max(1, len(squares.columns))
    tall = min(max(side, 18), 28)
    highest = max(squares.values.values(), default=0) or 1
    groups = [
        Group(
            _square_title(squares, row, column, value),
            _square(
                squares, (left + column * side, top + row * tall), (side, tall), gap, value, highest
            ),
        )
        for (row, column), value in sorted(squares.values.items())
    ]
    frame = [
        words(left - 6, top + row * tall + tall / 2 + 4, name, "name", "end")
        for row, name in enumerate(squares.rows)
    ]
    every = max(1, -(-len(squares.columns) // 8))
    frame += [
        words(left + (column + 0.5) * side, top - 6, name, "tick", "middle")
        for column, name in enumerate(squares.columns)
        if column % every == 0
    ]
    return Chart(
        title=squares.title,
        description=_most(squares),
        frame=frame,
        groups=groups,
        legend=[Key(_("fewer"), "shade-1"), Key(_("more"), f"shade-{SHADES}")],
        height=round(top + tall * len(squares.rows) + 4),
    )


def _square(
    squares: Squares,
    corner: tuple[float, float],
    size: tuple[float, float],
    gap: float,
    value: float,
    highest: float,
) -> list[Mark]:
    (x, y), (width, height) = corner, size
    shade = 0 if value == 0 else 1 + min(SHADES - 1, int(value / highest * SHADES))
    marks = [rect(x, y, width - gap, height - gap, f"square shade-{shade}", 2)]
    if squares.writes:
        look = "on-square" if shade > SHADES // 2 else "in-square"
        marks.append(
            words(x + width / 2 - 1, y + height / 2 + 3, f"{round(value)}", look, "middle")
        )
    return marks


def _square_title(squares: Squares, row: int, column: int, value: float) -> str:
    said = number(value, squares.unit)
    return f"{squares.rows[row]}, {squares.columns[column]}: {said}"


def _most(squares: Squares) -> str:
    if not squares.values:
        return _("%(what)s. Nothing yet.", what=squares.label)
    (row, column), value = max(squares.values.items(), key=lambda item: item[1])
    most = _square_title(squares, row, column, value)
    return _("%(what)s. Most: %(most)s.", what=squares.label, most=most)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
