"""Make a playbook: written by hand, copied from another one, or read from a file."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.queries import get_team_for
from commandpost.kit.clock import now
from commandpost.kit.db import tell
from commandpost.kit.ids import PlaybookId, new_id
from commandpost.playbooks.models import new_playbook
from commandpost.playbooks.queries import get_playbook
from commandpost.playbooks.rules import (
    ChecklistDraft,
    copy_title,
    counted,
    drafted,
    playbook_title,
)
from commandpost.telemetry.record import record
from commandpost_telemetry.catalogue.playbook import CreatePlaybook


def create_playbook(
    session: Session,
    actor: Actor,
    *,
    team_id: str,
    title: str,
    checklists: Sequence[ChecklistDraft] = (),
) -> PlaybookId:
    """Make a playbook of the team; any member of the team may."""
    get_team_for(session, actor, team_id)
    wanted, kept = playbook_title(title), drafted(checklists)
    playbook = new_playbook(
        playbook_id=new_id(),
        team_id=team_id,
        title=wanted,
        checklists=kept,
        at=now(),
        new_id=new_id,
    )
    session.add(playbook)
    counts = counted(kept)
    record(
        session,
        CreatePlaybook(
            playbook_id=playbook.id,
            team_id=team_id,
            num_checklists=counts.checklists,
            total_checklist_items=counts.items,
        ),
    )
    tell(session, f"team:{team_id}:playbooks")
    return PlaybookId(playbook.id)


def duplicate_playbook(session: Session, actor: Actor, playbook_id: str) -> PlaybookId:
    """Make a second playbook that says the same; each of its parts has an id of its own."""
    original = get_playbook(session, actor, playbook_id)
    return create_playbook(
        session,
        actor,
        team_id=original.team_id,
        title=copy_title(original.title),
        checklists=original.checklists,
    )
