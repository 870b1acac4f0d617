"""The same answers by plain counting in Python, slowly and without any SQL."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from commandpost_telemetry.insights.source import Cell


@dataclass(frozen=True)
class Deed:
    """One event as the test made it."""

    event: str
    at: datetime
    server: str
    version: str
    thing: str  # the incident or playbook
    by: str
    items: int = 0  # at the start or the end of an incident
    has_post: bool = False


@dataclass
class Incident:
    """What is known of one incident after all its events."""

    starts: list[datetime]
    ends: list[datetime]
    deeds: list[Deed] = field(default_factory=list)

    def count(self, event: str) -> int:
        return sum(deed.event == event for deed in self.deeds)

    @property
    def started(self) -> datetime | None:
        return min(self.starts, default=None)

    @property
    def ended(self) -> datetime | None:
        return max(self.ends, default=None)

    @property
    def checked(self) -> int:
        return max(0, self.count("CheckChecklistItem") - self.count("UncheckChecklistItem"))

    @property
    def lasted(self) -> float | None:
        """Return seconds from start to end, where both are known and in order."""
        if not self.started or not self.ended or self.ended < self.started:
            return None
        return (self.ended - self.started).total_seconds()

    def items(self, event: str) -> int:
        return max((deed.items for deed in self.deeds if deed.event == event), default=0)


Rows = list[tuple[Cell, ...]]


def incidents(deeds: Iterable[Deed]) -> dict[tuple[str, str], Incident]:
    found: dict[tuple[str, str], Incident] = defaultdict(lambda: Incident([], []))
    for deed in deeds:
        if deed.event.endswith(("Playbook", "TestEvent")):
            continue
        incident = found[deed.server, deed.thing]
        incident.deeds.append(deed)
        if deed.event == "CreateIncident":
            incident.starts.append(deed.at)
        if deed.event == "EndIncident":
            incident.ends.append(deed.at)
    return found


def usage(deeds: Iterable[Deed]) -> list[Deed]:
    """Return all but the events that only try telemetry out."""
    return [deed for deed in deeds if deed.event != "SendTestEvent"]


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week(at: datetime) -> date:
    return monday(at.date())


def is_in(at: datetime | None, first: date, last: date) -> bool:
    return at is not None and first <= at.date() <= last


def incidents_started_ended(deeds: Sequence[Deed], first: date, last: date) -> Rows:
    every = incidents(deeds).values()
    started = Counter(week(i.started) for i in every if i.started and is_in(i.started, first, last))
    ended = Counter(week(i.ended) for i in every if i.ended and is_in(i.ended, first, last))
    return [(day, started[day], ended[day]) for day in sorted({*started, *ended})]


def items_checked_per_incident(deeds: Sequence[Deed], first: date, last: date) -> Rows:
    by_week: dict[date, list[int]] = defaultdict(list)
    for incident in incidents(deeds).values():
        if incident.started and is_in(incident.started, first, last):
            by_week[week(incident.started)].append(incident.checked)
    return [
        (day, len(found), sum(found), round(sum(found) / len(found), 6))
        for day, found in sorted(by_week.items())
    ]


def active_servers(deeds: Sequence[Deed], first: date, last: date) -> Rows:
    by_week: dict[date, set[str]] = defaultdict(set)
    for deed in usage(deeds):
        if is_in(deed.at, first, last):
            by_week[week(deed.at)].add(deed.server)
    return [(day, len(found)) for day, found in sorted(by_week.items())]


def active_users(deeds: Sequence[Deed], first: date, last: date) -> Rows:
    people: dict[date, set[str]] = defaultdict(set)
    for deed in usage(deeds):
        if is_in(deed.at, first, last) and not deed.event.endswith("Playbook"):
            people[week(deed.at)].add(deed.by)
    return [(day, len(found)) for day, found in sorted(people.items())]


def funnel(deeds: Sequence[Deed], first: date, last: date) -> Rows:
    chosen = [i for i in incidents(deeds).values() if is_in(i.started, first, last)]
    checked = [i for i in chosen if i.count("CheckChecklistItem")]
    done = [i for i in checked if i.ended]
    whole = len(chosen)
    names = ("started", "first item checked", "ended after a check")
    return [
        (place, name, len(found), round(100 * len(found) / whole, 6) if whole else None)
        for place, (name, found) in enumerate(
            zip(names, (chosen, checked, done), strict=True), start=1
        )
    ]


def starts_by_hour(deeds: Sequence[Deed], first: date, last: date) -> Rows:
    found = Counter(
        (i.started.isoweekday(), i.started.hour)
        for i in incidents(deeds).values()
        if i.started and is_in(i.started, first, last)
    )
    return [(day, hour, count) for (day, hour), count in sorted(found.items())]


def time_to_end(deeds: Sequence[Deed], first: date, last: date) -> Rows:
    lasted = [
        i.lasted
        for i in incidents(deeds).values()
        if i.lasted is not None and is_in(i.ended, first, last)
    ]
    return [("all ended", len(lasted), *middle(lasted))]


def middle(values: Sequence[float]) -> list[float | None]:
    """Return the median and the ends of the middle 90 %."""
    return [_quantile(sorted(values), share) for share in (0.5, 0.05, 0.95)]


def _quantile(values: Sequence[float], share: float) -> float | None:
    if not values:
        return None
    place = (len(values) - 1) * share
    below = int(place)
    above = min(below + 1, len(values) - 1)
    return round(values[below] + (values[above] - values[below]) * (place - below), 6)


def version_spread(deeds: Sequence[Deed], first: date, last: date) -> Rows:
    """Take the version of the last event of each day, and of equal times the higher one."""
    found: dict[tuple[date, str], set[str]] = defaultdict(set)
    for (server, day), version in versions_of_days(deeds).items():
        if first <= day <= last:
            found[monday(day), version].add(server)
    return [(day, version, len(servers)) for (day, version), servers in sorted(found.items())]


def versions_of_days(deeds: Sequence[Deed]) -> dict[tuple[str, date], str]:
    of_day: dict[tuple[str, date], tuple[datetime, str]] = {}
    for deed in usage(deeds):
        key = deed.server, deed.at.date()
        of_day[key] = max(of_day.get(key, (deed.at, deed.version)), (deed.at, deed.version))
    return {key: version for key, (_, version) in of_day.items()}


COUNTED = {
    "incidents_started_ended": incidents_started_ended,
    "items_checked_per_incident": items_checked_per_incident,
    "active_servers": active_servers,
    "active_users": active_users,
    "funnel": funnel,
    "starts_by_hour": starts_by_hour,
    "time_to_end": time_to_end,
    "version_spread": version_spread,
}
