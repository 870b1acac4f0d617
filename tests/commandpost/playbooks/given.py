"""Playbooks to start from."""

from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.kit.ids import PlaybookId
from commandpost.playbooks.actions.create import create_playbook
from commandpost.playbooks.rules import ChecklistDraft, ItemDraft

FIRST = ChecklistDraft("First fifteen minutes", (ItemDraft("Page the on-call"), ItemDraft("Look")))
AFTER = ChecklistDraft("Afterwards", (ItemDraft("Write the customer note"),))


def a_playbook(
    session: Session,
    actor: Actor,
    team_id: str,
    *,
    title: str = "Service outage",
    checklists: tuple[ChecklistDraft, ...] = (FIRST, AFTER),
) -> PlaybookId:
    """A playbook of two checklists with three items."""
    made = create_playbook(session, actor, team_id=team_id, title=title, checklists=checklists)
    session.flush()  # so that the next statement finds it by its id
    return made
