"""Incidents to start from, and what is in them."""

from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.chat.platform import Platform
from commandpost.incidents.actions.start import Started, start_incident
from commandpost.incidents.queries.one import list_checklists
from commandpost.kit.ids import UserId
from commandpost.playbooks.rules import ChecklistDraft, ItemDraft
from tests.commandpost.playbooks.given import a_playbook


def an_incident(
    session: Session,
    platform: Platform,
    commander: Actor,
    team_id: str,
    *,
    name: str = "Checkout is slow",
    checklists: dict[str, list[str]] | None = None,
    members: tuple[Actor, ...] = (),
) -> Started:
    """A running incident with one checklist of the items a, b and c."""
    drafts = tuple(
        ChecklistDraft(title, tuple(ItemDraft(item) for item in items))
        for title, items in (checklists or {"First": ["a", "b", "c"]}).items()
    )
    playbook_id = a_playbook(session, commander, team_id, checklists=drafts)
    started = start_incident(
        session, platform, commander, team_id=team_id, name=name, playbook_id=playbook_id
    )
    for member in members:
        platform.add_member(session, started.channel_id, UserId(member.id))
    session.flush()  # so that queries find it
    return started


def checklist_ids(session: Session, incident_id: str) -> dict[str, str]:
    """The ids of its checklists by title."""
    session.flush()  # so that queries see every deed
    return {each.title: each.id for each in list_checklists(session, incident_id)}


def item_ids(session: Session, incident_id: str) -> dict[str, str]:
    """The ids of its items by title."""
    session.flush()  # so that queries see every deed
    return {i.title: i.id for each in list_checklists(session, incident_id) for i in each.items}


def titles(session: Session, incident_id: str) -> dict[str, list[str]]:
    """Item titles in order, by checklist; a checked one has a star."""
    session.flush()  # so that queries see every deed
    return {
        each.title: [f"{i.title}*" if i.checked else i.title for i in each.items]
        for each in list_checklists(session, incident_id)
    }
