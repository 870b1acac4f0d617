"""Questions about one incident; what a viewer may not know of does not exist."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session, selectinload

from commandpost.accounts.actor import Actor
from commandpost.accounts.queries import may_see_team
from commandpost.incidents.errors import ChecklistNotFound, IncidentNotFound, ItemNotFound
from commandpost.incidents.models.checklist import Checklist, ChecklistItem
from commandpost.incidents.models.incident import Incident
from commandpost.incidents.models.timeline import IdempotencyKey


@dataclass(frozen=True, slots=True)
class Header:
    """An incident without its checklists."""

    id: str
    name: str
    team_id: str
    channel_id: str
    is_active: bool
    commander_user_id: str
    created_at: datetime
    ended_at: datetime | None
    post_id: str
    version: int


@dataclass(frozen=True, slots=True)
class ItemValue:
    """A checklist item as it is read; field names are those of the REST answer."""

    id: str
    title: str
    checked: bool
    checked_at: datetime | None
    checked_by: str | None


@dataclass(frozen=True, slots=True)
class ChecklistValue:
    """A checklist as it is read, in order."""

    id: str
    title: str
    items: Sequence[ItemValue]

    @property
    def done(self) -> int:
        return sum(item.checked for item in self.items)


HEADER = (
    Incident.id,
    Incident.name,
    Incident.team_id,
    Incident.channel_id,
    Incident.is_active,
    Incident.commander_user_id,
    Incident.created_at,
    Incident.ended_at,
    Incident.post_id,
    Incident.version,
)

# The two reads that make one incident are built once: to build and key a statement costs as much
# as to run it. They go past the session, so who has changed something flushes before.
HEADER_BY_ID = select(*HEADER).where(Incident.id == bindparam("incident_id"))

CHECKLISTS = (
    select(
        Checklist.incident_id,
        Checklist.id,
        Checklist.title,
        ChecklistItem.id,
        ChecklistItem.title,
        ChecklistItem.checked_at,
        ChecklistItem.checked_by,
    )
    .join(
        ChecklistItem,
        and_(ChecklistItem.checklist_id == Checklist.id, ChecklistItem.removed_at.is_(None)),
        isouter=True,
    )
    .where(
        Checklist.incident_id.in_(bindparam("incident_ids", expanding=True)),
        Checklist.removed_at.is_(None),
    )
    .order_by(
        Checklist.incident_id,
        Checklist.position,
        Checklist.id,
        ChecklistItem.position,
        ChecklistItem.id,
    )
)


def header_of(row: Sequence[Any]) -> Header:
    """Return the value of a row of `HEADER` columns."""
    return Header(*row)


def get_header(session: Session, viewer: Actor, incident_id: str) -> Header:
    """Return it to the people of its team and to administrators."""
    header = find_header(session, incident_id)
    if header is None or not may_see_team(session, viewer, header.team_id):
        raise IncidentNotFound
    return header


def find_header(session: Session, incident_id: str) -> Header | None:
    """Return the incident; who asks sees to it who may know of it."""
    row = session.connection().execute(HEADER_BY_ID, {"incident_id": incident_id}).first()
    return header_of(row) if row else None


def find_header_of_channel(session: Session, channel_id: str) -> Header | None:
    """Return the incident whose channel this is; who asks has read the channel already."""
    row = session.execute(select(*HEADER).where(Incident.channel_id == channel_id)).first()
    return header_of(row) if row else None


def find_incident_for_update(session: Session, incident_id: str) -> Incident | None:
    """Return the row locked, with all checklists and items, as others last committed them."""
    return session.scalars(
        select(Incident)
        .where(Incident.id == incident_id)
        .options(selectinload(Incident.checklists), selectinload(Incident.items))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def find_started(session: Session, user_id: str, key: str) -> tuple[str, str, str] | None:
    """Return id, channel and name of the incident that this one-time key started."""
    row = session.execute(
        select(Incident.id, Incident.channel_id, Incident.name)
        .join(IdempotencyKey, IdempotencyKey.incident_id == Incident.id)
        .where(IdempotencyKey.user_id == user_id, IdempotencyKey.key == key[:128])
    ).first()
    return (row[0], row[1], row[2]) if row else None


def require_checklist(session: Session, viewer: Actor, incident_id: str, checklist_id: str) -> None:
    """Refuse an incident that the viewer may not know of, and a checklist that it never had."""
    get_header(session, viewer, incident_id)
    if (
        session.scalar(
            select(Checklist.id).where(
                Checklist.id == checklist_id, Checklist.incident_id == incident_id
            )
        )
        is None
    ):
        raise ChecklistNotFound


def get_item(session: Session, incident_id: str, item_id: str) -> ItemValue:
    """Return one item; who asks has read the incident already."""
    row = session.execute(
        select(
            ChecklistItem.id,
            ChecklistItem.title,
            ChecklistItem.checked_at,
            ChecklistItem.checked_by,
        ).where(
            ChecklistItem.id == item_id,
            ChecklistItem.incident_id == incident_id,
            ChecklistItem.removed_at.is_(None),
        )
    ).first()
    if row is None:
        raise ItemNotFound
    return ItemValue(row.id, row.title, row.checked_at is not None, row.checked_at, row.checked_by)


def list_checklists(session: Session, incident_id: str) -> list[ChecklistValue]:
    """Return the checklists with their items, in order."""
    return list_checklists_of(session, [incident_id]).get(incident_id, [])


def list_checklists_of(
    session: Session, incident_ids: Sequence[str]
) -> dict[str, list[ChecklistValue]]:
    """Return the checklists of several incidents by incident, in one query of columns."""
    rows = session.connection().execute(CHECKLISTS, {"incident_ids": list(incident_ids)})
    found: dict[str, list[ChecklistValue]] = {}
    last = ""
    items: list[ItemValue] = []
    for incident_id, checklist_id, checklist_title, item_id, title, checked_at, checked_by in rows:
        if checklist_id != last:
            last, items = checklist_id, []
            made = ChecklistValue(checklist_id, checklist_title, items)
            found.setdefault(incident_id, []).append(made)
        if item_id is not None:
            items.append(ItemValue(item_id, title, checked_at is not None, checked_at, checked_by))
    return found
