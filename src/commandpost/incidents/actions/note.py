"""Note in the timeline what was done, and tell who looks at the incident."""

from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.queries import posts_edits
from commandpost.chat.platform import Platform
from commandpost.incidents.models.incident import Incident
from commandpost.incidents.models.timeline import TimelineEntry
from commandpost.incidents.rules import Happening, as_typed
from commandpost.incidents.told import told
from commandpost.kit.clock import now
from commandpost.kit.db import tell
from commandpost.kit.ids import ChannelId, new_id
from commandpost.kit.words import _, speaking


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


def note_edit(
    session: Session,
    platform: Platform,
    incident: Incident,
    actor: Actor,
    kind: Happening,
    **detail: str,
) -> None:
    """Note a check or an edit, and post it where the team asks for it; a title names nobody."""
    note(session, incident, actor, kind, **detail)
    if not posts_edits(session, incident.team_id):
        return
    plain = {name: as_typed(text) for name, text in detail.items()}
    with speaking(platform.language):
        said = f"@{actor.username} {told(kind, plain)}."
    post_change(session, platform, incident, actor, said)


def post_change(
    session: Session, platform: Platform, incident: Incident, actor: Actor, said: str
) -> None:
    """Post what was just changed into the incident's channel, once for each version of it."""
    platform.post_as_bot(
        session,
        ChannelId(incident.channel_id),
        said,
        key=f"incident:{incident.id}:{incident.version}",
        by=actor.id,
    )


def said_by_bot(platform: Platform, text: str, **values: str) -> str:
    """Return what the bot writes: everybody reads it, so its language is not the reader's."""
    with speaking(platform.language):
        return _(text, **values)


def tell_inside(session: Session, incident: Incident) -> None:
    """Say that something in the incident changed: items, timeline."""
    tell(session, f"incident:{incident.id}")


def tell_all(session: Session, incident: Incident) -> None:
    """Say that what lists show of the incident changed too."""
    tell(session, f"incident:{incident.id}", f"team:{incident.team_id}:incidents")
