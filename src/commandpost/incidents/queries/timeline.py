"""Questions about what happened in an incident, and who asks to come in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from commandpost.incidents.models.timeline import AccessRequest, TimelineEntry
from commandpost.incidents.rules import Happening


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened."""

    number: int
    kind: Happening
    at: datetime
    user_id: str
    detail: dict[str, str]


def list_timeline(
    session: Session, incident_id: str, *, limit: int | None = None
) -> Sequence[Entry]:
    """Return what happened, newest first; without a limit all of it."""
    rows = session.execute(
        select(
            TimelineEntry.number,
            TimelineEntry.kind,
            TimelineEntry.at,
            TimelineEntry.user_id,
            TimelineEntry.detail,
        )
        .where(TimelineEntry.incident_id == incident_id)
        .order_by(TimelineEntry.number.desc(), TimelineEntry.at.desc(), TimelineEntry.id)
        .limit(limit)
    )
    return [Entry(number, Happening(kind), at, who, said) for number, kind, at, who, said in rows]


def find_access_request(session: Session, incident_id: str, user_id: str) -> AccessRequest | None:
    """Return somebody's request, answered or not."""
    return session.get(AccessRequest, (incident_id, user_id))


def has_asked_for_access(session: Session, incident_id: str, user_id: str) -> bool:
    """Return whether somebody waits for an answer."""
    asked = find_access_request(session, incident_id, user_id)
    return asked is not None and asked.answered_at is None


def list_access_requests(session: Session, incident_id: str) -> list[str]:
    """Return who waits to be let in, longest waiting first."""
    return list(
        session.scalars(
            select(AccessRequest.user_id)
            .where(AccessRequest.incident_id == incident_id, AccessRequest.answered_at.is_(None))
            .order_by(AccessRequest.asked_at, AccessRequest.user_id)
        )
    )
