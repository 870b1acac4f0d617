"""Who may hear that an incident changed; main adds this to what the chat says."""

from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.incidents.errors import IncidentNotFound
from commandpost.incidents.queries.one import get_header


def may_listen(session: Session, actor: Actor, topic: str) -> bool:
    """Return whether the actor may hear `incident:<id>`: its team and administrators may."""
    kind, _, incident_id = topic.partition(":")
    if kind != "incident":
        return False
    try:
        get_header(session, actor, incident_id)
    except IncidentNotFound:
        return False
    return True
