"""Forms on whole checklists of an incident."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from commandpost.incidents.actions.checklists import (
    add_checklist,
    remove_checklist,
    rename_checklist,
    restore_checklist,
)
from commandpost.incidents.actions.items import add_item
from commandpost.incidents.web.deed import Deed, Id, Text, Was
from commandpost.kit.words import _

router = APIRouter(prefix="/incidents/{incident_id}/checklists")

Sent = Annotated[Deed, Depends()]


@router.post("")
def add(sent: Sent, title: Text = "") -> Response:
    return sent.titled(add_checklist, title=title)


@router.post("/{checklist_id}")
def rename(sent: Sent, checklist_id: Id, title: Text = "", was: Was = None) -> Response:
    return sent.titled(rename_checklist, checklist_id, title=title, was=was)


@router.post("/{checklist_id}/remove")
def remove(sent: Sent, checklist_id: Id) -> Response:
    remove_checklist(*sent.what(), checklist_id)
    return sent.done(_("The checklist was removed."))


@router.post("/{checklist_id}/restore")
def restore(sent: Sent, checklist_id: Id) -> Response:
    restore_checklist(*sent.what(), checklist_id)
    return sent.done(_("The checklist is back."))


@router.post("/{checklist_id}/items")
def add_one_item(sent: Sent, checklist_id: Id, title: Text = "") -> Response:
    return sent.titled(add_item, checklist_id, title=title)
