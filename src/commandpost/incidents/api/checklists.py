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
from commandpost.incidents.api.answer import Id, incident_answer
from commandpost.incidents.schemas import IncidentShape, NewChecklist
from commandpost.kit.edge import Db
from commandpost.ui.refusals import refusals

LISTS = "/{incident_id}/checklists"
LIST = LISTS + "/{checklist_id}"
REFUSED = refusals(400, 401, 403, 404, 409, 413, 422)
REFUSED_TEXT = refusals(400, 401, 403, 404, 409, 413, 422)

router = APIRouter()


@router.post(LISTS, status_code=201, response_model=IncidentShape, responses=REFUSED_TEXT)
def post_checklist(
    incident_id: Id, new: NewChecklist, session: Db, actor: SignedIn, platform: PlatformOf
) -> Response:
    """Add an empty checklist below the others; answers the incident."""
    add_checklist(session, platform, actor, incident_id, title=new.title)
    session.flush()  # so that the checklist is read back by its id
    return incident_answer(session, actor, incident_id, status=201)


@router.patch(LIST, response_model=IncidentShape, responses=REFUSED_TEXT)
def patch_checklist(
    incident_id: Id,
    checklist_id: Id,
    change: NewChecklist,
    session: Db,
    actor: SignedIn,
    platform: PlatformOf,
) -> Response:
    """Rename a checklist; answers the incident."""
    rename_checklist(session, platform, actor, incident_id, checklist_id, title=change.title)
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
