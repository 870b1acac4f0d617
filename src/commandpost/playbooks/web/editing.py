"""The editor of a playbook: every button works without scripts, saving is one deed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.gate import SignedIn
from commandpost.accounts.queries.directory import choose_team
from commandpost.kit.edge import Db
from commandpost.kit.errors import Invalid
from commandpost.kit.ids import new_id
from commandpost.kit.words import _
from commandpost.playbooks.actions.create import create_playbook
from commandpost.playbooks.actions.update import update_playbook
from commandpost.playbooks.editor import Draft, changed, new_draft, read_draft, without_blanks
from commandpost.playbooks.errors import StalePlaybook
from commandpost.playbooks.queries import StoredPlaybook, get_playbook
from commandpost.playbooks.rules import ITEM_MAX, TITLE_MAX, ItemDraft
from commandpost.playbooks.rules import ChecklistDraft as ChecklistPart
from commandpost.ui.render import fragment, page, wants_fragment
from commandpost.ui.shell import done, shell

router = APIRouter(prefix="/backstage/playbooks")

Id = Annotated[str, Path(max_length=64)]
TEMPLATE = "playbooks/editor.html"
MAX_FIELDS = 45_000  # far over every limit: the rules answer with a better sentence
ITEM_TO_COME = ItemDraft("", "to-come")  # scripts put it where Enter is pressed, with another id


@dataclass(frozen=True, slots=True)
class EditorPage:
    """A playbook in its form; `error` is why it was not saved.

    `theirs` is what somebody saved meanwhile; to save again replaces it.
    """

    action: str
    back_href: str
    title: str
    version: int
    checklists: Sequence[ChecklistPart]
    export_href: str = ""
    error: str = ""
    theirs: StoredPlaybook | None = None
    item_to_come: ItemDraft = ITEM_TO_COME
    title_max: int = TITLE_MAX
    item_max: int = ITEM_MAX


async def sent_form(request: Request) -> list[tuple[str, str]]:
    """Return the fields in the order of the page; files are left out."""
    form = await request.form(max_fields=MAX_FIELDS, max_files=0)
    return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]


Sent = Annotated[list[tuple[str, str]], Depends(sent_form)]


@router.get("/new")
def show_new(
    request: Request,
    session: Db,
    actor: SignedIn,
    team_id: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    team = choose_team(session, actor, team_id)[0]
    return _show(request, _new_page(team.id, new_draft(new_id)))


@router.post("/new")
def save_new(
    request: Request,
    session: Db,
    actor: SignedIn,
    sent: Sent,
    team_id: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    team = choose_team(session, actor, team_id)[0]
    draft, button = read_draft(sent), dict(sent).get("do", "")
    if button:
        return _show(request, _new_page(team.id, changed(draft, button, new_id)))
    kept = without_blanks(draft)
    try:
        create_playbook(
            session, actor, team_id=team.id, title=kept.title, checklists=kept.checklists
        )
    except Invalid as refusal:
        return _show(request, _new_page(team.id, kept, refusal), status=refusal.form_status)
    return done(
        f"/backstage/playbooks?team_id={team.id}",
        _("“%(title)s” was saved.", title=kept.title.strip()),
    )


@router.get("/{playbook_id}")
def show_one(request: Request, session: Db, actor: SignedIn, playbook_id: Id) -> Response:
    stored = get_playbook(session, actor, playbook_id)
    draft = Draft(stored.title, stored.checklists, stored.version)
    return _show(request, _edit_page(playbook_id, stored.team_id, draft))


@router.post("/{playbook_id}")
def save_one(
    request: Request, session: Db, actor: SignedIn, playbook_id: Id, sent: Sent
) -> Response:
    stored = get_playbook(session, actor, playbook_id)
    draft, button = read_draft(sent), dict(sent).get("do", "")
    if button:
        return _show(
            request, _edit_page(playbook_id, stored.team_id, changed(draft, button, new_id))
        )
    kept = without_blanks(draft)
    try:
        _save(session, actor, playbook_id, kept)
    except Invalid as refusal:
        return _show(
            request,
            _edit_page(playbook_id, stored.team_id, kept, refusal),
            status=refusal.form_status,
        )
    except StalePlaybook as refusal:
        theirs = get_playbook(session, actor, playbook_id)
        shown = _edit_page(
            playbook_id, stored.team_id, replace(kept, version=theirs.version), refusal
        )
        return _show(request, replace(shown, theirs=theirs), status=refusal.form_status)
    to = f"/backstage/playbooks?team_id={stored.team_id}"
    return done(to, _("“%(title)s” was saved.", title=kept.title.strip()))


def _save(session: Session, actor: Actor, playbook_id: str, draft: Draft) -> None:
    update_playbook(
        session,
        actor,
        playbook_id,
        title=draft.title,
        checklists=draft.checklists,
        version=draft.version or None,
    )


def _new_page(team_id: str, draft: Draft, refusal: Invalid | None = None) -> EditorPage:
    return EditorPage(
        action=f"/backstage/playbooks/new?team_id={team_id}",
        back_href=f"/backstage/playbooks?team_id={team_id}",
        title=draft.title,
        version=draft.version,
        checklists=draft.checklists,
        error=refusal.sentence if refusal else "",
    )


def _edit_page(
    playbook_id: str, team_id: str, draft: Draft, refusal: Invalid | StalePlaybook | None = None
) -> EditorPage:
    return EditorPage(
        action=f"/backstage/playbooks/{playbook_id}",
        back_href=f"/backstage/playbooks?team_id={team_id}",
        title=draft.title,
        version=draft.version,
        checklists=draft.checklists,
        export_href=f"/backstage/playbooks/{playbook_id}/export",
        error=refusal.sentence if refusal else "",
    )


def _show(request: Request, shown: EditorPage, *, status: int = 200) -> Response:
    if wants_fragment(request):
        return fragment(request, TEMPLATE, "playbook_editor", page=shown, status=status)
    title = _("Edit playbook") if shown.version else _("New playbook")
    return page(request, TEMPLATE, page=shown, shell=shell(request, title), status=status)
