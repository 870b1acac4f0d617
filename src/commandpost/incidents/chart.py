"""When each item was checked, drawn to scale: positions only, the template draws them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from commandpost.incidents.queries.one import ChecklistValue, ItemValue
from commandpost.ui.formats import duration

WIDTH = 920
LEFT = 300
RIGHT = 40
ROW = 26
TOP = 12
BOTTOM = 34
LONGEST_LABEL = 40
NICE = (
    *(1, 2, 5, 10, 15, 30),  # seconds
    *(each * 60 for each in (1, 2, 5, 10, 15, 30)),
    *(each * 3_600 for each in (1, 2, 3, 6, 12)),
    *(each * 86_400 for each in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)),
)
TICKS = 6


@dataclass(frozen=True, slots=True)
class ChartRow:
    """One line: a checklist's title, or an item with a dot where it was checked."""

    y: int
    label: str
    title: str
    is_heading: bool
    x: int | None
    after: str


@dataclass(frozen=True, slots=True)
class Tick:
    """One mark of the axis."""

    x: int
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything in its place."""

    width: int
    height: int
    left: int
    right: int
    axis_y: int
    rows: Sequence[ChartRow]
    ticks: Sequence[Tick]
    summary: str


def chart_of(
    checklists: Sequence[ChecklistValue], start: datetime, until: datetime
) -> Chart | None:
    """Return the chart, or None when there is no item to draw."""
    if not any(checklist.items for checklist in checklists):
        return None
    span = max(1.0, (_last(checklists, until) - start).total_seconds())
    rows: list[ChartRow] = []
    for checklist in checklists:
        rows.append(_heading(len(rows), checklist.title))
        rows.extend(
            _row(len(rows) + n, item, start, span) for n, item in enumerate(checklist.items)
        )
    axis_y = TOP + len(rows) * ROW
    return Chart(
        width=WIDTH,
        height=axis_y + BOTTOM,
        left=LEFT,
        right=WIDTH - RIGHT,
        axis_y=axis_y,
        rows=rows,
        ticks=[Tick(_x(at, span), duration(at)) for at in ticks(span)],
        summary=_summary(checklists, start),
    )


def ticks(span: float) -> list[int]:
    """Return seconds at which the axis is marked: few, and round."""
    step = next((each for each in NICE if span / each <= TICKS), NICE[-1])
    return list(range(0, int(span) + 1, step))[: 4 * TICKS]


def _last(checklists: Sequence[ChecklistValue], until: datetime) -> datetime:
    checked = (i.checked_at for each in checklists for i in each.items if i.checked_at is not None)
    return max((until, *checked))


def _x(seconds: float, span: float) -> int:
    return LEFT + round(max(0.0, seconds) / span * (WIDTH - LEFT - RIGHT))


def _y(place: int) -> int:
    return TOP + place * ROW + ROW // 2


def _heading(place: int, title: str) -> ChartRow:
    return ChartRow(_y(place), _short(title), title, is_heading=True, x=None, after="")


def _row(place: int, item: ItemValue, start: datetime, span: float) -> ChartRow:
    if item.checked_at is None:
        return ChartRow(_y(place), _short(item.title), item.title, False, None, "not checked")  # noqa: FBT003 - a row of values
    seconds = (item.checked_at - start).total_seconds()
    after = f"checked after {duration(seconds)}"
    return ChartRow(_y(place), _short(item.title), item.title, False, _x(seconds, span), after)  # noqa: FBT003 - a row of values


def _short(title: str) -> str:
    return title if len(title) <= LONGEST_LABEL else f"{title[: LONGEST_LABEL - 1].rstrip()}…"


def _summary(checklists: Sequence[ChecklistValue], start: datetime) -> str:
    items = [item for checklist in checklists for item in checklist.items]
    checked = sorted(item.checked_at for item in items if item.checked_at is not None)
    if not checked:
        return f"None of {len(items)} items has been checked."
    first, last = ((moment - start).total_seconds() for moment in (checked[0], checked[-1]))
    return (
        f"{len(checked)} of {len(items)} items were checked, "
        f"the first after {duration(first)}, the last after {duration(last)}."
    )
