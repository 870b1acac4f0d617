"""What the sidebar's templates show: frozen, and nothing else reaches a template."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.queries import may_see_team
from commandpost.chat.platform import Person, Platform
from commandpost.incidents.actions.may import is_inside
from commandpost.incidents.first_steps import Step, first_steps
from commandpost.incidents.place import Place
from commandpost.incidents.queries.many import list_active
from commandpost.incidents.queries.one import ChecklistValue, Header, list_checklists
from commandpost.incidents.queries.removed import list_removed
from commandpost.incidents.queries.timeline import (
    has_asked_for_access,
    list_access_requests,
)
from commandpost.kit.clock import now
from commandpost.kit.ids import ChannelId, UserId
from commandpost.kit.words import _

UNDO_FOR = timedelta(minutes=10)


def nobody() -> Person:
    """Return who stands for somebody whom the chat does not know any more."""
    return Person(UserId(""), "unknown", _("Somebody who is gone"))


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item of a checklist in the sidebar; nobody is its `checker` while it is not checked."""

    id: str
    href: str
    title: str
    checked: bool
    checked_at: datetime | None
    checker: Person | None
    position: int
    is_last: bool


@dataclass(frozen=True, slots=True)
class ChecklistPart:
    """A checklist in the sidebar."""

    id: str
    href: str
    title: str
    done: int
    items: Sequence[ItemLine]


@dataclass(frozen=True, slots=True)
class Undo:
    """What was removed and can come back."""

    href: str
    title: str
    removed_at: datetime


@dataclass(frozen=True, slots=True)
class IncidentSide:
    """An incident in the sidebar."""

    id: str
    name: str
    href: str
    live_href: str
    topics: str
    list_href: str
    channel_href: str
    backstage_href: str
    end_href: str
    commander_href: str
    start_action: str
    query: str
    is_active: bool
    is_here: bool
    inside: bool
    may_edit: bool
    asked: bool
    created_at: datetime
    until: datetime
    commander: Person
    commander_is_away: bool
    checklists: Sequence[ChecklistPart]
    undo: Undo | None
    removed: Sequence[Undo]
    requests: Sequence[Person]
    original_href: str


@dataclass(frozen=True, slots=True)
class IncidentCard:
    """An ongoing incident in the sidebar's list."""

    id: str
    name: str
    href: str
    live_href: str
    created_at: datetime
    commander: Person


@dataclass(frozen=True, slots=True)
class ListSide:
    """The ongoing incidents of a team in the sidebar."""

    live_href: str
    topics: str
    start_action: str
    backstage_href: str
    cards: Sequence[IncidentCard]
    steps: Sequence[Step]
    at: datetime


def side_topics(header: Header) -> tuple[str, ...]:
    """Return what changes an incident's side: it, who is in its channel, who is in its team."""
    team = f"team:{header.team_id}:members"
    return f"incident:{header.id}", f"members:{header.channel_id}", team


def incident_side(
    session: Session, platform: Platform, viewer: Actor, header: Header, place: Place
) -> IncidentSide:
    """Return an incident as this viewer sees it from that place."""
    inside = is_inside(session, platform, viewer, header.channel_id)
    checklists = list_checklists(session, header.id)
    requests = list_access_requests(session, header.id) if inside else []
    names = platform.people(
        session, [header.commander_user_id, *checkers_of(checklists), *requests]
    )
    href = f"/incidents/{header.id}"
    commander = ChannelId(header.channel_id), UserId(header.commander_user_id)
    removed = _removed(session, header, href) if inside and header.is_active else []
    return IncidentSide(
        id=header.id,
        name=header.name,
        href=href,
        live_href=place.fragment(f"{href}/sidebar"),
        topics=" ".join(side_topics(header)),
        list_href=place.address(sidebar="list"),
        channel_href=f"/channels/{header.channel_id}#sidebar",
        backstage_href=f"/backstage/incidents/{header.id}",
        end_href=place.fragment(f"{href}/end"),
        commander_href=place.fragment(f"{href}/commander"),
        start_action=place.commands(),
        query=place.query(),
        is_active=header.is_active,
        is_here=place.channel_id == header.channel_id,
        inside=inside,
        may_edit=inside and header.is_active,
        asked=not inside and has_asked_for_access(session, header.id, viewer.id),
        created_at=header.created_at,
        until=header.ended_at or now(),
        commander=names.get(header.commander_user_id, nobody()),
        commander_is_away=header.is_active and not platform.is_member(session, *commander),
        checklists=[_part(href, checklist, names) for checklist in checklists],
        undo=next((each for each in removed if each.removed_at > now() - UNDO_FOR), None),
        removed=removed,
        requests=[names[user_id] for user_id in requests if user_id in names],
        original_href=f"/posts/{header.post_id}" if header.post_id and inside else "",
    )


def list_side(
    session: Session, platform: Platform, viewer: Actor, team_id: str, place: Place
) -> ListSide:
    """Return a team's ongoing incidents; none to who left the team but not its channel."""
    sees = may_see_team(session, viewer, team_id)
    headers = list_active(session, team_id) if sees else []
    steps = first_steps(session, viewer, team_id) if sees and not headers else ()
    topics = ("incidents", "playbooks", "members") if steps else ("incidents",)
    names = platform.people(session, [header.commander_user_id for header in headers])
    return ListSide(
        live_href=place.fragment(f"/teams/{team_id}/sidebar"),
        topics=" ".join(f"team:{team_id}:{what}" for what in topics),
        start_action=place.commands(),
        backstage_href=f"/backstage/incidents?team_id={team_id}",
        cards=[
            IncidentCard(
                id=header.id,
                name=header.name,
                href=place.address(incident=header.id),
                live_href=place.fragment(f"/incidents/{header.id}/sidebar"),
                created_at=header.created_at,
                commander=names.get(header.commander_user_id, nobody()),
            )
            for header in headers
        ],
        steps=steps,
        at=now(),
    )


def checkers_of(checklists: Sequence[ChecklistValue]) -> set[str]:
    """Return the ids of those who checked an item."""
    return {i.checked_by for each in checklists for i in each.items if i.checked_by is not None}


def _part(href: str, checklist: ChecklistValue, names: dict[str, Person]) -> ChecklistPart:
    last = len(checklist.items) - 1
    return ChecklistPart(
        id=checklist.id,
        href=f"{href}/checklists/{checklist.id}",
        title=checklist.title,
        done=checklist.done,
        items=[
            ItemLine(
                id=item.id,
                href=f"{href}/items/{item.id}",
                title=item.title,
                checked=item.checked,
                checked_at=item.checked_at,
                checker=names.get(item.checked_by, nobody()) if item.checked_by else None,
                position=position,
                is_last=position == last,
            )
            for position, item in enumerate(checklist.items)
        ],
    )


def _removed(session: Session, header: Header, href: str) -> list[Undo]:
    return [
        Undo(
            f"{href}/{'checklists' if each.is_checklist else 'items'}/{each.id}/restore",
            each.title,
            each.removed_at,
        )
        for each in list_removed(session, header.id)
    ]
