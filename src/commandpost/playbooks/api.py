"""REST routes of playbooks: any member of the team may read and change them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from commandpost.accounts.gate import SignedIn, SignedInOutside
from commandpost.kit.edge import Db
from commandpost.kit.errors import Invalid
from commandpost.kit.paging import DEFAULT_PER_PAGE, MAX_PER_PAGE, PageRequest
from commandpost.playbooks.actions.create import create_playbook, duplicate_playbook
from commandpost.playbooks.actions.delete import delete_playbook, restore_playbook
from commandpost.playbooks.actions.update import update_playbook
from commandpost.playbooks.errors import TeamIsFixed
from commandpost.playbooks.queries import get_playbook, list_playbooks
from commandpost.playbooks.readable import ReadPlaybook, read_playbook, write_playbook
from commandpost.playbooks.schemas import (
    NewFile,
    NewPlaybook,
    PlaybookChange,
    PlaybookList,
    PlaybookShape,
    drafts_of,
    shape_of,
)
from commandpost.ui.refusals import refusals

router = APIRouter(prefix="/api/v1/playbooks", tags=["playbooks"])

Id = Annotated[str, Path(max_length=64)]


@router.post("", status_code=201, responses=refusals(400, 401, 403, 404, 413, 422))
def post_playbook(new: NewPlaybook, session: Db, actor: SignedIn) -> PlaybookShape:
    """Make a playbook of a team."""
    playbook_id = create_playbook(
        session,
        actor,
        team_id=new.team_id,
        title=new.title,
        checklists=drafts_of(new.checklists),
    )
    return shape_of(get_playbook(session, actor, playbook_id))


@router.get("", responses=refusals(401, 404, 422))
def get_playbooks(
    session: Db,
    actor: SignedIn,
    team_id: Annotated[str, Query(max_length=64)],
    page: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    per_page: Annotated[int, Query(ge=1, le=MAX_PER_PAGE)] = DEFAULT_PER_PAGE,
) -> PlaybookList:
    """List the playbooks of a team in the order of their creation."""
    found = list_playbooks(session, actor, team_id, PageRequest(page, per_page))
    return PlaybookList(
        items=[shape_of(playbook) for playbook in found.items],
        total_count=found.total_count,
        page_count=found.page_count,
        has_more=found.has_more,
    )


@router.get("/{playbook_id}", responses=refusals(401, 404, 422))
def get_one_playbook(playbook_id: Id, session: Db, actor: SignedIn) -> PlaybookShape:
    """Answer one playbook with its checklists."""
    return shape_of(get_playbook(session, actor, playbook_id))


@router.put("/{playbook_id}", responses=refusals(400, 401, 403, 404, 409, 413, 422))
def put_playbook(
    playbook_id: Id, change: PlaybookChange, session: Db, actor: SignedIn
) -> PlaybookShape:
    """Replace a playbook; checklists and items named by their id stay the same ones."""
    stored = get_playbook(session, actor, playbook_id)
    if change.id not in {"", playbook_id}:
        raise Invalid("The id in the body is not the one in the address.", field="id")
    if change.team_id not in {"", stored.team_id}:
        raise TeamIsFixed
    update_playbook(
        session,
        actor,
        playbook_id,
        title=change.title,
        checklists=drafts_of(change.checklists),
        version=change.version,
    )
    session.flush()  # so that the answer below is read as it will be committed, with new ids
    return shape_of(get_playbook(session, actor, playbook_id))


@router.post(
    "/{playbook_id}/duplicate", status_code=201, responses=refusals(401, 403, 404, 409, 422)
)
def post_duplicate(playbook_id: Id, session: Db, actor: SignedIn) -> PlaybookShape:
    """Make a second playbook that says the same; answers the copy."""
    copy = duplicate_playbook(session, actor, playbook_id)
    return shape_of(get_playbook(session, actor, copy))


@router.post("/{playbook_id}/restore", responses=refusals(401, 403, 404, 422))
def post_restore(playbook_id: Id, session: Db, actor: SignedIn) -> PlaybookShape:
    """Take a deletion back; that can be done for thirty days."""
    restore_playbook(session, actor, playbook_id)
    session.flush()  # so that it is read back as it will be committed
    return shape_of(get_playbook(session, actor, playbook_id))


@router.get(
    "/{playbook_id}/export",
    response_class=Response,
    responses={200: {"content": {"application/yaml": {}}}, **refusals(401, 404, 422)},
)
def get_export(playbook_id: Id, session: Db, actor: SignedIn) -> Response:
    """Answer a playbook as a readable file that can be imported elsewhere."""
    playbook = get_playbook(session, actor, playbook_id)
    text = write_playbook(playbook.title, playbook.checklists)
    return Response(text, media_type="application/yaml; charset=utf-8")


def read_file(new: NewFile, _actor: SignedInOutside) -> ReadPlaybook:
    """Return what the file says, before the transaction: others write meanwhile."""
    return read_playbook(new.file.encode())


@router.post("/import", status_code=201, responses=refusals(400, 401, 403, 404, 413, 422))
def post_import(
    new: NewFile,
    read: Annotated[ReadPlaybook, Depends(read_file)],
    session: Db,
    actor: SignedIn,
) -> PlaybookShape:
    """Make a playbook of a team from a file that was exported."""
    playbook_id = create_playbook(
        session, actor, team_id=new.team_id, title=read.title, checklists=read.checklists
    )
    return shape_of(get_playbook(session, actor, playbook_id))


@router.delete("/{playbook_id}", status_code=204, responses=refusals(401, 403, 404, 422))
def remove_playbook(playbook_id: Id, session: Db, actor: SignedIn) -> Response:
    """Delete a playbook; incidents started from it stay as they are."""
    delete_playbook(session, actor, playbook_id)
    return Response(status_code=204)
