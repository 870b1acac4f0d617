"""Who may hear that an incident, or who is in it, changed; main adds this to the chat's rules."""

from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.queries import may_see_team
from commandpost.incidents.queries.one import find_header, find_header_of_channel


def may_listen(session: Session, actor: Actor, topic: str) -> bool:
    """Return whether the actor may hear a topic: an incident's team and administrators may.

    `incident:<id>` is its own, `members:<channel>` that of the people in its channel.
    """
    kind, _, subject = topic.partition(":")
    find = {"incident": find_header, "members": find_header_of_channel}.get(kind)
    header = find(session, subject) if find else None
    return header is not None and may_see_team(session, actor, header.team_id)
