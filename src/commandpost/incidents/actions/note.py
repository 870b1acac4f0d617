"""Note in the timeline what was done, and tell who looks at the incident."""

from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.incidents.models.incident import Incident
from commandpost.incidents.models.timeline import TimelineEntry
from commandpost.incidents.rules import Happening
from commandpost.kit.clock import now
from commandpost.kit.db import tell
from commandpost.kit.ids import new_id


def note(
    session: Session, incident: Incident, actor: Actor, kind: Happening, **detail: str
) -> None:
    """Add the entry; `detail` is what a sentence about it needs."""
    session.add(
        TimelineEntry(
            id=new_id(),
            incident_id=incident.id,
            number=incident.version,
            kind=kind,
            at=now(),
            user_id=actor.id,
            detail=detail,
        )
    )


def tell_inside(session: Session, incident: Incident) -> None:
    """Say that something in the incident changed: items, timeline."""
    tell(session, f"incident:{incident.id}")


def tell_all(session: Session, incident: Incident) -> None:
    """Say that what lists show of the incident changed too."""
    tell(session, f"incident:{incident.id}", f"team:{incident.team_id}:incidents")
