"""Delete a playbook, and take that back."""

from datetime import timedelta

from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.kit.clock import now
from commandpost.kit.db import tell
from commandpost.playbooks.queries import (
    get_playbook_for_update,
    list_deleted_before,
)
from commandpost.telemetry.record import record
from commandpost_telemetry.catalogue.playbook import DeletePlaybook

KEPT_FOR = timedelta(days=30)


def delete_playbook(session: Session, actor: Actor, playbook_id: str) -> None:
    """Delete it; for thirty days it can be restored. Incidents started from it stay as they are."""
    playbook = get_playbook_for_update(session, actor, playbook_id)
    at = now()
    for gone in list_deleted_before(session, playbook.team_id, at - KEPT_FOR):
        session.delete(gone)
    playbook.deleted_at = at
    counts = playbook.counts()
    record(
        session,
        DeletePlaybook(
            playbook_id=playbook.id,
            team_id=playbook.team_id,
            num_checklists=counts.checklists,
            total_checklist_items=counts.items,
        ),
    )
    tell(session, f"team:{playbook.team_id}:playbooks")


def restore_playbook(session: Session, actor: Actor, playbook_id: str) -> None:
    """Take a deletion back."""
    playbook = get_playbook_for_update(session, actor, playbook_id, deleted=True)
    playbook.deleted_at = None
    tell(session, f"team:{playbook.team_id}:playbooks")
