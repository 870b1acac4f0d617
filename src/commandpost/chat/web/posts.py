"""Posts: write, see, edit, delete."""

import hashlib
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.gate import SignedIn
from commandpost.chat.actions.posts import (
    checked_message,
    delete_post,
    edit_post,
    post_message,
)
from commandpost.chat.errors import MessageInvalid, PostNotFound, StalePost
from commandpost.chat.gate import CommandsOf, PlatformOf
from commandpost.chat.markdown import render
from commandpost.chat.marks import marks_of
from commandpost.chat.place import Place, TeamParameter, find_place
from commandpost.chat.queries.posts import find_place_of_deleted, get_post
from commandpost.chat.view import Panel, PostsFragment, Replies
from commandpost.chat.web.commands import answer, run_line
from commandpost.chat.web.panels import Asked, Show, build_panel, gone_panel, stale_panel
from commandpost.chat.web.screen import (
    TEMPLATE,
    found_posts,
    newest_posts,
    show_posts,
    show_workspace,
)
from commandpost.chat.web.untold import who_was_not_told
from commandpost.kit.edge import Db
from commandpost.kit.errors import AppError
from commandpost.kit.words import _
from commandpost.slash.parser import is_command
from commandpost.ui.render import by_htmx, fragment, wants_fragment
from commandpost.ui.shell import done

router = APIRouter()


@router.get("/channels/{channel_id}/posts")
def list_posts(
    request: Request,
    session: Db,
    actor: SignedIn,
    channel_id: str,
    before: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    q: Annotated[str, Query(max_length=200)] = "",
    team: TeamParameter = "",
) -> Response:
    place = find_place(session, actor, channel_id, team)
    if q:
        posts = found_posts(session, actor, place, q)
    else:
        posts = newest_posts(session, actor, place, before=before)
    if (place.channel.unread or place.channel.mentions) and not before and not q:
        marks_of(request).note(actor.id, place.channel)
    return fragment(request, TEMPLATE, "post_list", page=PostsFragment(posts))


@router.post("/channels/{channel_id}/posts")
def write(
    request: Request,
    session: Db,
    actor: SignedIn,
    platform: PlatformOf,
    commands: CommandsOf,
    channel_id: str,
    text: Annotated[str, Form()] = "",
    idempotency_key: Annotated[str, Form(max_length=64)] = "",
    team: TeamParameter = "",
) -> Response:
    place = find_place(session, actor, channel_id, team)
    try:
        if is_command(text):
            line = checked_message(text)  # as long as a message at most
            reply = run_line(session, platform, commands, actor, place, line)
            return answer(request, session, actor, place, reply, text)
        post_id = post_message(
            session, actor, channel_id, text, key=_key_for(idempotency_key, text)
        )
    except AppError as refusal:
        if wants_fragment(request):
            raise  # its sentence is said, what was typed is given back
        return _refused(request, session, actor, place, text, refusal)
    place = find_place(session, actor, channel_id, team)
    if by_htmx(request):
        return _posted(request, session, actor, place, text)
    untold = who_was_not_told(session, actor, place, text)
    return done(f"{place.address()}#post_{post_id}", untold)


def _posted(request: Request, session: Session, actor: Actor, place: Place, text: str) -> Response:
    """Show the posts again, and below them who was named in vain, to the author alone."""
    untold = who_was_not_told(session, actor, place, text, links=True)
    said = Replies(ephemeral=(render(untold),) if untold else ())
    if wants_fragment(request):
        return show_posts(request, session, actor, place, said)
    return show_workspace(request, session, actor, place, replies=said)


def _key_for(key: str, text: str) -> str:
    """Return the key of this very message: who goes back and writes another one, writes two."""
    return f"{key}:{hashlib.sha256(text.encode()).hexdigest()[:32]}" if key else ""


def _refused(
    request: Request, session: Session, actor: Actor, place: Place, text: str, refusal: AppError
) -> Response:
    session.rollback()  # what was refused leaves nothing behind
    return show_workspace(
        request,
        session,
        actor,
        place,
        replies=Replies(error=refusal.sentence),
        text=text,
        status=refusal.form_status,
    )


@router.post("/posts/{post_id}")
def edit(
    request: Request,
    session: Db,
    actor: SignedIn,
    post_id: str,
    text: Annotated[str, Form()] = "",
    was: Annotated[str | None, Form()] = None,
    team: TeamParameter = "",
) -> Response:
    try:
        before = get_post(session, post_id).message
        post = edit_post(session, actor, post_id, text, was=was)
    except PostNotFound:
        return _gone(request, session, actor, post_id, text, team)
    except (MessageInvalid, StalePost) as refusal:
        place = find_place(session, actor, get_post(session, post_id).channel_id, team)
        panel = build_panel(session, actor, place, Asked(show=Show.EDIT, post=post_id))
        again = _edited_again(panel, text, was, refusal)
        return show_workspace(
            request, session, actor, place, panel=again, status=refusal.form_status
        )
    place = find_place(session, actor, post.channel_id, team)
    untold = who_was_not_told(session, actor, place, post.message, before=before)
    said = "\n\n".join(filter(None, (_("The message was changed."), untold)))
    return done(f"{place.address()}#post_{post_id}", said)


def _edited_again(
    panel: Panel, text: str, was: str | None, refusal: MessageInvalid | StalePost
) -> Panel:
    if isinstance(refusal, StalePost):
        return stale_panel(panel, text, refusal)
    return replace(panel, text=text, was=was or "", error=refusal.sentence)


def _gone(
    request: Request, session: Session, actor: Actor, post_id: str, text: str, team_id: str
) -> Response:
    """Keep what somebody made of a post of theirs that was deleted meanwhile."""
    channel_id = find_place_of_deleted(session, actor.id, post_id)
    if channel_id is None:
        raise PostNotFound
    place = find_place(session, actor, channel_id, team_id)
    panel = gone_panel(place, text)
    return show_workspace(request, session, actor, place, panel=panel, status=409)


@router.post("/posts/{post_id}/delete")
def delete(session: Db, actor: SignedIn, post_id: str, team: TeamParameter = "") -> Response:
    """Delete a post; who did so already, in another tab, is led back all the same."""
    already = find_place_of_deleted(session, actor.id, post_id)
    channel_id = already or delete_post(session, actor, post_id)
    said = _("The message was deleted already.") if already else _("The message was deleted.")
    place = find_place(session, actor, channel_id, team)
    return done(place.address(), said)
