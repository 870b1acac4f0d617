"""Who may do deeds in an incident, and start one from a post."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.chat.errors import PostNotFound
from commandpost.chat.platform import OriginalPost, Platform
from commandpost.incidents.errors import IncidentNotFound, NotInChannel, SystemPost
from commandpost.incidents.models.incident import Incident
from commandpost.incidents.queries.one import find_incident_for_update, get_header
from commandpost.kit.ids import ChannelId, UserId


def incident_for_deed(
    session: Session, platform: Platform, actor: Actor, incident_id: str
) -> Incident:
    """Return the incident locked for this deed, or refuse: 404 to strangers, 403 to team mates."""
    header = get_header(session, actor, incident_id)
    if not is_inside(session, platform, actor, header.channel_id):
        raise NotInChannel
    incident = find_incident_for_update(session, incident_id)
    if incident is None:
        raise IncidentNotFound
    return incident


def is_inside(session: Session, platform: Platform, actor: Actor, channel_id: str) -> bool:
    """Return whether a team mate may do what people in the channel may."""
    return actor.is_admin or platform.is_member(session, ChannelId(channel_id), UserId(actor.id))


def who_is_inside(
    session: Session, platform: Platform, actors: Collection[Actor], channel_id: str
) -> set[UserId]:
    """Return which of the team mates may do so, as `is_inside` does for one."""
    ids = [actor.id for actor in actors]
    members = platform.members_among(session, ChannelId(channel_id), ids)
    return {actor.id for actor in actors if actor.is_admin}.union(members)


def original_post(
    session: Session, platform: Platform, actor: Actor, post_id: str
) -> OriginalPost | None:
    """Return the post that an incident is started from, if the actor may read it."""
    if not post_id:
        return None
    original = platform.find_readable_post(session, actor, post_id)
    if original is None:
        raise PostNotFound
    if original.is_system:
        raise SystemPost
    return original
