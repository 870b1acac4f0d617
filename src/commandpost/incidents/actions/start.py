"""Start an incident: its channel, its checklists, its commander."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.queries import get_team_for
from commandpost.chat.platform import OriginalPost, Platform
from commandpost.chat.rules import slug
from commandpost.incidents.actions.may import original_post
from commandpost.incidents.actions.note import note, said_by_bot, tell_all
from commandpost.incidents.errors import StartUnderWay
from commandpost.incidents.models.checklist import Checklist, ChecklistItem
from commandpost.incidents.models.incident import Incident
from commandpost.incidents.models.timeline import IdempotencyKey
from commandpost.incidents.queries.one import find_started
from commandpost.incidents.rules import Happening, incident_name, millis, quoted
from commandpost.kit.clock import now
from commandpost.kit.db import tell
from commandpost.kit.ids import ChannelId, IncidentId, TeamId, new_id
from commandpost.kit.text import fold
from commandpost.kit.words import N_
from commandpost.playbooks.errors import PlaybookNotFound
from commandpost.playbooks.queries import get_playbook
from commandpost.playbooks.rules import DEFAULT_CHECKLIST, ChecklistDraft
from commandpost.telemetry.record import record
from commandpost_telemetry.catalogue.incident import CreateIncident

STARTED = N_("Incident started by @%(username)s.")
ORIGINAL = N_("[Original post](%(address)s) by @%(author)s in %(channel)s:")


@dataclass(frozen=True, slots=True)
class Started:
    """Where the incident is."""

    id: IncidentId
    channel_id: ChannelId
    name: str
    is_repeated: bool = False  # the same key had started it before


def start_incident(
    session: Session,
    platform: Platform,
    actor: Actor,
    *,
    team_id: str,
    name: str,
    playbook_id: str = "",
    post_id: str = "",
    key: str = "",
) -> Started:
    """Start one; the actor commands it. The same `key` again returns what it started."""
    get_team_for(session, actor, team_id)
    if earlier := _earlier(session, actor, key):
        return earlier
    kept = incident_name(name)
    drafts = _checklists(session, actor, team_id, playbook_id)
    original = original_post(session, platform, actor, post_id)
    incident = _new(actor, team_id, kept, playbook_id, original)
    if not _claim(session, actor, key, incident.id):
        if earlier := _earlier(session, actor, key):
            return earlier
        raise StartUnderWay
    incident.channel_id = _channel(session, platform, actor, incident)
    _fill(session, incident, drafts)
    note(session, incident, actor, Happening.STARTED, name=kept)
    _record(session, incident)
    _post(session, platform, actor, incident, original)
    tell_all(session, incident)
    tell(session, f"user:{actor.id}")
    return Started(IncidentId(incident.id), ChannelId(incident.channel_id), kept)


def _new(
    actor: Actor, team_id: str, name: str, playbook_id: str, original: OriginalPost | None
) -> Incident:
    return Incident(
        id=new_id(),
        name=name,
        name_folded=fold(name),
        team_id=team_id,
        is_active=True,
        commander_user_id=actor.id,
        created_at=now(),
        ended_at=None,
        post_id=original.id if original else "",
        playbook_id=playbook_id,
        version=1,
    )


def _channel(session: Session, platform: Platform, actor: Actor, incident: Incident) -> ChannelId:
    """Make its channel, before the incident is stored: another platform acts at once."""
    return platform.create_private_channel(
        session,
        team_id=TeamId(incident.team_id),
        display_name=incident.name,
        slug=slug(incident.name, fallback=f"incident-{incident.id[:8]}"),
        creator=actor,
    )


def _fill(session: Session, incident: Incident, drafts: Sequence[ChecklistDraft]) -> None:
    """Store it with copies of the playbook's checklists and items; nothing is shared with it."""
    incident.checklists = [
        Checklist(id=new_id(), position=position, title=draft.title)
        for position, draft in enumerate(drafts)
    ]
    incident.items = []
    session.add(incident)
    session.flush()  # items, timeline and posts name the incident and its checklists by their ids
    incident.items = [
        ChecklistItem(id=new_id(), checklist_id=checklist.id, position=position, title=item.title)
        for checklist, draft in zip(incident.checklists, drafts, strict=True)
        for position, item in enumerate(draft.items)
    ]


def _earlier(session: Session, actor: Actor, key: str) -> Started | None:
    found = find_started(session, actor.id, key) if key else None
    if found is None:
        return None
    return Started(IncidentId(found[0]), ChannelId(found[1]), found[2], is_repeated=True)


def _claim(session: Session, actor: Actor, key: str, incident_id: str) -> bool:
    """Take the key for this incident; of two at once one waits here and is told no."""
    if not key:
        return True
    try:
        with session.begin_nested():
            session.add(
                IdempotencyKey(
                    user_id=actor.id, key=key[:128], incident_id=incident_id, created_at=now()
                )
            )
    except IntegrityError:
        return False
    return True


def _checklists(
    session: Session, actor: Actor, team_id: str, playbook_id: str
) -> tuple[ChecklistDraft, ...]:
    """Return what the incident starts with: the playbook's checklists, or one empty one."""
    if not playbook_id:
        return (ChecklistDraft(DEFAULT_CHECKLIST),)
    playbook = get_playbook(session, actor, playbook_id)
    if playbook.team_id != team_id:
        raise PlaybookNotFound
    return playbook.checklists


def _record(session: Session, incident: Incident) -> None:
    counts = incident.counts()
    record(
        session,
        CreateIncident(
            incident_id=incident.id,
            commander_user_id=incident.commander_user_id,
            team_id=incident.team_id,
            created_at=millis(incident.created_at),
            channel_ids=(incident.channel_id,),
            post_id=incident.post_id,
            num_checklists=counts.checklists,
            total_checklist_items=counts.items,
        ),
    )


def _post(
    session: Session,
    platform: Platform,
    actor: Actor,
    incident: Incident,
    original: OriginalPost | None,
) -> None:
    channel_id = ChannelId(incident.channel_id)
    said = said_by_bot(platform, STARTED, username=actor.username)
    key = f"incident:{incident.id}"
    platform.post_as_bot(session, channel_id, said, key=f"{key}:started", by=actor.id)
    if original:
        source = said_by_bot(
            platform,
            ORIGINAL,
            address=f"/posts/{original.id}",
            author=original.author,
            channel=original.channel_display_name,
        )
        quoting = f"{source}\n\n{quoted(original.message)}"
        platform.post_as_bot(session, channel_id, quoting, key=f"{key}:original", by=actor.id)
