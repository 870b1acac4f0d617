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

NAME_WIDTH = 132
VALUE_WIDTH = 56
ROW = 26
MOST_ROWS = 12
SHADES = 6
LONGEST = 20  # letters that fit beside a bar


@dataclass(frozen=True, slots=True)
class Bars:
    """Named values, in the order in which they are shown."""

    title: str
    label: str
    unit: str
    values: Sequence[tuple[str, float]]


def draw_bars(bars: Bars) -> Chart:
    """Draw one lying bar for each name."""
    shown = bars.values[:MOST_ROWS]
    highest = max((value for _, value in shown), default=0) or 1
    room = WIDTH - NAME_WIDTH - VALUE_WIDTH
    groups = []
    for index, (name, value) in enumerate(shown):
        y, said = 6 + index * ROW, number(value, bars.unit)
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
        legend=[Key("fewer", "shade-1"), Key("more", f"shade-{SHADES}")],
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
        return f"{squares.label}. Nothing yet."
    (row, column), value = max(squares.values.items(), key=lambda item: item[1])
    return f"{squares.label}. Most: {_square_title(squares, row, column, value)}."


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
