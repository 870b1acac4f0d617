"""What the people of the made-up servers do, day by day, as events of the catalogue."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

from commandpost_telemetry.catalogue.checklist import (
    AddChecklistItem,
    CheckChecklistItem,
    MoveChecklistItem,
    RemoveChecklistItem,
    RenameChecklistItem,
    UncheckChecklistItem,
)
from commandpost_telemetry.catalogue.event import Event
from commandpost_telemetry.catalogue.incident import CreateIncident, EndIncident
from commandpost_telemetry.catalogue.playbook import CreatePlaybook, DeletePlaybook, UpdatePlaybook
from commandpost_telemetry.insights.demo.world import Server, make_id

_WEEKEND = 5
_MOST_PLAYBOOKS = 9
_QUIET_DAY = 0.16  # of the incidents of a working day
_ITEM_EDITS = (RenameChecklistItem, MoveChecklistItem, RemoveChecklistItem)


@dataclass(frozen=True, slots=True)
class Deed:
    """One event, where and when it happened."""

    at: datetime
    server: Server
    version: str
    event: Event


@dataclass
class _Playbook:
    id: str
    team: str
    checklists: int
    items: int


@dataclass
class _Life:
    """What a server has while its days go by."""

    server: Server
    random: Random
    playbooks: list[_Playbook] = field(default_factory=list)


def deeds_of(server: Server, until: datetime, random: Random) -> Iterator[Deed]:
    """Yield what happened on a server, in order of time."""
    life = _Life(server, random)
    waiting: list[tuple[datetime, int, Deed]] = []
    count = 0
    day = server.first
    while day <= server.last:
        for deed in _of_day(life, day):
            count += 1
            heapq.heappush(waiting, (deed.at, count, deed))
        day += timedelta(days=1)
        while waiting and waiting[0][0].date() < day:
            yield from _until(heapq.heappop(waiting)[2], until)
    while waiting:  # incidents that go on after the last day
        yield from _until(heapq.heappop(waiting)[2], until)


def _until(deed: Deed, until: datetime) -> Iterator[Deed]:
    if deed.at <= until:
        yield deed


def _of_day(life: _Life, day: date) -> Iterator[Deed]:
    server, random = life.server, life.random
    rate = server.incidents_a_day * (_QUIET_DAY if day.weekday() >= _WEEKEND else 1.0)
    yield from _playbook_work(life, day)
    if day == server.first:
        rate += 1  # whoever installs it tries it
    for _ in range(_poisson(rate, random)):
        yield from _incident(life, _moment(server, day, random))


def _happens(share: float, random: Random) -> bool:
    return random.random() < share


def _poisson(rate: float, random: Random) -> int:
    count, left = 0, random.expovariate(1.0)
    while left < rate:
        count += 1
        left += random.expovariate(1.0)
    return count


def _moment(server: Server, day: date, random: Random) -> datetime:
    at_work = _happens(0.78, random)
    hour = server.opens_at + (random.betavariate(2, 2.4) * 10 if at_work else random.random() * 24)
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return midnight + timedelta(hours=hour % 24, seconds=random.randrange(60))


def _playbook_work(life: _Life, day: date) -> Iterator[Deed]:
    server, random = life.server, life.random
    if (
        _happens(0.006 if life.playbooks else 0.12, random)
        and len(life.playbooks) < _MOST_PLAYBOOKS
    ):
        made = _Playbook(
            make_id(random),
            random.choice(server.teams),
            random.choice((1, 1, 2, 3)),
            random.randrange(3, 16),
        )
        life.playbooks.append(made)
        yield _of_playbook(life, CreatePlaybook, made, day)
    for playbook in life.playbooks:
        if _happens(0.012, random):
            playbook.items = max(1, playbook.items + random.randrange(-2, 4))
            yield _of_playbook(life, UpdatePlaybook, playbook, day)
    if len(life.playbooks) > 1 and _happens(0.002, random):
        yield _of_playbook(life, DeletePlaybook, life.playbooks.pop(0), day)


def _of_playbook(
    life: _Life,
    kind: type[CreatePlaybook | UpdatePlaybook | DeletePlaybook],
    playbook: _Playbook,
    day: date,
) -> Deed:
    event = kind(
        playbook_id=playbook.id,
        team_id=playbook.team,
        num_checklists=playbook.checklists,
        total_checklist_items=playbook.items,
    )
    return _deed(life, _moment(life.server, day, life.random), event)


def _deed(life: _Life, at: datetime, event: Event) -> Deed:
    return Deed(at, life.server, life.server.version(max(at.date(), life.server.first)), event)


def _incident(life: _Life, started: datetime) -> Iterator[Deed]:
    random = life.random
    playbook = random.choice(life.playbooks) if life.playbooks and _happens(0.86, random) else None
    crew = random.sample(life.server.people, min(len(life.server.people), random.randrange(2, 8)))
    items, checklists = (playbook.items, playbook.checklists) if playbook else (0, 1)
    begun = CreateIncident(
        incident_id=make_id(random),
        commander_user_id=crew[0],
        team_id=playbook.team if playbook else random.choice(life.server.teams),
        created_at=round(started.timestamp() * 1000),
        channel_ids=(make_id(random),),
        post_id=make_id(random) if _happens(0.22, random) else "",
        num_checklists=checklists,
        total_checklist_items=items,
    )
    yield _deed(life, started, begun)
    at, count = started, items
    for deed in _checklist_work(life, begun, crew, items, started):
        at = deed.at
        count += isinstance(deed.event, AddChecklistItem)
        count -= isinstance(deed.event, RemoveChecklistItem)
        yield deed
    if _happens(0.93, random):
        ended = at + timedelta(minutes=random.lognormvariate(2.7, 1.2))
        yield _deed(life, ended, _end(begun, random.choice(crew[:2]), max(0, count)))


def _end(begun: CreateIncident, by: str, items: int) -> EndIncident:
    return EndIncident(
        incident_id=begun.incident_id,
        commander_user_id=begun.commander_user_id,
        user_id=by,
        team_id=begun.team_id,
        created_at=begun.created_at,
        channel_ids=begun.channel_ids,
        post_id=begun.post_id,
        num_checklists=begun.num_checklists,
        total_checklist_items=items,
    )


def _checklist_work(
    life: _Life, begun: CreateIncident, crew: list[str], items: int, started: datetime
) -> Iterator[Deed]:
    random, server, at = life.random, life.server, started
    incident = begun.incident_id
    added = _poisson(0.9, random)
    for _ in range(added):
        at += timedelta(minutes=random.expovariate(1 / server.speed))
        yield _deed(life, at, AddChecklistItem(incident_id=incident, user_id=random.choice(crew)))
    for _ in range(items + added):
        at += timedelta(minutes=random.expovariate(1 / server.speed))
        who = random.choice(crew)
        if _happens(server.care, random):
            yield _deed(life, at, CheckChecklistItem(incident_id=incident, user_id=who))
            if _happens(0.03, random):
                at += timedelta(seconds=random.randrange(5, 90))
                yield _deed(life, at, UncheckChecklistItem(incident_id=incident, user_id=who))
        elif _happens(0.3, random):
            kind = random.choices(_ITEM_EDITS, weights=(5, 4, 2))[0]
            yield _deed(life, at, kind(incident_id=incident, user_id=who))
