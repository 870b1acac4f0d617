"""Put the three panes together, whole or the posts alone."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from fastapi import Request
from fastapi.responses import Response
from markupsafe import Markup
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.chat.gate import workspace_of
from commandpost.chat.markdown import Names, render
from commandpost.chat.models import PostKind
from commandpost.chat.place import ICONS, KIND_LABELS, Place, titles_of
from commandpost.chat.queries.channels import channels_by_slug
from commandpost.chat.queries.members import (
    count_members,
    members_since,
    usernames_reachable,
)
from commandpost.chat.queries.posts import PostRow, find_posts, page_of_posts
from commandpost.chat.rules import EVERYBODY, TOWN_SQUARE, names_mentioned, slugs_named
from commandpost.chat.view import (
    ChannelView,
    DialogView,
    Panel,
    Posts,
    PostsFragment,
    PostView,
    Replies,
    WorkspacePage,
)
from commandpost.chat.web.panels import Show
from commandpost.chat.web.rail import build_rail
from commandpost.kit.ids import new_id
from commandpost.kit.words import _, language
from commandpost.ui.render import environment, fragment, page
from commandpost.ui.shell import shell

TEMPLATE = "chat/workspace.html"


def show_workspace(
    request: Request,
    session: Session,
    actor: Actor,
    place: Place,
    *,
    posts: Posts | None = None,
    replies: Replies | None = None,
    text: str = "",
    dialog: DialogView | None = None,
    panel: Panel | None = None,
    status: int = 200,
) -> Response:
    """Answer with the whole page."""
    channel = channel_view(session, actor, place)
    sidebar = workspace_of(request).sidebar(
        request, session, actor, place.team_id, place.channel.id
    )
    shown = WorkspacePage(
        rail=build_rail(request, session, actor, place),
        channel=channel,
        posts=posts or newest_posts(session, actor, place),
        sidebar=sidebar,
        replies=replies or Replies(),
        text=text,
        key=new_id(),
        dialog=dialog,
        panel=panel,
    )
    wrapping = shell(request, channel.title, viewer=actor)
    return page(request, TEMPLATE, page=shown, shell=wrapping, status=status)


def show_posts(
    request: Request, session: Session, actor: Actor, place: Place, replies: Replies
) -> Response:
    """Answer with the list of posts and what one person alone is told below it."""
    shown = PostsFragment(newest_posts(session, actor, place), replies)
    return fragment(request, TEMPLATE, "post_pane", page=shown)


def channel_view(session: Session, actor: Actor, place: Place) -> ChannelView:
    """Return the middle pane's channel as somebody stands to it."""
    row = place.channel
    in_team = not row.is_conversation
    return ChannelView(
        id=row.id,
        href=place.address(),
        title=titles_of(session, actor, [row])[row.id],
        kind_label=_(KIND_LABELS[row.kind]),
        icon=ICONS[row.kind],
        num_members=count_members(session, row.id),
        facts_href=place.address("/facts"),
        facts_topics=f"members:{row.id}",
        is_member=row.is_member,
        may_leave=row.is_member and in_team and row.name != TOWN_SQUARE,
        post_action=place.address("/posts"),
        draft=f"{actor.id}:{row.id}",
        panel_href=place.address(show="_")[:-1],
    )


def newest_posts(session: Session, actor: Actor, place: Place, *, before: int = 0) -> Posts:
    """Return the newest posts, or those before a number."""
    row = place.channel
    found = page_of_posts(session, row.id, before=before)
    first = found.items[0].number if found.items else 0
    return Posts(
        href=place.address("/posts", before=before),
        topics=f"channel:{row.id}",
        items=shown_posts(session, actor, place, found.items),
        older_href=place.address(before=first) if found.has_older else "",
        newest_href=place.address() if before else "",
    )


def found_posts(session: Session, actor: Actor, place: Place, text: str) -> Posts:
    """Return the posts that hold a text, in the order they were written."""
    rows = find_posts(session, place.channel.id, text)[::-1]
    return Posts(
        href=place.address("/posts", q=text),
        topics=f"channel:{place.channel.id}",
        items=shown_posts(session, actor, place, rows),
        newest_href=place.address(),
        found_for=text,
    )


def shown_posts(
    session: Session, actor: Actor, place: Place, rows: Sequence[PostRow]
) -> list[Markup]:
    """Return posts as they are shown, with lines between days and above what is new."""
    texts = [row.message for row in rows]
    names = _names_around(session, actor, place, texts)
    since = members_since(session, place.channel.id, _people(texts))
    first_new = _first_new(rows, actor, place.channel.read_number)
    shown: list[Markup] = []
    before: PostRow | None = None
    for row in rows:
        view = replace(
            _view(row, actor, replace(names, usernames=_mentioned(row, since)), place),
            starts_day=before is None or _day(before.created_at) != _day(row.created_at),
            is_first_new=row.id == first_new,
        )
        shown.append(_rendered(view, language()))
        before = row
    return shown


def _first_new(rows: Sequence[PostRow], actor: Actor, read: int) -> str:
    """Return the first post that somebody else wrote since; who comes and goes is no news."""
    unread = (row for row in rows if row.number > read and row.user_id != actor.id)
    return next((row.id for row in unread if row.kind is not PostKind.SYSTEM), "")


@lru_cache(maxsize=512)
def _rendered(view: PostView, _language: str) -> Markup:
    html = environment().get_template("chat/_post.html").render(page=view)
    return Markup(html)  # noqa: S704 - rendered by the escaping environment


def _view(row: PostRow, actor: Actor, names: Names, place: Place) -> PostView:
    is_own = row.user_id == actor.id and row.kind is PostKind.USER
    return PostView(
        id=row.id,
        username=row.username,
        display_name=row.display_name,
        html=render(row.message, names),
        created_at=row.created_at,
        is_edited=row.edited_at is not None,
        is_bot=row.kind is PostKind.BOT,
        is_system=row.kind is PostKind.SYSTEM,
        starts_day=False,
        is_first_new=False,
        start_action=place.address("/posts") if place.channel.is_member else "",
        edit_href=place.address(show=Show.EDIT, post=row.id) if is_own else "",
        delete_href=place.address(show=Show.DELETE, post=row.id) if is_own else "",
    )


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


def _mentioned(row: PostRow, since: Mapping[str, datetime]) -> frozenset[str]:
    """Return whom a post may mention: who was there when it was said, and everybody.

    The same for every reader: who is marked has heard of it. Of who comes and goes nobody does.
    """
    if row.kind is PostKind.SYSTEM:
        return frozenset()
    at = row.edited_at or row.created_at
    return EVERYBODY.union(name for name, came in since.items() if came <= at)


def _names_around(session: Session, actor: Actor, place: Place, texts: Sequence[str]) -> Names:
    """Return which channels in these posts become links, and which names mean the reader."""
    return Names(
        channels=channels_by_slug(session, actor, place.team_id, _slugs(texts)),
        mine=EVERYBODY | {actor.username} if place.channel.is_member else frozenset(),
    )


def names_in(session: Session, actor: Actor, team_id: str, texts: Sequence[str]) -> Names:
    """Return which names in what is said to this reader alone become links."""
    return Names(
        usernames=usernames_reachable(session, actor, _people(texts)),
        channels=channels_by_slug(session, actor, team_id, _slugs(texts)),
        mine=frozenset({actor.username}),
    )


def _people(texts: Sequence[str]) -> frozenset[str]:
    return frozenset[str]().union(*(names_mentioned(text) for text in texts))


def _slugs(texts: Sequence[str]) -> frozenset[str]:
    return frozenset[str]().union(*(slugs_named(text) for text in texts))
