"""What a chart is made of, as the template writes it: marks, groups with a title, a legend."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 480
HEIGHT = 226
LEFT = 52
RIGHT = 6
TOP = 16
BOTTOM = 30
PLOT_WIDTH = WIDTH - LEFT - RIGHT
PLOT_HEIGHT = HEIGHT - TOP - BOTTOM


@dataclass(frozen=True, slots=True)
class Mark:
    """One SVG element; numbers are already rounded."""

    tag: str
    attributes: dict[str, str | float]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Marks that say one thing; the title is read aloud and shown on hover."""

    title: str
    marks: Sequence[Mark]


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of the legend."""

    label: str
    look: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with what it says in words."""

    title: str
    description: str
    frame: Sequence[Mark]  # axes, below the values
    groups: Sequence[Group]
    legend: Sequence[Key] = ()
    height: int = HEIGHT


def rect(x: float, y: float, width: float, height: float, look: str, corner: float = 0) -> Mark:
    """Return a rectangle."""
    attributes: dict[str, str | float] = {
        "x": round(x, 1),
        "y": round(y, 1),
        "width": round(width, 1),
        "height": round(height, 1),
        "class": look,
    }
    return Mark("rect", attributes | ({"rx": corner} if corner else {}))


def line(x1: float, y1: float, x2: float, y2: float, look: str) -> Mark:
    """Return a straight line."""
    ends = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
    rounded: dict[str, str | float] = {name: round(value, 1) for name, value in ends.items()}
    return Mark("line", rounded | {"class": look})


def path(points: Sequence[tuple[float, float]], look: str) -> Mark:
    """Return a line through points."""
    written = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return Mark("polyline", {"points": written, "class": look})


def dot(x: float, y: float, look: str) -> Mark:
    """Return a point."""
    return Mark("circle", {"cx": round(x, 1), "cy": round(y, 1), "r": 2.5, "class": look})


def words(x: float, y: float, text: str, look: str, anchor: str = "start") -> Mark:
    """Return a piece of text."""
    place: dict[str, str | float] = {"x": round(x, 1), "y": round(y, 1)}
    return Mark("text", place | {"text-anchor": anchor, "class": look}, text)
