"""The backstage's page of one incident: what it shows to whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.chat.platform import ChannelFacts, Person, Platform
from commandpost.incidents.actions.may import is_inside
from commandpost.incidents.chart import Chart, chart_of
from commandpost.incidents.queries.one import ChecklistValue, Header, list_checklists
from commandpost.incidents.queries.timeline import Entry, has_asked_for_access, list_timeline
from commandpost.incidents.told import told
from commandpost.incidents.view import checkers_of, nobody
from commandpost.kit.clock import now
from commandpost.kit.ids import ChannelId


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the timeline."""

    at: datetime
    username: str
    display_name: str
    sentence: str


@dataclass(frozen=True, slots=True)
class DetailPage:
    """One incident; facts, chart and timeline only for the people in its channel."""

    id: str
    name: str
    href: str
    list_href: str
    live_href: str
    topics: str
    channel_href: str
    is_active: bool
    inside: bool
    asked: bool
    created_at: datetime
    ended_at: datetime | None
    until: datetime
    commander: Person
    done: int
    total: int
    checklists: Sequence[ChecklistValue]
    checkers: dict[str, Person]
    facts: ChannelFacts | None
    chart: Chart | None
    timeline: Sequence[Told]
    original_href: str


MOST_SHOWN = 1000  # of what happened, the newest; a file has all


def detail_page(
    session: Session,
    platform: Platform,
    viewer: Actor,
    header: Header,
    *,
    entries: int | None = MOST_SHOWN,
) -> DetailPage:
    """Return the page as this viewer may see it, with so many entries of its timeline."""
    inside = is_inside(session, platform, viewer, header.channel_id)
    checklists = list_checklists(session, header.id)
    timeline = list_timeline(session, header.id, limit=entries) if inside else []
    people = platform.people(session, _mentioned(header, checklists, timeline))
    until = header.ended_at or now()
    href = f"/backstage/incidents/{header.id}"
    return DetailPage(
        id=header.id,
        name=header.name,
        href=href,
        list_href=f"/backstage/incidents?team_id={header.team_id}",
        live_href=href,
        topics=f"incident:{header.id} {_audience(viewer, header, inside=inside)}",
        channel_href=f"/channels/{header.channel_id}",
        is_active=header.is_active,
        inside=inside,
        asked=not inside and has_asked_for_access(session, header.id, viewer.id),
        created_at=header.created_at,
        ended_at=header.ended_at,
        until=until,
        commander=people.get(header.commander_user_id, nobody()),
        done=sum(checklist.done for checklist in checklists),
        total=sum(len(checklist.items) for checklist in checklists),
        checklists=checklists,
        checkers={user_id: people.get(user_id, nobody()) for user_id in checkers_of(checklists)},
        facts=platform.channel_facts(session, ChannelId(header.channel_id)) if inside else None,
        chart=chart_of(checklists, header.created_at, until) if inside else None,
        timeline=[_told(entry, people) for entry in timeline],
        original_href=f"/posts/{header.post_id}" if header.post_id and inside else "",
    )


def _audience(viewer: Actor, header: Header, *, inside: bool) -> str:
    """Return what else changes the page: members and messages, or being brought in."""
    return f"channel:{header.channel_id}" if inside else f"user:{viewer.id}"


def _mentioned(
    header: Header, checklists: Sequence[ChecklistValue], timeline: Sequence[Entry]
) -> list[str]:
    doers = (entry.user_id for entry in timeline)
    return [*{header.commander_user_id, *checkers_of(checklists), *doers}]


def _told(entry: Entry, people: dict[str, Person]) -> Told:
    who = people.get(entry.user_id, nobody())
    return Told(entry.at, who.username, who.display_name, told(entry.kind, entry.detail))
