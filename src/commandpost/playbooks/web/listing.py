"""The list of a team's playbooks, with what can be done to each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import Response

from commandpost.accounts.gate import SignedIn
from commandpost.accounts.queries.directory import choose_team
from commandpost.kit.edge import Db
from commandpost.kit.words import _
from commandpost.playbooks.actions.create import duplicate_playbook
from commandpost.playbooks.actions.delete import delete_playbook, restore_playbook
from commandpost.playbooks.queries import (
    PlaybookHeader,
    find_deleted_lately,
    get_playbook,
    list_playbook_headers,
)
from commandpost.ui.render import fragment, page, wants_fragment
from commandpost.ui.shell import done, shell

router = APIRouter(prefix="/backstage/playbooks")

Id = Annotated[str, Path(max_length=64)]
TEMPLATE = "playbooks/list.html"


@dataclass(frozen=True, slots=True)
class ListPage:
    """The playbooks of a team; `deleted` is the one deleted last, if that was a moment ago."""

    team_id: str
    team_name: str
    teams: Sequence[tuple[str, str]]
    live_href: str
    topics: str
    playbooks: Sequence[PlaybookHeader]
    deleted: PlaybookHeader | None


@dataclass(frozen=True, slots=True)
class DeletePage:
    """The question before a playbook is deleted."""

    title: str
    action: str
    back_href: str


@router.get("")
def show_list(
    request: Request,
    session: Db,
    actor: SignedIn,
    team_id: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    team, teams = choose_team(session, actor, team_id)
    shown = ListPage(
        team_id=team.id,
        team_name=team.display_name,
        teams=[(each.id, each.display_name) for each in teams],
        live_href=f"/backstage/playbooks?team_id={team.id}",
        topics=f"team:{team.id}:playbooks",
        playbooks=list_playbook_headers(session, actor, team.id),
        deleted=find_deleted_lately(session, team.id),
    )
    if wants_fragment(request):
        return fragment(request, TEMPLATE, "playbook_list", page=shown)
    return page(request, TEMPLATE, page=shown, shell=shell(request, _("Playbooks")))


@router.post("/{playbook_id}/duplicate")
def duplicate(session: Db, actor: SignedIn, playbook_id: Id) -> Response:
    copy = duplicate_playbook(session, actor, playbook_id)
    return done(f"/backstage/playbooks/{copy}", _("This is the copy. Give it a title of its own."))


@router.get("/{playbook_id}/delete")
def ask_delete(request: Request, session: Db, actor: SignedIn, playbook_id: Id) -> Response:
    playbook = get_playbook(session, actor, playbook_id)
    question = DeletePage(
        title=playbook.title,
        action=f"/backstage/playbooks/{playbook_id}/delete",
        back_href=f"/backstage/playbooks?team_id={playbook.team_id}",
    )
    if wants_fragment(request):
        return fragment(request, "playbooks/delete.html", "dialog", page=question)
    wrapping = shell(request, _("Delete a playbook"))
    return page(request, "playbooks/delete.html", page=question, shell=wrapping)


@router.post("/{playbook_id}/delete")
def delete(session: Db, actor: SignedIn, playbook_id: Id) -> Response:
    playbook = get_playbook(session, actor, playbook_id)
    delete_playbook(session, actor, playbook_id)
    to = f"/backstage/playbooks?team_id={playbook.team_id}"
    return done(to, _("“%(title)s” was deleted. It can be restored.", title=playbook.title))


@router.post("/{playbook_id}/restore")
def restore(
    session: Db, actor: SignedIn, playbook_id: Id, team_id: Annotated[str, Form(max_length=64)] = ""
) -> Response:
    restore_playbook(session, actor, playbook_id)
    return done(f"/backstage/playbooks?team_id={team_id}", _("The playbook is back."))
