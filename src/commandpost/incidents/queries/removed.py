"""What was removed from an incident and can come back, items and whole checklists alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from commandpost.incidents.models.checklist import Checklist, ChecklistItem

MOST = 100


@dataclass(frozen=True, slots=True)
class Removed:
    """An item of a checklist that is still there, or a checklist with all its items."""

    id: str
    title: str
    removed_at: datetime
    checklist_id: str
    is_checklist: bool


def list_removed(session: Session, incident_id: str) -> Sequence[Removed]:
    """Return what was removed, the last first; who asks has read the incident already."""
    items = (
        select(
            ChecklistItem.id,
            ChecklistItem.title,
            ChecklistItem.removed_at,
            ChecklistItem.checklist_id,
            literal(value=False),
        )
        .join(Checklist, Checklist.id == ChecklistItem.checklist_id)
        .where(
            ChecklistItem.incident_id == incident_id,
            ChecklistItem.removed_at.is_not(None),
            Checklist.removed_at.is_(None),
        )
    )
    lists = select(
        Checklist.id, Checklist.title, Checklist.removed_at, Checklist.id, literal(value=True)
    ).where(Checklist.incident_id == incident_id, Checklist.removed_at.is_not(None))
    both = union_all(items, lists).subquery()
    _, _, removed_at, *_ = both.c
    rows = session.execute(select(both).order_by(removed_at.desc(), both.c[0]).limit(MOST))
    return [Removed(*row) for row in rows]
