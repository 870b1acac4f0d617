"""The rest of the metrics by plain counting in Python: items, servers, playbooks, the receiver."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from tests.commandpost_telemetry.insights.counted import (
    Deed,
    Rows,
    incidents,
    is_in,
    middle,
    monday,
    usage,
    versions_of_days,
    week,
)

CHANGES = ("Add", "Check", "Uncheck", "Rename", "Move", "Remove")
LASTED = (900, 1800, 3600, 7200, 14400, 28800, 86400)
LASTED_NAMES = (
    *("under 15 minutes", "15 to 30 minutes", "30 to 60 minutes", "1 to 2 hours"),
    *("2 to 4 hours", "4 to 8 hours", "8 to 24 hours", "a day or more"),
)
DONE = ("none", "under 25 %", "25 to 49 %", "50 to 74 %", "75 to 99 %", "all")
AGES = ((7, "up to a week"), (30, "up to 30 days"), (90, "up to 90 days"), (180, "up to 180 days"))


def _by_week(deeds: Sequence[Deed], first: date, last: date, events: Sequence[str]) -> Rows:
    found: dict[date, Counter[str]] = defaultdict(Counter)
    for deed in usage(deeds):
        if is_in(deed.at, first, last):
            found[week(deed.at)][deed.event] += 1
    return [(day, *(counts[event] for event in events)) for day, counts in sorted(found.items())]


def checklist_changes(deeds: Sequence[Deed], first: date, last: date) -> Rows:
    return _by_week(deeds, first, last, [f"{verb}ChecklistItem" for verb in CHANGES])


def playbook_changes(deeds: Sequence[Deed], first: date, last: date) -> Rows:
    return _by_week(deeds, first, last, ["CreatePlaybook", "UpdatePlaybook", "DeletePlaybook"])


def checklist_changes_per_incident(deeds: Sequence[Deed], first: date, last: date) -> Rows:
    chosen = [i for i in incidents(deeds).values() if is_in(i.started, first, last)]
    rows: Rows = []
    for place, verb in enumerate(("Check", "Uncheck", "Add", "Remove", "Rename", "Move"), 1):
        done = sum(i.count(f"{verb}ChecklistItem") for i in chosen)
        name = f"{verb.lower().removesuffix('e')}ed"
        if chosen:
            rows.append((place, name, len(chosen), done, round(done / len(chosen), 6)))
    return rows


def completion_at_end(deeds: Sequence[Deed], first: date, last: date) -> Rows:
    found: Counter[int] = Counter()
    for incident in incidents(deeds).values():
        items = incident.items("EndIncident")
        if is_in(incident.ended, first, last) and items:
            share = min(1, incident.checked / items)
            limits = (share > 0, share >= 0.25, share >= 0.5, share >= 0.75, share >= 1)
            found[sum(limits)] += 1
    return [(place + 1, name, found[place]) for place, name in enumerate(DONE)]


def incidents_by_origin(deeds: Sequence[Deed], first: date, last: date) -> Rows:
    found: dict[date, list[int]] = defaultdict(lambda: [0, 0, 0])
    for incident in incidents(deeds).values():
        if incident.started and is_in(incident.started, first, last):
            counts = found[week(incident.started)]
            counts[0 if incident.items("CreateIncident") else 1] += 1
            ends = [deed for deed in incident.deeds if deed.event.endswith("Incident")]
            counts[2] += any(deed.has_post for deed in ends)  # which alone say so
    return [(day, *counts) for day, counts in sorted(found.items())]


def share_ended(deeds: Sequence[Deed], first: date, last: date) -> Rows:
    found: dict[date, list[bool]] = defaultdict(list)
    for incident in incidents(deeds).values():
        if incident.started and is_in(incident.started, first, last):
            found[week(incident.started)].append(incident.ended is not None)
    return [
        (day, len(ended), sum(ended), round(100 * sum(ended) / len(ended), 6))
        for day, ended in sorted(found.items())
    ]


def time_to_end_spread(deeds: Sequence[Deed], first: date, last: date) -> Rows:
    found = Counter(
        sum(i.lasted >= limit for limit in LASTED)
        for i in incidents(deeds).values()
        if i.lasted is not None and is_in(i.ended, first, last)
    )
    return [(place + 1, name, found[place]) for place, name in enumerate(LASTED_NAMES)]


def time_to_end_trend(deeds: Sequence[Deed], first: date, last: date) -> Rows:
    found: dict[date, list[float]] = defaultdict(list)
    for incident in incidents(deeds).values():
        if incident.lasted is not None and incident.ended and is_in(incident.ended, first, last):
            found[week(incident.ended)].append(incident.lasted)
    return [(day, len(lasted), *middle(lasted)) for day, lasted in sorted(found.items())]


def events_received(deeds: Sequence[Deed], first: date, last: date) -> Rows:
    found: dict[str, list[date]] = defaultdict(list)
    for deed in usage(deeds):
        if is_in(deed.at, first, last):
            found[deed.event].append(deed.at.date())
    ranked = sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return [(event, len(days), max(days)) for event, days in ranked]


def delivery_lag(deeds: Sequence[Deed], first: date, last: date) -> Rows:
    found = Counter(week(deed.at) for deed in usage(deeds) if is_in(deed.at, first, last))
    return [(day, count, 2.0, 2.0, 600.0) for day, count in sorted(found.items())]


def receiver_health(deeds: Sequence[Deed], first: date, last: date) -> Rows:
    """Each deed came with a load of its own, see `as_events`."""
    found = Counter(week(deed.at) for deed in deeds if is_in(deed.at, first, last))
    return [(day, 8 * n, 2 * n, 1 * n, 5 * n, 4 * n) for day, n in sorted(found.items())]


def _lives(deeds: Sequence[Deed]) -> dict[str, list[date]]:
    found: dict[str, list[date]] = defaultdict(list)
    for deed in usage(deeds):
        found[deed.server].append(deed.at.date())
    return found


def new_and_lost_servers(deeds: Sequence[Deed], first: date, last: date) -> Rows:
    born = [min(days) for days in _lives(deeds).values()]
    lost = [max(days) + timedelta(days=28) for days in _lives(deeds).values()]
    gained, gone = (
        Counter(monday(day) for day in days if first <= day <= last) for days in (born, lost)
    )
    return [(day, gained[day], gone[day]) for day in sorted({*gained, *gone})]


def versions_in_use(deeds: Sequence[Deed], first: date, last: date) -> Rows:
    newest: dict[str, tuple[date, str]] = {}
    for (server, day), version in versions_of_days(deeds).items():
        if first <= day <= last:
            newest[server] = max(newest.get(server, (day, version)), (day, version))
    found = Counter(version for _, version in newest.values())
    ranked = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(version, n, round(100 * n / len(newest), 6)) for version, n in ranked]


def time_to_upgrade(deeds: Sequence[Deed], first: date, last: date) -> Rows:
    seen: dict[tuple[str, str], date] = {}
    for (server, day), version in versions_of_days(deeds).items():
        seen[server, version] = min(seen.get((server, version), day), day)
    waits: dict[str, list[float]] = defaultdict(list)
    for (server, version), day in seen.items():
        begun = min(each for (other, _), each in seen.items() if other == server)
        released = min(each for (_, other), each in seen.items() if other == version)
        if day > begun and first <= day <= last:
            waits[version].append((day - released).days)
    return [(version, len(days), *middle(days)) for version, days in sorted(waits.items())]


def retention(deeds: Sequence[Deed], first: date, last: date) -> Rows:
    found: dict[date, list[set[int]]] = defaultdict(list)
    for days in _lives(deeds).values():
        born = min(days)
        if first <= born <= last:
            months = {
                (day.year - born.year) * 12 + day.month - born.month for day in days if day <= last
            }
            found[born.replace(day=1)].append(months)
    return [
        (cohort, month, n, len(lives), round(100 * n / len(lives), 6))
        for cohort, lives in sorted(found.items())
        for month in sorted(set().union(*lives))
        if (n := sum(month in life for life in lives))
    ]


def _playbooks(deeds: Sequence[Deed]) -> dict[tuple[str, str], list[Deed]]:
    found: dict[tuple[str, str], list[Deed]] = defaultdict(list)
    for deed in deeds:
        if deed.event.endswith("Playbook"):
            found[deed.server, deed.thing].append(deed)
    return found


def playbook_adoption(deeds: Sequence[Deed], first: date, last: date) -> Rows:
    since: dict[str, date] = {}
    for (server, _), own in _playbooks(deeds).items():
        begun = min(week(deed.at) for deed in own)
        since[server] = min(since.get(server, begun), begun)
    active = {(week(d.at), d.server) for d in usage(deeds) if is_in(d.at, first, last)}
    rows: Rows = []
    for day in sorted({day for day, _ in active}):
        servers = [server for other, server in active if other == day]
        adopted = sum(server in since and since[server] <= day for server in servers)
        rows.append((day, len(servers), adopted, round(100 * adopted / len(servers), 6)))
    return rows


def playbook_age(deeds: Sequence[Deed], _first: date, last: date) -> Rows:
    end = last + timedelta(days=1)
    found: dict[int, list[int]] = defaultdict(list)
    for own in _playbooks(deeds).values():
        begun = min(deed.at for deed in own).date()
        deleted = max((d.at.date() for d in own if d.event == "DeletePlaybook"), default=end)
        if begun < end <= deleted:
            age = sum((end - begun).days > limit for limit, _ in AGES)
            found[age].append(sum(deed.event == "UpdatePlaybook" for deed in own))
    names = [*(name for _, name in AGES), "older"]
    return [
        (place + 1, name, len(each), sum(each), round(sum(each) / len(each), 6) if each else None)
        for place, name in enumerate(names)
        for each in [found[place]]
    ]


def totals(deeds: Sequence[Deed], first: date, last: date) -> Rows:
    inside = [deed for deed in usage(deeds) if is_in(deed.at, first, last)]
    begun = [i for i in incidents(deeds).values() if i.started and i.started.date() <= last]
    started = [i for i in begun if is_in(i.started, first, last)]
    row = (
        len({deed.server for deed in inside}),
        len({deed.by for deed in inside if not deed.event.endswith("Playbook")}),
        len(started),
        sum(is_in(i.ended, first, last) for i in begun),
        sum(i.ended is None or i.ended.date() > last for i in begun),
        sum(i.checked for i in started),
        len(inside),
    )
    return [row]


MORE: dict[str, Callable[[Sequence[Deed], date, date], Rows]] = {
    each.__name__: each
    for each in (
        *(checklist_changes, checklist_changes_per_incident, completion_at_end, delivery_lag),
        *(events_received, incidents_by_origin, new_and_lost_servers, playbook_adoption),
        *(playbook_age, playbook_changes, receiver_health, retention, share_ended),
        *(time_to_end_spread, time_to_end_trend, time_to_upgrade, totals, versions_in_use),
    )
}
