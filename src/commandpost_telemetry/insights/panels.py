"""A panel: one metric with its chart, the table behind it and the ways out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from commandpost_telemetry.insights.charts.shapes import Chart
from commandpost_telemetry.insights.errors import NotAllowed
from commandpost_telemetry.insights.figures import ENOUGH, draw, figure
from commandpost_telemetry.insights.formats import DASH, cell
from commandpost_telemetry.insights.metrics.catalogue import Metric
from commandpost_telemetry.insights.scope import Scope
from commandpost_telemetry.insights.source import Answer, Cell
from commandpost_telemetry.kit.words import N_, _, gettext

NOT_ENOUGH = N_("not enough data")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table behind a chart."""

    label: str
    is_number: bool
    is_ours: bool = True  # whether its texts are words of ours, not names that were sent
    is_time: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """What the template of a panel needs."""

    name: str
    title: str
    question: str
    note: str
    chart: Chart | None
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    suppressed_below: int  # 0 when nothing is left out
    query: str  # of the address, for the links


@dataclass(frozen=True, slots=True)
class Suppression:
    """Counts of servers below this are not shown; 0 shows all."""

    below: int = 0

    def hides(self, value: Cell) -> bool:
        return isinstance(value, int) and 0 < value < self.below

    def said(self) -> str:
        """Return what stands in place of a count."""
        return _("under %(count)s", count=self.below)

    def withholds(self) -> str:
        """Return why single servers are not shown: whoever sees them all can count the few."""
        if self.below <= 1:
            return ""
        return _(
            "Counts of fewer than %(count)s servers are not shown here, so neither are single "
            "servers nor whole models.",
            count=self.below,
        )

    def guard_single(self) -> None:
        """Refuse what tells of single servers."""
        if self.withholds():
            raise NotAllowed(self.withholds())


def make_panel(
    metric: Metric,
    answer: Answer,
    scope: Scope,
    *,
    before: Answer | None = None,
    releases: Mapping[date, str] | None = None,
    suppression: Suppression | None = None,
) -> Panel:
    """Return the panel of an answer."""
    metric, answer = metric.said(), _in_words(metric, answer)
    hidden = hidden_rows(metric, answer, suppression or Suppression())
    shown = without(answer, hidden)
    chart = draw(metric, shown, scope, before=before, releases=releases or {})
    is_empty = chart is None and metric.draws[:1] == ("bars",)
    return Panel(
        name=metric.name,
        title=metric.title,
        question=metric.question,
        note=metric.note,
        chart=chart,
        columns=[_column(metric, answer, name) for name in _visible(metric, answer)],
        rows=() if is_empty else written(metric, answer, suppression or Suppression()),
        suppressed_below=suppression.below if suppression and hidden else 0,
        query=scope.address(),
    )


def _in_words(metric: Metric, answer: Answer) -> Answer:
    """Return the answer with the words of ours in the reader's language."""
    ours = [name in metric.words for name in answer.columns]
    if not any(ours):
        return answer
    rows = tuple(
        tuple(
            gettext(value) if is_ours and isinstance(value, str) else value
            for is_ours, value in zip(ours, row, strict=True)
        )
        for row in answer.rows
    )
    return Answer(answer.columns, rows)


def hidden_rows(metric: Metric, answer: Answer, suppression: Suppression) -> frozenset[int]:
    """Return which rows hold a count of servers that is too small to show."""
    places = [answer.columns.index(name) for name in metric.counts_servers]
    small = frozenset(
        index
        for index, row in enumerate(answer.rows)
        if any(suppression.hides(row[place]) for place in places)
    )
    return small | _one_more(metric, answer, small)


def _one_more(metric: Metric, answer: Answer, small: frozenset[int]) -> frozenset[int]:
    """Return the next smallest part of each total that lacks just one: else it is their rest."""
    if not metric.has_total:
        return frozenset()
    [counted] = (answer.columns.index(name) for name in metric.counts_servers)
    totals: dict[tuple[Cell, ...], list[int]] = {}
    for index, row in enumerate(answer.rows):
        of = tuple(value for value in row if isinstance(value, date))
        totals.setdefault(of, []).append(index)
    found = set()
    for parts in totals.values():
        shown = [index for index in parts if index not in small]
        if shown and len(parts) - len(shown) == 1:
            found.add(min(shown, key=lambda index: figure(answer.rows[index][counted]) or 0))
    return frozenset(found)


def without(answer: Answer, hidden: frozenset[int]) -> Answer:
    """Return the answer with the numbers of hidden rows left out."""
    if not hidden:
        return answer
    keeps = {name for name in answer.columns if name in ("bucket", "cohort", "month", "version")}
    rows = tuple(
        tuple(
            value if index not in hidden or name in keeps else None
            for name, value in zip(answer.columns, row, strict=True)
        )
        for index, row in enumerate(answer.rows)
    )
    return Answer(answer.columns, rows)


def written(metric: Metric, answer: Answer, suppression: Suppression) -> list[list[str]]:
    """Return the rows as text, as table and CSV show them."""
    hidden = hidden_rows(metric, answer, suppression)
    shown = without(answer, hidden)
    return [
        [
            _written(metric, shown, row, name, suppression if index in hidden else None)
            for name in _visible(metric, answer)
        ]
        for index, row in enumerate(shown.rows)
    ]


def _written(
    metric: Metric,
    answer: Answer,
    row: Sequence[Cell],
    name: str,
    suppression: Suppression | None,
) -> str:
    value = row[answer.columns.index(name)]
    if value is None and suppression and name in metric.counts_servers:
        return suppression.said()
    if metric.enough and name in metric.units:
        known = row[answer.columns.index(metric.enough)]
        if isinstance(known, int) and known < ENOUGH:
            return gettext(NOT_ENOUGH)
    return DASH if value is None else cell(value, metric.units.get(name, ""))


def _visible(metric: Metric, answer: Answer) -> list[str]:
    return [name for name in answer.columns if name not in metric.hides]


def _column(metric: Metric, answer: Answer, name: str) -> Column:
    place = answer.columns.index(name)
    is_number = any(
        isinstance(row[place], int | float) and not isinstance(row[place], bool)
        for row in answer.rows
    )
    has_names = any(isinstance(row[place], str) for row in answer.rows) and not is_number
    return Column(metric.labels[name], is_number, name in metric.words or not has_names)
