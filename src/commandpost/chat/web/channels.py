"""Channels and conversations: make, join, leave, invite."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.errors import TeamNotFound
from commandpost.accounts.gate import SignedIn
from commandpost.chat.actions.channels import create_channel, open_conversation
from commandpost.chat.actions.members import invite, join, leave
from commandpost.chat.errors import (
    ChannelNameInvalid,
    NobodyChosen,
    TooManyPeople,
)
from commandpost.chat.gate import workspace_of
from commandpost.chat.place import Place, TeamParameter, find_place, some_channel
from commandpost.chat.queries.channels import find_last_team_id, get_channel
from commandpost.chat.queries.members import list_members, list_reachable
from commandpost.chat.view import PanelFragment
from commandpost.chat.web.panels import LONGEST_SEARCH, MOST_FOUND, Asked, Show, build_panel
from commandpost.chat.web.screen import show_workspace
from commandpost.kit.edge import Db
from commandpost.kit.words import _
from commandpost.ui.files import csv_file
from commandpost.ui.render import fragment
from commandpost.ui.shell import done

router = APIRouter()


@router.post("/teams/{team_id}/channels")
def create(
    request: Request,
    session: Db,
    actor: SignedIn,
    team_id: str,
    display_name: Annotated[str, Form()] = "",
    is_private: Annotated[bool, Form()] = False,  # noqa: FBT002 - a check box
) -> Response:
    try:
        channel_id = create_channel(
            session, actor, team_id=team_id, display_name=display_name, is_private=is_private
        )
    except ChannelNameInvalid as refusal:
        place = some_place(session, actor, team_id)
        panel = build_panel(session, actor, place, Asked(show=Show.NEW))
        again = replace(panel, text=display_name, is_private=is_private, error=refusal.sentence)
        return show_workspace(
            request, session, actor, place, panel=again, status=refusal.form_status
        )
    return done(f"/channels/{channel_id}", _("The channel is there. Invite who should be in it."))


@router.post("/channels/{channel_id}/join")
def join_by_form(session: Db, actor: SignedIn, channel_id: str) -> Response:
    join(session, actor, channel_id)
    return done(f"/channels/{channel_id}")


@router.get("/channels/{channel_id}/leave")
def show_warning(request: Request, session: Db, actor: SignedIn, channel_id: str) -> Response:
    channel = get_channel(session, actor, channel_id)
    return HTMLResponse(workspace_of(request).leaving(request, session, actor, channel.id))


@router.post("/channels/{channel_id}/leave")
def leave_by_form(session: Db, actor: SignedIn, channel_id: str) -> Response:
    left = leave(session, actor, channel_id)
    to = f"/teams/{left.team_id}" if left.team_id else "/"
    return done(to, _("You left %(display_name)s.", display_name=left.display_name))


@router.get("/channels/{channel_id}/members.csv")
def export_members(session: Db, actor: SignedIn, channel_id: str) -> Response:
    channel = get_channel(session, actor, channel_id)
    rows = [(person.username, person.display_name) for person in list_members(session, channel_id)]
    name = "conversation" if channel.is_conversation else channel.display_name
    return csv_file(f"people in {name}", ("username", "name"), rows)


@router.get("/channels/{channel_id}/members")
def show_members(
    request: Request, session: Db, actor: SignedIn, channel_id: str, team: TeamParameter = ""
) -> Response:
    place = find_place(session, actor, channel_id, team)
    shown = PanelFragment(build_panel(session, actor, place, Asked(show=Show.MEMBERS)))
    return fragment(request, "chat/_panel_members.html", "member_list", page=shown)


@router.get("/channels/{channel_id}/browse")
def show_channels(
    request: Request,
    session: Db,
    actor: SignedIn,
    channel_id: str,
    page: Annotated[int, Query(ge=0, le=100_000)] = 0,
    team: TeamParameter = "",
) -> Response:
    place = find_place(session, actor, channel_id, team)
    asked = Asked(show=Show.BROWSE, page=page)
    shown = PanelFragment(build_panel(session, actor, place, asked))
    return fragment(request, "chat/_panel_browse.html", "browse_list", page=shown)


@router.post("/channels/{channel_id}/members")
def invite_by_form(
    session: Db, actor: SignedIn, channel_id: str, username: Annotated[str, Form()] = ""
) -> Response:
    person = invite(session, actor, channel_id, username)
    return done(
        f"/channels/{channel_id}?show=members",
        _("@%(username)s is in the channel.", username=person.username),
    )


@router.post("/conversations")
def open_by_form(
    request: Request,
    session: Db,
    actor: SignedIn,
    usernames: Annotated[list[str] | None, Form()] = None,
    who: Annotated[str, Form()] = "",
    team: TeamParameter = "",
) -> Response:
    try:
        chosen = usernames or _whom_it_means(session, actor, who)
        channel_id = open_conversation(session, actor, chosen)
    except (NobodyChosen, TooManyPeople) as refusal:
        place = some_place(session, actor, team)
        asked = Asked(show=Show.MESSAGE, usernames=usernames or [], who=who[:LONGEST_SEARCH])
        again = replace(build_panel(session, actor, place, asked), error=refusal.sentence)
        return show_workspace(
            request, session, actor, place, panel=again, status=refusal.form_status
        )
    return done(f"/channels/{channel_id}" + (f"?team={team}" if team else ""))


def _whom_it_means(session: Session, actor: Actor, typed: str) -> list[str]:
    """Return whom a search finds alone or by their very name, so that Enter behind it is enough."""
    name = typed.strip().lstrip("@").lower()
    found = list_reachable(session, actor, name, limit=MOST_FOUND) if name else []
    names = [person.username for person in found]
    return [name] if name in names else names if len(names) == 1 else []


def some_place(session: Session, actor: Actor, team_id: str) -> Place:
    """Return where a dialog that belongs to a team is shown: over a channel of it."""
    around = team_id or find_last_team_id(session, actor)
    if around is None:
        raise TeamNotFound
    return find_place(session, actor, some_channel(session, actor, around))
