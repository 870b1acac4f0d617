"""Hand an incident to another commander."""

from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.queries import is_team_member
from commandpost.chat.platform import Platform
from commandpost.incidents.actions.may import incident_for_deed
from commandpost.incidents.actions.note import note, post_change, said_by_bot, tell_all
from commandpost.incidents.errors import NotACommander, PersonNotFound
from commandpost.incidents.models.incident import Incident
from commandpost.incidents.rules import Happening
from commandpost.kit.ids import ChannelId, UserId
from commandpost.kit.words import N_


def change_commander(
    session: Session,
    platform: Platform,
    actor: Actor,
    incident_id: str,
    *,
    user_id: str,
    was: str | None = None,
) -> bool:
    """Make somebody in the channel the commander; with `was`, only if that one commands still.

    Say whether this changed anything: who commands already is not told of it again.
    """
    incident = incident_for_deed(session, platform, actor, incident_id)
    old = incident.commander_user_id
    _must_be_inside(session, platform, incident, user_id)
    if not incident.change_commander(user_id, was=was):
        return False
    people = platform.people(session, [user_id, old])
    names = {each: person.username for each, person in people.items()}
    before, after = names.get(old, ""), names[user_id]
    note(session, incident, actor, Happening.COMMANDER_CHANGED, was=before, now=after)
    changed = N_("@%(username)s changed the commander from @%(was)s to @%(now)s.")
    said = said_by_bot(platform, changed, username=actor.username, was=before, now=after)
    post_change(session, platform, incident, actor, said)
    tell_all(session, incident)
    return True


def _must_be_inside(session: Session, platform: Platform, incident: Incident, user_id: str) -> None:
    """Refuse who is not in the channel; who is not even in the team does not exist."""
    if platform.is_member(session, ChannelId(incident.channel_id), UserId(user_id)):
        return
    person = platform.find_by_id(session, user_id)
    if person is None or not is_team_member(session, user_id, incident.team_id):
        raise PersonNotFound
    raise NotACommander(f"@{person.username}")
