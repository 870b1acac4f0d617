"""When each item was checked, drawn to scale: positions only, the template draws them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from commandpost.incidents.queries.one import ChecklistValue, ItemValue
from commandpost.kit.words import _
from commandpost.ui.formats import duration

ROW = 40
HEADING = 30
BOTTOM = 26
FROM, TO = 2.0, 97.0  # per cent of the width: a dot at either end is drawn whole
NICE = (
    *(1, 2, 5, 10, 15, 30),  # seconds
    *(each * 60 for each in (1, 2, 5, 10, 15, 30)),
    *(each * 3_600 for each in (1, 2, 3, 6, 12)),
    *(each * 86_400 for each in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)),
)
TICKS = 4


@dataclass(frozen=True, slots=True)
class ChartRow:
    """One line: a checklist's title, or an item with a dot where it was checked."""

    y: int
    title: str
    is_heading: bool = False
    x: float | None = None
    after: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """One mark of the axis."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything in its place: down in pixels, across in per cent, so that any width will do."""

    height: int
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
    y = 0
    for checklist in checklists:
        y += HEADING
        rows.append(ChartRow(y, checklist.title, is_heading=True))
        for item in checklist.items:
            y += ROW
            rows.append(_row(y, item, start, span))
    axis_y = y + ROW // 2
    return Chart(
        height=axis_y + BOTTOM,
        axis_y=axis_y,
        rows=rows,
        ticks=[Tick(_x(at, span), duration(at) if at else "0") for at in ticks(span)],
        summary=_summary(checklists, start),
    )


def ticks(span: float) -> list[int]:
    """Return seconds at which the axis is marked: few, and round."""
    step = next((each for each in NICE if span / each <= TICKS), NICE[-1])
    return list(range(0, int(span) + 1, step))[: 4 * TICKS]


def _last(checklists: Sequence[ChecklistValue], until: datetime) -> datetime:
    checked = (i.checked_at for each in checklists for i in each.items if i.checked_at is not None)
    return max((until, *checked))


def _x(seconds: float, span: float) -> float:
    return round(FROM + min(1.0, max(0.0, seconds / span)) * (TO - FROM), 2)


def _row(y: int, item: ItemValue, start: datetime, span: float) -> ChartRow:
    if item.checked_at is None:
        return ChartRow(y, item.title, after=_("not checked"))
    seconds = (item.checked_at - start).total_seconds()
    after = _("after %(duration)s", duration=duration(seconds))
    return ChartRow(y, item.title, x=_x(seconds, span), after=after)


def _summary(checklists: Sequence[ChecklistValue], start: datetime) -> str:
    items = [item for checklist in checklists for item in checklist.items]
    checked = sorted(item.checked_at for item in items if item.checked_at is not None)
    total = len(items)
    if not checked:
        none = _("None of %(total)s items has been checked.", total=total)
        return none if total > 1 else _("The one item has not been checked.")
    first, last = (
        duration((moment - start).total_seconds()) for moment in (checked[0], checked[-1])
    )
    if len(checked) == 1:
        return _("1 of %(total)s was checked, after %(last)s.", total=total, last=last)
    return _(
        "%(done)s of %(total)s items were checked, the first after %(first)s, the last after "
        "%(last)s.",
        done=len(checked),
        total=total,
        first=first,
        last=last,
    )
