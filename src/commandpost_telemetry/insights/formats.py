"""How numbers, days and lengths of time look in tables, tiles and on axes."""

from datetime import date, datetime

from commandpost_telemetry.insights.scope import Step
from commandpost_telemetry.insights.source import Cell

DASH = "\N{EN DASH}"
_TELLING = 999  # percent; a larger one says only that there was next to nothing before
MINUS = "\N{MINUS SIGN}"


def cell(value: Cell, unit: str = "") -> str:
    """Return a value as a table shows it."""
    if value is None:
        return DASH
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str) else number(value, unit)


def number(value: float, unit: str = "") -> str:
    """Return a number with its unit: `1,234`, `2.5`, `45 %`, `2 h 5 m`, `3.5 days`."""
    if unit == "seconds":
        return duration(value)
    if unit == "percent":
        return plain(value) + " %"
    return plain(value) + (" days" if unit == "days" else "")


def plain(value: float) -> str:
    """Return a number with at most one decimal and groups of thousands."""
    rounded = round(float(value), 1)
    return f"{int(rounded):,}" if rounded == int(rounded) else f"{rounded:,.1f}"


def compact(value: float) -> str:
    """Return a number as short as an axis needs it: `0.5`, `900`, `1.2k`, `3M`."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{letter}"
    return f"{round(value, 3):g}"


def duration(seconds: float) -> str:
    """Return a length of time by its largest two units."""
    whole = max(0, round(seconds))
    days, rest = divmod(whole, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, secs = divmod(rest, 60)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} m"
    return f"{minutes} m" if minutes else f"{secs} s"


def day_label(day: date, by: Step) -> str:
    """Return a step of the axis in few letters."""
    return day.strftime("%b %y") if by is Step.MONTH else f"{day.day} {day:%b}"


def day_title(day: date, by: Step) -> str:
    """Return a step in full, as said on hover."""
    if by is Step.MONTH:
        return day.strftime("%B %Y")
    written = f"{day.day} {day:%b %Y}"
    return f"Week of {written}" if by is Step.WEEK else f"{day:%a} {written}"


def change(now: float, before: float) -> str:
    """Return how a total compares with the one of the range before."""
    if before == 0:
        return "none before"
    if before == now:
        return f"{plain(before)} before, no change"
    share = round(100 * (now - before) / before)
    if share > _TELLING:
        return f"{plain(before)} before"
    return f"{plain(before)} before, {share:+d} %".replace("-", MINUS)
