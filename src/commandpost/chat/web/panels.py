"""The chat's own dialogs over the workspace: named in the address, so that they work without JS."""

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.chat.errors import NotYourPost, PostNotFound, StalePost
from commandpost.chat.markdown import render
from commandpost.chat.models import ChannelKind
from commandpost.chat.place import Place, address
from commandpost.chat.queries.channels import page_of_channels
from commandpost.chat.queries.members import (
    find_reachable,
    list_invitable,
    list_members,
    list_reachable,
)
from commandpost.chat.queries.posts import PostRow, get_post
from commandpost.chat.rules import LARGEST_GROUP
from commandpost.chat.view import BrowseRow, Panel
from commandpost.kit.paging import PageRequest
from commandpost.kit.words import _

MOST_FOUND = 10
LONGEST_SEARCH = 64


class Show(StrEnum):
    """Which dialog is open."""

    NONE = ""
    BROWSE = "browse"
    NEW = "new"
    MESSAGE = "message"
    MEMBERS = "members"
    LEAVE = "leave"
    EDIT = "edit"
    DELETE = "delete"


class Asked(BaseModel):
    """What the address of a channel may ask for."""

    team: str = Field(default="", max_length=26)
    before: int = Field(default=0, ge=0, le=2**31 - 1)
    q: str = Field(default="", max_length=200)
    show: Show = Show.NONE
    post: str = Field(default="", max_length=26)
    page: int = Field(default=0, ge=0, le=100_000)
    to: str = Field(default="", max_length=64)
    who: str = Field(default="", max_length=LONGEST_SEARCH)
    usernames: list[str] = Field(default_factory=list, max_length=200)


def build_panel(session: Session, actor: Actor, place: Place, asked: Asked) -> Panel:
    """Return the dialog that the address names."""
    return replace(_BUILDERS[asked.show](session, actor, place, asked), show=asked.show)


def _panel(place: Place, title: str, action: str = "") -> Panel:
    return Panel(show=Show.NONE, title=title, close_href=place.address(), action=action)


def _browse(session: Session, actor: Actor, place: Place, asked: Asked) -> Panel:
    found = page_of_channels(session, actor, place.team_id, PageRequest(asked.page))
    rows = [
        BrowseRow(
            id=row.id,
            href=address(row, place.team_id),
            name=row.display_name,
            is_private=row.kind is ChannelKind.PRIVATE,
            is_member=row.is_member,
        )
        for row in found.items
    ]
    panel = _panel(place, _("Channels of %(team_name)s", team_name=place.team_name))
    return replace(
        panel,
        channels=rows,
        action=place.address(show=Show.NEW),
        previous_href=place.address(show=Show.BROWSE, page=asked.page - 1) if asked.page else "",
        next_href=place.address(show=Show.BROWSE, page=asked.page + 1) if found.has_more else "",
        live_href=place.address("/browse", page=asked.page),
        topics=f"team:{place.team_id}:channels user:{actor.id}",
    )


def _new(session: Session, actor: Actor, place: Place, asked: Asked) -> Panel:
    del session, actor, asked
    return _panel(place, _("New channel"), f"/teams/{place.team_id}/channels")


def _message(session: Session, actor: Actor, place: Place, asked: Asked) -> Panel:
    panel = _panel(place, _("New message"), f"/conversations?team={place.team_id}")
    chosen = [*asked.usernames, *([asked.to] if asked.to else [])]
    found = list_reachable(session, actor, asked.who.strip().lstrip("@"), limit=MOST_FOUND)
    people = {person.username: person for person in found}
    kept = (find_reachable(session, actor, name) for name in chosen[:LARGEST_GROUP])
    first = {person.username: person for person in kept if person is not None}
    return replace(
        panel,
        people=list((first | people).values()),
        chosen=list(first),
        text=asked.who,
        search_href=place.address(show=Show.MESSAGE),
    )


def _members(session: Session, actor: Actor, place: Place, asked: Asked) -> Panel:
    del asked, actor
    channel = place.channel
    may_invite = channel.is_member and not channel.is_conversation
    return replace(
        _panel(place, _("Members"), place.address("/members")),
        people=list_members(session, channel.id),
        options=_invitable(session, channel.id) if may_invite else (),
        live_href=place.address("/members"),
        topics=f"members:{channel.id}" + (f" team:{channel.team_id}:members" if may_invite else ""),
    )


def _invitable(session: Session, channel_id: str) -> list[tuple[str, str]]:
    return [
        (person.username, f"{person.display_name or person.username} (@{person.username})")
        for person in list_invitable(session, channel_id)
    ]


def _leave(session: Session, actor: Actor, place: Place, asked: Asked) -> Panel:
    del session, actor, asked
    return _panel(
        place,
        _("Leave %(display_name)s", display_name=place.channel.display_name),
        place.address("/leave"),
    )


def _edit(session: Session, actor: Actor, place: Place, asked: Asked) -> Panel:
    post = _own_post(session, actor, place, asked.post)
    panel = _panel(place, _("Edit message"), f"/posts/{post.id}")
    return replace(panel, text=post.message, was=post.message, submit=_("Save"))


def stale_panel(panel: Panel, text: str, refusal: StalePost) -> Panel:
    """Return the dialog that shows both texts of a post which was changed elsewhere meanwhile."""
    return replace(
        panel,
        text=text,
        error=refusal.sentence,
        html=render(refusal.stored),
        submit=_("Save mine"),
    )


def gone_panel(place: Place, text: str) -> Panel:
    """Return the dialog that keeps a change to a post which was deleted meanwhile."""
    return replace(
        _panel(place, _("Edit message"), place.address("/posts")),
        show=Show.EDIT,
        text=text,
        error=_(
            "This message was deleted meanwhile, so there is nothing to change. "
            "Your text is kept here: post it as a new message, or cancel."
        ),
        submit=_("Post as a new message"),
    )


def _delete(session: Session, actor: Actor, place: Place, asked: Asked) -> Panel:
    post = _own_post(session, actor, place, asked.post)
    panel = _panel(place, _("Delete message"), f"/posts/{post.id}/delete")
    return replace(panel, html=render(post.message))


def _own_post(session: Session, actor: Actor, place: Place, post_id: str) -> PostRow:
    """Return a post of one's own in this channel: an address can't show one of another."""
    post = get_post(session, post_id)
    if post.channel_id != place.channel.id:
        raise PostNotFound
    if post.user_id != actor.id:
        raise NotYourPost
    return post


_BUILDERS: dict[Show, Callable[[Session, Actor, Place, Asked], Panel]] = {
    Show.BROWSE: _browse,
    Show.NEW: _new,
    Show.MESSAGE: _message,
    Show.MEMBERS: _members,
    Show.LEAVE: _leave,
    Show.EDIT: _edit,
    Show.DELETE: _delete,
}
