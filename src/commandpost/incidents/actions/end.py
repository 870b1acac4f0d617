"""End an incident, and start it again."""

from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.chat.platform import Platform
from commandpost.incidents.actions.may import incident_for_deed
from commandpost.incidents.actions.note import note, post_change, said_by_bot, tell_all
from commandpost.incidents.models.incident import Incident
from commandpost.incidents.rules import Happening, millis
from commandpost.kit.clock import now
from commandpost.kit.db import tell
from commandpost.kit.words import N_
from commandpost.telemetry.record import record
from commandpost_telemetry.catalogue.incident import EndIncident


def end_incident(session: Session, platform: Platform, actor: Actor, incident_id: str) -> None:
    """End it; whoever is in the channel may, not only the commander."""
    incident = incident_for_deed(session, platform, actor, incident_id)
    incident.end(now())
    note(session, incident, actor, Happening.ENDED)
    _record(session, actor, incident)
    _say(session, platform, actor, incident, N_("Incident ended by @%(username)s."))


def restart_incident(session: Session, platform: Platform, actor: Actor, incident_id: str) -> None:
    """Make an ended incident ongoing again, with all it has."""
    incident = incident_for_deed(session, platform, actor, incident_id)
    incident.restart()
    note(session, incident, actor, Happening.RESTARTED)
    _say(session, platform, actor, incident, N_("Incident restarted by @%(username)s."))


def _say(
    session: Session, platform: Platform, actor: Actor, incident: Incident, sentence: str
) -> None:
    said = said_by_bot(platform, sentence, username=actor.username)
    post_change(session, platform, incident, actor, said)
    tell_all(session, incident)
    tell(session, f"channel:{incident.channel_id}")


def _record(session: Session, actor: Actor, incident: Incident) -> None:
    counts = incident.counts()
    record(
        session,
        EndIncident(
            incident_id=incident.id,
            commander_user_id=incident.commander_user_id,
            user_id=actor.id,
            team_id=incident.team_id,
            created_at=millis(incident.created_at),
            channel_ids=(incident.channel_id,),
            post_id=incident.post_id,
            num_checklists=counts.checklists,
            total_checklist_items=counts.items,
        ),
    )
