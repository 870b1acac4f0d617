"""REST routes of whole checklists of an incident."""

from fastapi import APIRouter, Response

from commandpost.accounts.gate import SignedIn
from commandpost.chat.gate import PlatformOf
from commandpost.incidents.actions.checklists import (
    add_checklist,
    remove_checklist,
    rename_checklist,
    restore_checklist,
)
from commandpost.incidents.actions.may import is_inside
from commandpost.incidents.api.answer import Id, incident_answer
from commandpost.incidents.errors import DetailsNotFound
from commandpost.incidents.queries.one import get_header, list_checklists
from commandpost.incidents.queries.removed import list_removed
from commandpost.incidents.schemas import (
    ChecklistChange,
    ChecklistShape,
    IncidentShape,
    NewChecklist,
    RemovedList,
    RemovedShape,
)
from commandpost.kit.edge import Db
from commandpost.ui.refusals import refusals

LISTS = "/{incident_id}/checklists"
LIST = LISTS + "/{checklist_id}"
REFUSED = refusals(400, 401, 403, 404, 409, 413, 422)

router = APIRouter()


@router.post(LISTS, status_code=201, responses=REFUSED)
def post_checklist(
    incident_id: Id, new: NewChecklist, session: Db, actor: SignedIn, platform: PlatformOf
) -> ChecklistShape:
    """Add an empty checklist below the others; answers the checklist."""
    checklist_id = add_checklist(session, platform, actor, incident_id, title=new.title)
    session.flush()  # so that the checklist is read back by its id
    made = next(each for each in list_checklists(session, incident_id) if each.id == checklist_id)
    return ChecklistShape(id=made.id, title=made.title, items=[])


@router.patch(LIST, response_model=IncidentShape, responses=REFUSED)
def patch_checklist(
    incident_id: Id,
    checklist_id: Id,
    change: ChecklistChange,
    session: Db,
    actor: SignedIn,
    platform: PlatformOf,
) -> Response:
    """Rename a checklist; answers the incident."""
    what = (session, platform, actor, incident_id, checklist_id)
    rename_checklist(*what, title=change.title, was=change.was)
    return incident_answer(session, actor, incident_id)


@router.delete(LIST, status_code=204, responses=REFUSED)
def delete_checklist(
    incident_id: Id, checklist_id: Id, session: Db, actor: SignedIn, platform: PlatformOf
) -> Response:
    """Remove a checklist with its items; it can be restored."""
    remove_checklist(session, platform, actor, incident_id, checklist_id)
    return Response(status_code=204)


@router.post(f"{LIST}/restore", response_model=IncidentShape, responses=REFUSED)
def post_restore_checklist(
    incident_id: Id, checklist_id: Id, session: Db, actor: SignedIn, platform: PlatformOf
) -> Response:
    """Take the removal of a checklist back; answers the incident."""
    restore_checklist(session, platform, actor, incident_id, checklist_id)
    return incident_answer(session, actor, incident_id)


@router.get("/{incident_id}/removed", responses=refusals(401, 404, 422))
def get_removed(incident_id: Id, session: Db, actor: SignedIn, platform: PlatformOf) -> RemovedList:
    """List what was removed and can be restored, to the people in the incident's channel."""
    header = get_header(session, actor, incident_id)
    if not is_inside(session, platform, actor, header.channel_id):
        raise DetailsNotFound
    items = [
        RemovedShape(
            id=each.id,
            title=each.title,
            removed_at=each.removed_at,
            checklist_id=each.checklist_id,
            is_checklist=each.is_checklist,
        )
        for each in list_removed(session, incident_id)
    ]
    pages = 1 if items else 0
    return RemovedList(items=items, total_count=len(items), page_count=pages, has_more=False)
