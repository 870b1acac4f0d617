"""How values look in tables, tiles and on axes, in the reader's language."""

from datetime import date, datetime

from commandpost_telemetry.insights.scope import Step
from commandpost_telemetry.insights.source import Cell
from commandpost_telemetry.kit.formats import (
    day,
    duration,
    marked,
    minute,
    month,
    plain,
    short_day,
    short_month,
    weekday,
)
from commandpost_telemetry.kit.words import N_, _, gettext

DASH = "\N{EN DASH}"
_TELLING = 999  # percent; a larger one says only that there was next to nothing before
MINUS = "\N{MINUS SIGN}"
_STAND_INS = frozenset({N_("unknown"), N_("unlicensed")})  # what models say where there is no name


def cell(value: Cell, unit: str = "") -> str:
    """Return a value as a table shows it."""
    if value is None:
        return DASH
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return minute(value)
    if isinstance(value, date):
        return day(value)
    return named(value) if isinstance(value, str) else number(value, unit)


def named(value: str) -> str:
    """Return a name as it is; what stands in for one is said in the reader's language."""
    return gettext(value) if value in _STAND_INS else value


def number(value: float, unit: str = "") -> str:
    """Return a number with its unit: `1,234`, `2.5`, `45 %`, `2 h 5 min`, `3.5 days`."""
    if unit == "seconds":
        return duration(value)
    if unit == "percent":
        return f"{plain(value)} %"
    return _("%(number)s days", number=plain(value)) if unit == "days" else plain(value)


def compact(value: float) -> str:
    """Return a number as short as an axis needs it: `0.5`, `900`, `1.2k`, `3M`."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return marked(f"{value / size:g}") + letter
    return marked(f"{round(value, 3):g}")


def day_label(first: date, by: Step) -> str:
    """Return a step of the axis in few letters."""
    return short_month(first) if by is Step.MONTH else short_day(first)


def day_title(first: date, by: Step) -> str:
    """Return a step in full, as said on hover."""
    if by is Step.MONTH:
        return month(first)
    written = f"{short_day(first)} {first.year}"
    if by is Step.WEEK:
        return _("Week of %(day)s", day=written)
    return f"{weekday(first)} {written}"


def change(now: float, before: float) -> str:
    """Return how a total compares with the one of the range before."""
    if before == 0:
        return _("none before")
    if before == now:
        return _("%(number)s before, no change", number=plain(before))
    share = round(100 * (now - before) / before)
    if share > _TELLING:
        return _("%(number)s before", number=plain(before))
    signed = f"{share:+d}".replace("-", MINUS)
    return _("%(number)s before, %(share)s %%", number=plain(before), share=signed)
