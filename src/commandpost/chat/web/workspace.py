"""The workspace: the last channel, a channel, its rail, the teams."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from commandpost.accounts.gate import SignedIn
from commandpost.accounts.queries import get_team_for, is_team_member
from commandpost.chat.actions.channels import enter_team
from commandpost.chat.errors import ChannelNotFound, PostNotFound
from commandpost.chat.gate import workspace_of
from commandpost.chat.marks import marks_of
from commandpost.chat.place import TeamParameter, find_place, some_channel
from commandpost.chat.queries.channels import (
    channels_by_slug,
    count_mentions,
    find_last_team_id,
)
from commandpost.chat.queries.posts import get_post
from commandpost.chat.view import ChannelFragment, NoTeamPage, RailFragment
from commandpost.chat.web.panels import Asked, Show, build_panel
from commandpost.chat.web.rail import build_rail
from commandpost.chat.web.screen import channel_view, found_posts, newest_posts, show_workspace
from commandpost.kit.edge import Db, WriteDb
from commandpost.kit.words import _
from commandpost.ui.render import fragment, page, takes
from commandpost.ui.shell import done, shell

router = APIRouter()

AROUND = 25  # posts shown behind one that a link names


@router.get("/")
def go_to_last_channel(request: Request, session: WriteDb, actor: SignedIn) -> Response:
    team_id = find_last_team_id(session, actor)
    if team_id is None:
        shown = NoTeamPage(actor.display_name or actor.username, actor.is_admin)
        wrapping = shell(request, _("No team yet"), viewer=actor)
        return page(request, "chat/no_team.html", page=shown, shell=wrapping)
    enter_team(session, actor, team_id)
    return done(f"/channels/{some_channel(session, actor, team_id)}")


@router.get("/teams/{team_id}")
def go_to_team(session: WriteDb, actor: SignedIn, team_id: str) -> Response:
    get_team_for(session, actor, team_id)
    if is_team_member(session, actor.id, team_id):
        enter_team(session, actor, team_id)
    return done(f"/channels/{some_channel(session, actor, team_id)}")


@router.get("/teams/{team_id}/channels/{slug}")
def go_to_channel(session: Db, actor: SignedIn, team_id: str, slug: str) -> Response:
    get_team_for(session, actor, team_id)
    found = channels_by_slug(session, actor, team_id, {slug})
    if slug not in found:
        raise ChannelNotFound
    return done(f"/channels/{found[slug]}")


@router.get("/channels/{channel_id}")
def show_channel(
    request: Request,
    session: Db,
    actor: SignedIn,
    channel_id: str,
    asked: Annotated[Asked, Query()],
) -> Response:
    try:
        place = find_place(session, actor, channel_id, asked.team)
    except ChannelNotFound:
        if outside := workspace_of(request).outside(session, actor, channel_id):
            return done(outside)
        raise
    if asked.q.strip():
        posts = found_posts(session, actor, place, asked.q.strip())
    else:
        posts = newest_posts(session, actor, place, before=asked.before)
    panel = build_panel(session, actor, place, asked) if asked.show else None
    if panel is not None and asked.show is Show.LEAVE:
        warning = workspace_of(request).leaving(request, session, actor, place.channel.id)
        panel = replace(panel, html=warning)
    shown = show_workspace(request, session, actor, place, posts=posts, panel=panel)
    shows_newest = not asked.before and not asked.q.strip() and takes(request, "posts")
    if place.channel.is_member and shows_newest:
        marks_of(request).note(actor.id, place.channel)  # unread or not: the last one looked at
    return shown


@router.get("/channels/{channel_id}/facts")
def show_facts(
    request: Request, session: Db, actor: SignedIn, channel_id: str, team: TeamParameter = ""
) -> Response:
    place = find_place(session, actor, channel_id, team)
    shown = ChannelFragment(channel_view(session, actor, place))
    return fragment(request, "chat/_channel_bar.html", "channel_facts", page=shown)


@router.get("/mentions")
def count_what_waits(
    session: Db, actor: SignedIn, here: Annotated[str, Query(max_length=26)] = ""
) -> Response:
    """Answer how many mentions somebody has not read, but for the channel they look at."""
    return JSONResponse({"mentions": count_mentions(session, actor, but=here)})


@router.get("/channels/{channel_id}/rail")
def show_rail(
    request: Request, session: Db, actor: SignedIn, channel_id: str, team: TeamParameter = ""
) -> Response:
    place = find_place(session, actor, channel_id, team)
    shown = RailFragment(build_rail(request, session, actor, place))
    return fragment(request, "chat/workspace.html", "channel_list", page=shown)


@router.get("/posts/{post_id}")
def go_to_post(session: Db, actor: SignedIn, post_id: str) -> Response:
    post = get_post(session, post_id)
    try:
        place = find_place(session, actor, post.channel_id)
    except ChannelNotFound:
        raise PostNotFound from None
    newer = place.channel.last_number - post.number
    before = post.number + AROUND if newer >= AROUND else 0
    return done(f"{place.address(before=before)}#post_{post.id}")
