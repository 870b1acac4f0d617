"""The backstage: the list of incidents, the page of one, and both as files."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.gate import SignedIn
from commandpost.accounts.queries.directory import choose_team
from commandpost.chat.gate import PlatformOf
from commandpost.chat.platform import Message, Platform
from commandpost.incidents.answers import json_of
from commandpost.incidents.detail import DetailPage, detail_page
from commandpost.incidents.errors import DetailsNotFound
from commandpost.incidents.export import FILE_COLUMNS, as_json, as_markdown, list_cells
from commandpost.incidents.listing import Asked, file_rows, list_page, read_asked
from commandpost.incidents.queries.one import Header, get_header
from commandpost.incidents.web.deed import Id
from commandpost.kit.edge import Db
from commandpost.kit.ids import ChannelId
from commandpost.kit.words import ENGLISH, _, speaking
from commandpost.ui.files import attachment, csv_file
from commandpost.ui.render import fragment, page, wants_fragment
from commandpost.ui.shell import shell

router = APIRouter(prefix="/backstage/incidents")

MOST_POSTS = 10_000
LIST = "incidents/list.html"
DETAIL = "incidents/detail.html"

Text = Annotated[str, Query(max_length=256)]


def asked(
    session: Db,
    actor: SignedIn,
    team_id: Text = "",
    search_term: Text = "",
    status: Text = "",
    commander_user_id: Text = "",
    sort: Text = "",
    order: Text = "",
    page: Annotated[str, Query(max_length=9)] = "",
) -> Asked:
    """Return what the address asks for, of the team in it or of the viewer's first one."""
    team = choose_team(session, actor, team_id)[0]
    return read_asked(
        team.id,
        search_term=search_term,
        status=status,
        commander_user_id=commander_user_id,
        sort=sort,
        order=order,
        page=int(page) if page.isascii() and page.isdigit() else 0,
    )


IsAsked = Annotated[Asked, Depends(asked)]


@router.get("")
def show_list(
    request: Request, session: Db, actor: SignedIn, platform: PlatformOf, asked: IsAsked
) -> Response:
    team, teams = choose_team(session, actor, asked.filters.team_id)
    shown = list_page(
        session,
        platform,
        actor,
        asked,
        team_name=team.display_name,
        teams=[(each.id, each.display_name) for each in teams],
    )
    if wants_fragment(request):
        return fragment(request, LIST, "incident_list", page=shown)
    return page(request, LIST, page=shown, shell=shell(request, _("Incidents")))


@router.get("/export.csv")
def export_list(session: Db, actor: SignedIn, platform: PlatformOf, asked: IsAsked) -> Response:
    rows = file_rows(session, platform, actor, asked)
    return csv_file("incidents", FILE_COLUMNS, map(list_cells, rows))


@router.get("/{incident_id}")
def show_one(
    request: Request, session: Db, actor: SignedIn, platform: PlatformOf, incident_id: Id
) -> Response:
    header = get_header(session, actor, incident_id)
    shown = detail_page(session, platform, actor, header)
    if wants_fragment(request):
        return fragment(request, DETAIL, "incident_detail", page=shown)
    return page(request, DETAIL, page=shown, shell=shell(request, header.name))


@router.get("/{incident_id}/export.md")
def export_markdown(
    session: Db, actor: SignedIn, platform: PlatformOf, incident_id: Id
) -> Response:
    header, shown = _for_file(session, platform, actor, incident_id)
    posts, has_older = _messages(session, platform, header)
    with speaking(ENGLISH):
        document = as_markdown(shown, posts, has_older=has_older)
    return Response(
        document,
        media_type="text/markdown; charset=utf-8",
        headers=attachment(header.name, "md"),
    )


@router.get("/{incident_id}/export.json")
def export_json(session: Db, actor: SignedIn, platform: PlatformOf, incident_id: Id) -> Response:
    header, shown = _for_file(session, platform, actor, incident_id)
    posts, has_older = _messages(session, platform, header)
    return Response(
        as_json(shown, json_of(header, list(shown.checklists)), posts, has_older=has_older),
        media_type="application/json",
        headers=attachment(header.name, "json"),
    )


@router.get("/{incident_id}/timeline.csv")
def export_timeline(
    session: Db, actor: SignedIn, platform: PlatformOf, incident_id: Id
) -> Response:
    header, shown = _for_file(session, platform, actor, incident_id)
    rows = [(told.at, told.username, told.sentence) for told in reversed(shown.timeline)]
    return csv_file(f"{header.name} timeline", ("at", "who", "what"), rows)


def _for_file(
    session: Session, platform: Platform, actor: Actor, incident_id: str
) -> tuple[Header, DetailPage]:
    """Return the incident with its whole timeline to the people in its channel."""
    header = get_header(session, actor, incident_id)
    with speaking(ENGLISH):  # a file is for everybody
        shown = detail_page(session, platform, actor, header, entries=None)
    if not shown.inside:
        raise DetailsNotFound
    return header, replace(shown, chart=None)


def _messages(
    session: Session, platform: Platform, header: Header
) -> tuple[Sequence[Message], bool]:
    """Return the newest messages of an incident, and whether there are older ones."""
    found = platform.messages(session, ChannelId(header.channel_id), limit=MOST_POSTS + 1)
    return found[-MOST_POSTS:], len(found) > MOST_POSTS
