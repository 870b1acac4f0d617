"""Reads the metric files: what each asks, what it reads, how it is drawn, and its SQL."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from commandpost_telemetry.insights.errors import NotFound
from commandpost_telemetry.insights.models.catalogue import split_head
from commandpost_telemetry.kit.words import _, gettext


@dataclass(frozen=True, slots=True)
class Metric:
    """One named question with its answer in SQL."""

    name: str
    title: str
    question: str
    events: tuple[str, ...]
    owner: str
    sql: str
    labels: Mapping[str, str]  # column -> heading
    units: Mapping[str, str] = field(default_factory=dict)  # column -> seconds, days, percent
    draws: tuple[str, ...] = ()  # form and the columns it shows
    hides: tuple[str, ...] = ()  # columns that only order the rows
    counts_servers: tuple[str, ...] = ()  # columns that may be suppressed when small
    has_total: bool = False  # whether the servers of the rows of one day add up to all there are
    enough: str = ""  # the column that must reach 8 before the others mean anything
    note: str = ""
    words: tuple[str, ...] = ()  # columns whose values are words of ours

    def said(self) -> "Metric":
        """Return it with what readers see in their language."""
        return replace(
            self,
            title=gettext(self.title),
            question=gettext(self.question),
            labels={name: gettext(label) for name, label in self.labels.items()},
            note=gettext(self.note),
        )


@cache
def all_metrics() -> tuple[Metric, ...]:
    """Return every metric by title."""
    files = sorted(Path(__file__).parent.glob("*.sql"))
    metrics = (read_metric(path.stem, path.read_text(encoding="utf-8")) for path in files)
    return tuple(sorted(metrics, key=lambda metric: metric.title))


def get_metric(name: str) -> Metric:
    """Return the metric of this name."""
    for metric in all_metrics():
        if metric.name == name:
            return metric
    raise NotFound(
        _("There is no metric “%(name)s”; the page of metrics lists them all.", name=name[:64])
    )


def read_metric(name: str, text: str) -> Metric:
    """Read one file: its head says all but the SQL."""
    head, sql = split_head(text)
    return Metric(
        name=name,
        title=head["title"],
        question=head["question"],
        events=_words(head["events"], ","),
        owner=head["owner"],
        sql=sql,
        labels=_pairs(head["columns"]),
        units=_pairs(head.get("units", "")),
        draws=_words(head.get("draws", ""), " "),
        hides=_words(head.get("hides", ""), ","),
        counts_servers=_words(head.get("counts_servers", ""), ","),
        has_total="has_total" in head,
        enough=head.get("enough", ""),
        note=head.get("note", ""),
        words=_words(head.get("words", ""), ","),
    )


def _words(text: str, separator: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(separator) if word.strip())


def _pairs(text: str) -> dict[str, str]:
    pairs = (word.partition("=") for word in _words(text, ","))
    return {name.strip(): value.strip() for name, _, value in pairs}
