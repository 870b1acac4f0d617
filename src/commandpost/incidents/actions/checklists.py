"""Add, rename, remove and restore whole checklists of an incident; telemetry tracks none of it."""

from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.chat.platform import Platform
from commandpost.incidents.actions.may import incident_for_deed
from commandpost.incidents.actions.note import note_edit, tell_inside
from commandpost.incidents.rules import Happening
from commandpost.kit.clock import now
from commandpost.kit.ids import ChecklistId, new_id
from commandpost.playbooks.rules import checklist_title


def add_checklist(
    session: Session, platform: Platform, actor: Actor, incident_id: str, *, title: str
) -> ChecklistId:
    """Put a new checklist below the others."""
    incident = incident_for_deed(session, platform, actor, incident_id)
    made = incident.add_checklist(checklist_id=new_id(), title=checklist_title(title))
    note_edit(session, platform, incident, actor, Happening.CHECKLIST_ADDED, title=made.title)
    tell_inside(session, incident)
    return ChecklistId(made.id)


def rename_checklist(
    session: Session,
    platform: Platform,
    actor: Actor,
    incident_id: str,
    checklist_id: str,
    *,
    title: str,
    was: str | None = None,
) -> None:
    """Give a checklist another title; with `was`, only if it still has the title that was seen."""
    incident = incident_for_deed(session, platform, actor, incident_id)
    wanted = checklist_title(title)
    old = incident.rename_checklist(checklist_id, wanted, was=was)
    if old is None:
        return
    note_edit(
        session, platform, incident, actor, Happening.CHECKLIST_RENAMED, was=old, title=wanted
    )
    tell_inside(session, incident)


def remove_checklist(
    session: Session, platform: Platform, actor: Actor, incident_id: str, checklist_id: str
) -> None:
    """Remove a checklist with its items; it can be restored with them."""
    incident = incident_for_deed(session, platform, actor, incident_id)
    gone = incident.remove_checklist(checklist_id, at=now())
    note_edit(session, platform, incident, actor, Happening.CHECKLIST_REMOVED, title=gone.title)
    tell_inside(session, incident)


def restore_checklist(
    session: Session, platform: Platform, actor: Actor, incident_id: str, checklist_id: str
) -> None:
    """Take the removal of a checklist back."""
    incident = incident_for_deed(session, platform, actor, incident_id)
    back = incident.restore_checklist(checklist_id)
    if back is None:
        return
    note_edit(session, platform, incident, actor, Happening.CHECKLIST_RESTORED, title=back.title)
    tell_inside(session, incident)
