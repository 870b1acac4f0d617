"""What a page is about: the range, its steps and the filters, all kept in the address."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlencode

from commandpost_telemetry.insights.errors import BadFilter
from commandpost_telemetry.insights.source import Parameter
from commandpost_telemetry.kit.formats import day as in_figures
from commandpost_telemetry.kit.words import _

DEFAULT_DAYS = 28
MOST_STEPS = 400
MOST_DAYS = 366 * 20
EARLIEST, LATEST = date(1971, 1, 1), date(2999, 12, 31)
_KNOWN = frozenset({"from", "to", "by", "version", "licence", "server", "q", "page", "sort"})
_LONGEST_TEXT = 100


class Step(StrEnum):
    """How long one column of a chart is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


_AUTOMATIC = ((Step.DAY, 45), (Step.WEEK, 400))
_STEP_DAYS = {Step.DAY: 1, Step.WEEK: 7, Step.MONTH: 28}


@dataclass(frozen=True, slots=True)
class Scope:
    """A range of whole days in UTC, both ends included, and what it is narrowed to."""

    first: date
    last: date
    today: date
    by: Step = Step.DAY
    version: str = ""
    licence: str = ""
    server: str = ""
    chosen_by: bool = False  # whether the reader chose the step

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def before(self) -> "Scope":
        """Return the range of equal length that ends where this one begins."""
        length = timedelta(days=self.days)
        return replace(self, first=self.first - length, last=self.last - length)

    def on_server(self, server: str) -> "Scope":
        """Return the same range, narrowed to one server."""
        return replace(self, server=server)

    def parameters(self) -> dict[str, Parameter]:
        """Return the values that the SQL of metrics and filters may name."""
        end = self.last + timedelta(days=1)
        return {
            "start": _midnight(self.first),
            "end": _midnight(end),
            "second_step": next_of(first_of(self.first, self.by), self.by),
            "last_step": first_of(end, self.by),
            "first_month": next_month(self.first),
            "last_month": max(next_month(self.first), first_of(end, Step.MONTH)),
            "today": self.today,
            "by": self.by.value,
            "version": self.version,
            "licence": self.licence,
            "server": self.server,
        }

    def address(self, **changes: str) -> str:
        """Return the query string of this scope, with some words changed."""
        words = {
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "by": self.by.value if self.chosen_by else "",
            "version": self.version,
            "licence": self.licence,
            "server": self.server,
        } | changes
        return "?" + urlencode({name: value for name, value in words.items() if value})

    def buckets(self) -> list[date]:
        """Return the first day of every step of the range, in order."""
        found = [first_of(self.first, self.by)]
        while (following := next_of(found[-1], self.by)) <= self.last:
            found.append(following)
        return found


def first_of(day: date, by: Step) -> date:
    """Return the first day of the step that a day lies in; weeks begin on Monday."""
    if by is Step.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if by is Step.MONTH else day


def next_of(day: date, by: Step) -> date:
    """Return the first day of the step after the one that begins on `day`."""
    if by is Step.MONTH:
        return (day + timedelta(days=32)).replace(day=1)
    return day + timedelta(days=_STEP_DAYS[by])


def next_month(day: date) -> date:
    """Return the first month that begins on the day or after it."""
    return day if day.day == 1 else next_of(first_of(day, Step.MONTH), Step.MONTH)


def read_scope(words: Mapping[str, str], today: date) -> Scope:
    """Read the filters of an address; a sentence says what cannot be used."""
    unknown = sorted(set(words) - _KNOWN)
    if unknown:
        raise BadFilter(
            _(
                "There is no filter “%(name)s”. Known are: from, to, by, version, licence "
                "and server.",
                name=unknown[0][:40],
            )
        )
    last = _day(words, "to") or today
    first = _day(words, "from") or last - timedelta(days=DEFAULT_DAYS - 1)
    _check_range(first, last)
    by = _step(words.get("by", ""), (last - first).days + 1)
    texts = {name: _text(words, name) for name in ("version", "licence", "server")}
    return Scope(first, last, today, by, chosen_by=bool(words.get("by")), **texts)


def _check_range(first: date, last: date) -> None:
    if first > last:
        raise BadFilter(
            _(
                "The range ends (%(last)s) before it begins (%(first)s). Exchange the two days.",
                last=in_figures(last),
                first=in_figures(first),
            )
        )
    if (last - first).days > MOST_DAYS or first < EARLIEST or last > LATEST:
        raise BadFilter(_("The range is longer than twenty years, or lies outside 1971 to 2999."))


def _step(word: str, days: int) -> Step:
    if not word:
        return next((step for step, most in _AUTOMATIC if days <= most), Step.MONTH)
    if word not in set(Step):
        raise BadFilter(_("Steps are day, week or month, not “%(word)s”.", word=word[:20]))
    step = Step(word)
    if days / _STEP_DAYS[step] > MOST_STEPS:
        raise BadFilter(
            _(
                "%(days)s days in such steps are too many columns to read. Choose longer steps "
                "or a shorter range.",
                days=days,
            )
        )
    return step


def _day(words: Mapping[str, str], name: str) -> date | None:
    text = words.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadFilter(
            _("“%(text)s” is not a day. Write it as 2026-11-24.", text=text[:20])
        ) from None


def _text(words: Mapping[str, str], name: str) -> str:
    text = words.get(name, "").strip()
    if len(text) > _LONGEST_TEXT or not text.isprintable():
        raise BadFilter(_("The filter “%(name)s” holds something that cannot be one.", name=name))
    return text


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).replace(tzinfo=None)
