"""Ask to be let into an incident's channel, and let somebody in."""

from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.queries import is_team_member
from commandpost.chat.platform import Platform
from commandpost.incidents.actions.may import incident_for_deed
from commandpost.incidents.actions.note import note, said_by_bot, tell_inside
from commandpost.incidents.errors import AlreadyInside, IncidentNotFound, PersonNotFound
from commandpost.incidents.models.timeline import AccessRequest
from commandpost.incidents.queries.one import find_incident_for_update, get_header
from commandpost.incidents.queries.timeline import find_access_request
from commandpost.incidents.rules import Happening
from commandpost.kit.clock import now
from commandpost.kit.db import tell
from commandpost.kit.ids import ChannelId, UserId
from commandpost.kit.words import N_

ASKS = N_(
    "@%(username)s asks to be let into this incident. Anybody here can let them in, above its "
    "checklists."
)
ASKED = N_("@%(who)s asked to be let into this incident. @%(username)s let them in.")


def ask_for_access(session: Session, platform: Platform, actor: Actor, incident_id: str) -> None:
    """Ask the people in the channel; asking again while they have not answered does nothing."""
    header = get_header(session, actor, incident_id)
    if platform.is_member(session, ChannelId(header.channel_id), UserId(actor.id)):
        raise AlreadyInside
    incident = find_incident_for_update(session, incident_id)
    if incident is None:
        raise IncidentNotFound
    asked = find_access_request(session, incident_id, actor.id)
    if asked is not None and asked.answered_at is None:
        return
    at = now()
    if asked is None:
        asked = AccessRequest(incident_id=incident_id, user_id=actor.id)
        session.add(asked)
    asked.asked_at, asked.answered_at = at, None
    incident.change_access()
    note(session, incident, actor, Happening.ACCESS_ASKED)
    platform.post_as_bot(
        session,
        ChannelId(header.channel_id),
        said_by_bot(platform, ASKS, username=actor.username),
        key=_key(asked),
        by=actor.id,
    )
    tell_inside(session, incident)
    tell(session, f"user:{actor.id}")  # they see the incident another way now


def give_access(
    session: Session, platform: Platform, actor: Actor, incident_id: str, *, user_id: str
) -> None:
    """Let a team mate into the channel, whether they asked or not."""
    incident = incident_for_deed(session, platform, actor, incident_id)
    person = platform.find_by_id(session, user_id)
    if person is None or not is_team_member(session, user_id, incident.team_id):
        raise PersonNotFound
    asked = find_access_request(session, incident_id, user_id)
    if asked is not None and asked.answered_at is None:
        asked.answered_at = now()
        said = said_by_bot(platform, ASKED, who=person.username, username=actor.username)
        platform.change_bot_post(session, said, key=_key(asked))
    incident.change_access()
    channel_id = ChannelId(incident.channel_id)
    if not platform.is_member(session, channel_id, UserId(user_id)):
        platform.add_member(session, channel_id, UserId(user_id))
        note(session, incident, actor, Happening.ACCESS_GIVEN, who=person.username)
    tell_inside(session, incident)
    tell(session, f"user:{user_id}")


def _key(asked: AccessRequest) -> str:
    """Return under which key the bot posts that somebody asked this time."""
    return f"incident:{asked.incident_id}:asked:{asked.user_id}:{asked.asked_at.isoformat()}"
