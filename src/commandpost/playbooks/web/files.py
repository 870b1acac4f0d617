"""Playbooks as files: take one home, bring one in."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, UploadFile
from fastapi.responses import Response

from commandpost.accounts.gate import SignedIn, SignedInOutside
from commandpost.accounts.queries.directory import choose_team
from commandpost.kit.edge import Db
from commandpost.kit.errors import Invalid
from commandpost.kit.words import _
from commandpost.playbooks.actions.create import create_playbook
from commandpost.playbooks.queries import get_playbook, list_playbook_headers
from commandpost.playbooks.readable import (
    MOST_BYTES,
    ReadPlaybook,
    read_playbook,
    write_playbook,
)
from commandpost.ui.files import attachment, csv_file
from commandpost.ui.render import page
from commandpost.ui.shell import done, shell

router = APIRouter(prefix="/backstage/playbooks")

Id = Annotated[str, Path(max_length=64)]
Team = Annotated[str, Query(max_length=64)]
TEMPLATE = "playbooks/import.html"


@dataclass(frozen=True, slots=True)
class ImportPage:
    """The form that takes a file; `error` is why the last one was refused."""

    action: str
    back_href: str
    error: str = ""


@router.get("/{playbook_id}/export")
def export(session: Db, actor: SignedIn, playbook_id: Id) -> Response:
    playbook = get_playbook(session, actor, playbook_id)
    return Response(
        write_playbook(playbook.title, playbook.checklists),
        media_type="application/yaml; charset=utf-8",
        headers=attachment(playbook.title, "yaml"),
    )


@router.get("/export.csv")
def export_list(session: Db, actor: SignedIn, team_id: Team = "") -> Response:
    team, _teams = choose_team(session, actor, team_id)
    rows = [
        (each.id, each.title, each.num_checklists, each.num_items, each.updated_at)
        for each in list_playbook_headers(session, actor, team.id)
    ]
    columns = ("id", "name", "checklists", "items", "saved")
    return csv_file(f"playbooks of {team.name}", columns, rows)


@router.get("/import")
def show_import(request: Request, session: Db, actor: SignedIn, team_id: Team = "") -> Response:
    team = choose_team(session, actor, team_id)[0]
    return _show(request, team.id)


def read_upload(_actor: SignedInOutside, file: UploadFile) -> ReadPlaybook | Invalid:
    """Return what the file says, or why not, before the transaction: others write meanwhile."""
    try:
        return read_playbook(file.file.read(MOST_BYTES + 1))
    except Invalid as refusal:
        return refusal


@router.post("/import")
def take_file(
    request: Request,
    read: Annotated[ReadPlaybook | Invalid, Depends(read_upload)],
    session: Db,
    actor: SignedIn,
    team_id: Team = "",
) -> Response:
    team = choose_team(session, actor, team_id)[0]
    try:
        if isinstance(read, Invalid):
            raise read
        create_playbook(
            session, actor, team_id=team.id, title=read.title, checklists=read.checklists
        )
    except Invalid as refusal:
        return _show(request, team.id, error=refusal.sentence, status=refusal.form_status)
    return done(
        f"/backstage/playbooks?team_id={team.id}", _("“%(title)s” was imported.", title=read.title)
    )


def _show(request: Request, team_id: str, *, error: str = "", status: int = 200) -> Response:
    shown = ImportPage(
        action=f"/backstage/playbooks/import?team_id={team_id}",
        back_href=f"/backstage/playbooks?team_id={team_id}",
        error=error,
    )
    wrapping = shell(request, _("Import a playbook"))
    return page(request, TEMPLATE, page=shown, shell=wrapping, status=status)
