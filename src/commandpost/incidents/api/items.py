"""REST routes of checklist items. Items are addressed by their id, wherever they were moved."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.gate import SignedIn
from commandpost.chat.gate import PlatformOf
from commandpost.chat.platform import Platform
from commandpost.incidents.actions.items import (
    add_item,
    check_item,
    move_item,
    remove_item,
    rename_item,
    restore_item,
    uncheck_item,
)
from commandpost.incidents.api.answer import Id, written
from commandpost.incidents.queries.one import get_item, require_checklist
from commandpost.incidents.schemas import ItemChange, ItemMove, ItemShape, NewItem
from commandpost.kit.edge import Db
from commandpost.ui.refusals import refusals

ITEMS = "/{incident_id}/checklists/{checklist_id}/items"
ITEM = ITEMS + "/{item_id}"
REFUSED = refusals(400, 401, 403, 404, 409, 413, 422)

router = APIRouter()


class Deed:
    """Who does something to which item; an unknown checklist in the address is a 404."""

    def __init__(
        self,
        incident_id: Id,
        checklist_id: Id,
        item_id: Id,
        session: Db,
        actor: SignedIn,
        platform: PlatformOf,
    ) -> None:
        require_checklist(session, actor, incident_id, checklist_id)
        self.session, self.platform, self.actor = session, platform, actor
        self.incident_id, self.item_id = incident_id, item_id

    def what(self) -> tuple[Session, Platform, Actor, str, str]:
        """Return the arguments that every action on an item begins with."""
        return self.session, self.platform, self.actor, self.incident_id, self.item_id

    def answer(self) -> Response:
        """Answer the item as this transaction will leave it."""
        self.session.flush()  # so that the item is read back by its id
        return written(get_item(self.session, self.incident_id, self.item_id))


ItemDeed = Annotated[Deed, Depends()]


@router.post(ITEMS, status_code=201, response_model=ItemShape, responses=REFUSED)
def post_item(
    incident_id: Id,
    checklist_id: Id,
    new: NewItem,
    session: Db,
    actor: SignedIn,
    platform: PlatformOf,
) -> Response:
    """Add an item at the end of a checklist."""
    item_id = add_item(session, platform, actor, incident_id, checklist_id, title=new.title)
    session.flush()  # so that the item is read back by its id
    return written(get_item(session, incident_id, item_id), status=201)


@router.patch(ITEM, response_model=ItemShape, responses=REFUSED)
def patch_item(change: ItemChange, deed: ItemDeed) -> Response:
    """Rename an item."""
    rename_item(*deed.what(), title=change.title, was=change.was)
    return deed.answer()


@router.delete(ITEM, status_code=204, responses=REFUSED)
def delete_item(deed: ItemDeed) -> Response:
    """Remove an item; it can be restored."""
    remove_item(*deed.what())
    return Response(status_code=204)


@router.post(f"{ITEM}/restore", response_model=ItemShape, responses=REFUSED)
def post_restore(deed: ItemDeed) -> Response:
    """Take the removal of an item back."""
    restore_item(*deed.what())
    return deed.answer()


@router.post(f"{ITEM}/check", response_model=ItemShape, responses=REFUSED)
def post_check(deed: ItemDeed) -> Response:
    """Check an item; a checked one stays as it is."""
    check_item(*deed.what())
    return deed.answer()


@router.post(f"{ITEM}/uncheck", response_model=ItemShape, responses=REFUSED)
def post_uncheck(deed: ItemDeed) -> Response:
    """Uncheck an item; an unchecked one stays as it is."""
    uncheck_item(*deed.what())
    return deed.answer()


@router.post(f"{ITEM}/move", response_model=ItemShape, responses=REFUSED)
def post_move(move: ItemMove, deed: ItemDeed) -> Response:
    """Move an item within its checklist, or to another one of the incident."""
    move_item(*deed.what(), position=move.position, checklist_id=move.checklist_id)
    return deed.answer()
