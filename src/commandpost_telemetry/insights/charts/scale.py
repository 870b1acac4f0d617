"""From values to places: round steps on the axis, and how high a value stands."""

import math
from dataclasses import dataclass

from commandpost_telemetry.insights.charts.shapes import (
    LEFT,
    PLOT_HEIGHT,
    RIGHT,
    TOP,
    WIDTH,
    Mark,
    line,
    words,
)
from commandpost_telemetry.insights.formats import compact
from commandpost_telemetry.kit.formats import lengths

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_TIMES = (1, 5, 15, 60, 300, 900, 1800, 3600, 7200, 14400, 43200, 86400)
_MOST = 4


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis from zero upwards."""

    step: float
    top: float
    unit: str = ""

    def y(self, value: float) -> float:
        """Return how far down the drawing a value stands."""
        return TOP + PLOT_HEIGHT * (1 - min(value, self.top) / self.top)

    def marks(self) -> list[Mark]:
        """Return the lines of the axis with their numbers."""
        found: list[Mark] = []
        for index in range(round(self.top / self.step) + 1):
            value = index * self.step
            look = "axis" if index == 0 else "rule"
            found.append(line(LEFT, self.y(value), WIDTH - RIGHT, self.y(value), look))
            found.append(words(LEFT - 5, self.y(value) + 4, self.label(value), "tick", "end"))
        return found

    def label(self, value: float) -> str:
        """Return the number of a line in the unit of the axis."""
        if self.unit == "seconds":
            said = [each for count, each in lengths(value) if count or not value]
            return "".join(said).replace(" ", "")
        return compact(value) + ("%" if self.unit == "percent" else "")


def scale_for(highest: float, unit: str = "", *, whole: bool = False) -> Scale:
    """Return an axis with at most four round steps that holds the highest value."""
    if unit == "percent":
        return Scale(25, 100, unit)
    step = _time_step(highest) if unit == "seconds" else _round_step(highest, whole=whole)
    return Scale(step, step * max(1, math.ceil(highest / step - 1e-9)), unit)


def _round_step(highest: float, *, whole: bool = False) -> float:
    if highest <= 0:
        return 1.0
    if whole:
        highest = max(1.0, highest)
    size = 10.0 ** math.floor(math.log10(highest / _MOST))
    return next(
        step * size
        for step in _STEPS
        if step * size * _MOST >= highest * (1 - 1e-9) and (not whole or (step * size).is_integer())
    )


def _time_step(highest: float) -> float:
    for step in _TIMES:
        if step * _MOST >= highest:
            return step
    return 86_400 * _round_step(highest / 86_400)
