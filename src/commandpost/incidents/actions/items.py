"""Edit the checklist items of an incident; each deed locks the incident, so positions hold."""

from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.chat.platform import Platform
from commandpost.incidents.actions.may import incident_for_deed
from commandpost.incidents.actions.note import note_edit, tell_inside
from commandpost.incidents.rules import Happening
from commandpost.kit.clock import now
from commandpost.kit.ids import ItemId, new_id
from commandpost.playbooks.rules import item_title
from commandpost.telemetry.record import record
from commandpost_telemetry.catalogue.checklist import (
    AddChecklistItem,
    CheckChecklistItem,
    MoveChecklistItem,
    RemoveChecklistItem,
    RenameChecklistItem,
    UncheckChecklistItem,
)


def add_item(
    session: Session,
    platform: Platform,
    actor: Actor,
    incident_id: str,
    checklist_id: str,
    *,
    title: str,
) -> ItemId:
    """Put a new item at the end of a checklist."""
    incident = incident_for_deed(session, platform, actor, incident_id)
    item = incident.add_item(checklist_id, item_id=new_id(), title=item_title(title))
    note_edit(session, platform, incident, actor, Happening.ITEM_ADDED, title=item.title)
    record(session, AddChecklistItem(incident_id=incident.id, user_id=actor.id))
    tell_inside(session, incident)
    return ItemId(item.id)


def rename_item(
    session: Session,
    platform: Platform,
    actor: Actor,
    incident_id: str,
    item_id: str,
    *,
    title: str,
    was: str | None = None,
) -> None:
    """Give an item another title; with `was`, only if it still has the title that was seen."""
    incident = incident_for_deed(session, platform, actor, incident_id)
    wanted = item_title(title)
    old = incident.rename_item(item_id, wanted, was=was)
    if old is None:
        return
    note_edit(session, platform, incident, actor, Happening.ITEM_RENAMED, was=old, title=wanted)
    record(session, RenameChecklistItem(incident_id=incident.id, user_id=actor.id))
    tell_inside(session, incident)


def move_item(
    session: Session,
    platform: Platform,
    actor: Actor,
    incident_id: str,
    item_id: str,
    *,
    position: int | None,
    checklist_id: str | None = None,
) -> None:
    """Move an item so that it stands at `position`, None is the end, of the checklist named."""
    incident = incident_for_deed(session, platform, actor, incident_id)
    source = incident.checklist(incident.item(item_id).checklist_id)
    item = incident.move_item(item_id, position, checklist_id)
    if item is None:
        return
    target = incident.checklist(item.checklist_id)
    said = {"title": item.title, "checklist": target.title}
    if target is source:
        note_edit(session, platform, incident, actor, Happening.ITEM_MOVED, **said)
    else:
        said["was"] = source.title
        note_edit(session, platform, incident, actor, Happening.ITEM_MOVED_OVER, **said)
    record(session, MoveChecklistItem(incident_id=incident.id, user_id=actor.id))
    tell_inside(session, incident)


def check_item(
    session: Session, platform: Platform, actor: Actor, incident_id: str, item_id: str
) -> None:
    """Check an item; checking a checked one changes and records nothing."""
    incident = incident_for_deed(session, platform, actor, incident_id)
    item = incident.check_item(item_id, by=actor.id, at=now())
    if item is None:
        return
    note_edit(
        session, platform, incident, actor, Happening.ITEM_CHECKED, title=item.title, item=item.id
    )
    record(session, CheckChecklistItem(incident_id=incident.id, user_id=actor.id))
    tell_inside(session, incident)


def uncheck_item(
    session: Session, platform: Platform, actor: Actor, incident_id: str, item_id: str
) -> None:
    """Uncheck an item; unchecking an unchecked one changes and records nothing."""
    incident = incident_for_deed(session, platform, actor, incident_id)
    item = incident.uncheck_item(item_id)
    if item is None:
        return
    note_edit(
        session, platform, incident, actor, Happening.ITEM_UNCHECKED, title=item.title, item=item.id
    )
    record(session, UncheckChecklistItem(incident_id=incident.id, user_id=actor.id))
    tell_inside(session, incident)


def remove_item(
    session: Session, platform: Platform, actor: Actor, incident_id: str, item_id: str
) -> None:
    """Remove an item; it can be restored."""
    incident = incident_for_deed(session, platform, actor, incident_id)
    item = incident.remove_item(item_id, at=now())
    note_edit(
        session, platform, incident, actor, Happening.ITEM_REMOVED, title=item.title, item=item.id
    )
    record(session, RemoveChecklistItem(incident_id=incident.id, user_id=actor.id))
    tell_inside(session, incident)


def restore_item(
    session: Session, platform: Platform, actor: Actor, incident_id: str, item_id: str
) -> None:
    """Take the removal of an item back; an undo is not tracked."""
    incident = incident_for_deed(session, platform, actor, incident_id)
    item = incident.restore_item(item_id)
    if item is None:
        return
    note_edit(
        session, platform, incident, actor, Happening.ITEM_RESTORED, title=item.title, item=item.id
    )
    tell_inside(session, incident)
