"""One measured figure beside its budget, and the table that shows them all."""

from collections.abc import Iterable
from dataclasses import dataclass

HEADINGS = ("what", "budget", "measured", "ratio", "")


@dataclass(frozen=True)
class Figure:
    """A line of the table; `ratio` compares with what the same run measured beside it."""

    what: str
    budget: str
    measured: str
    ratio: str = ""
    kept: bool | None = None  # None: there is no budget

    @property
    def verdict(self) -> str:
        return {True: "ok", False: "MISSED", None: ""}[self.kept]


def at_most(what: str, measured: float, limit: float, unit: str) -> Figure:
    """Return a figure that should stay small."""
    ratio = f"{measured / limit:.2f} of budget"
    kept = measured < limit
    return Figure(what, f"< {limit:g} {unit}", f"{measured:.4g} {unit}", ratio, kept)


def at_least(what: str, measured: float, limit: float, unit: str, ratio: str = "") -> Figure:
    """Return a figure that should be large."""
    shown = ratio or f"{measured / limit:.2f} of budget"
    return Figure(
        what, f">= {limit:,g} {unit}", f"{measured:,.0f} {unit}", shown, measured >= limit
    )


def table(figures: Iterable[Figure]) -> str:
    """Return the figures in columns."""
    rows = [HEADINGS, *((f.what, f.budget, f.measured, f.ratio, f.verdict) for f in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)
