"""Forms on the items of an incident's checklists."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response
from pydantic import Field

from commandpost.incidents.actions.items import (
    check_item,
    move_item,
    remove_item,
    rename_item,
    restore_item,
    uncheck_item,
)
from commandpost.incidents.web.deed import Deed, Id, Text, Was

router = APIRouter(prefix="/incidents/{incident_id}/items/{item_id}")

Sent = Annotated[Deed, Depends()]
Position = Annotated[int, Field(ge=0, le=1_000_000)] | Literal["end"]


@router.post("")
def rename(sent: Sent, item_id: Id, title: Text = "", was: Was = None) -> Response:
    return sent.titled(rename_item, item_id, title=title, was=was)


@router.post("/check")
def check(sent: Sent, item_id: Id) -> Response:
    check_item(*sent.what(), item_id)
    return sent.done()


@router.post("/uncheck")
def uncheck(sent: Sent, item_id: Id) -> Response:
    uncheck_item(*sent.what(), item_id)
    return sent.done()


@router.post("/move")
def move(
    sent: Sent,
    item_id: Id,
    position: Annotated[Position, Form()],
    checklist_id: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    wanted = None if position == "end" else position
    move_item(*sent.what(), item_id, position=wanted, checklist_id=checklist_id or None)
    return sent.done()


@router.post("/remove")
def remove(sent: Sent, item_id: Id) -> Response:
    remove_item(*sent.what(), item_id)
    return sent.done()


@router.post("/restore")
def restore(sent: Sent, item_id: Id) -> Response:
    restore_item(*sent.what(), item_id)
    return sent.done()
