"""Questions about posts: a page of them, one of them, those that hold a text."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from commandpost.accounts.models import User
from commandpost.chat.errors import PostNotFound
from commandpost.chat.models import Post, PostKind
from commandpost.kit.ids import ChannelId, PostId, UserId
from commandpost.kit.text import fold

POSTS_PER_PAGE = 50
MOST_FOUND = 100


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post with who wrote it."""

    id: PostId
    channel_id: ChannelId
    number: int
    user_id: UserId
    username: str
    display_name: str
    kind: PostKind
    message: str
    created_at: datetime
    edited_at: datetime | None


@dataclass(frozen=True, slots=True)
class PostPage:
    """Posts in the order they were written, and whether older ones lie before them."""

    items: list[PostRow]
    has_older: bool


_COLUMNS = (
    Post.id,
    Post.channel_id,
    Post.number,
    Post.user_id,
    User.username,
    User.display_name,
    Post.kind,
    Post.message,
    Post.created_at,
    Post.edited_at,
)


def _row(row: Row[*tuple[Any, ...]]) -> PostRow:
    return PostRow(
        id=row.id,
        channel_id=row.channel_id,
        number=row.number,
        user_id=row.user_id,
        username=row.username,
        display_name=row.display_name,
        kind=PostKind(row.kind),
        message=row.message,
        created_at=row.created_at,
        edited_at=row.edited_at,
    )


def page_of_posts(
    session: Session, channel_id: str, *, before: int = 0, limit: int = POSTS_PER_PAGE
) -> PostPage:
    """Return the newest posts of a channel, newest last; or those before a number."""
    query = (
        select(*_COLUMNS)
        .join(User, User.id == Post.user_id)
        .where(Post.channel_id == channel_id, Post.deleted_at.is_(None))
        .order_by(Post.number.desc())
        .limit(limit + 1)
    )
    if before:
        query = query.where(Post.number < before)
    rows = [_row(row) for row in session.execute(query)]
    return PostPage(rows[:limit][::-1], len(rows) > limit)


def find_posts(session: Session, channel_id: str, text: str) -> list[PostRow]:
    """Return the newest posts that hold a text, case and accents ignored, newest first."""
    rows = session.execute(
        select(*_COLUMNS)
        .join(User, User.id == Post.user_id)
        .where(
            Post.channel_id == channel_id,
            Post.deleted_at.is_(None),
            Post.message_folded.contains(fold(text), autoescape=True),
        )
        .order_by(Post.number.desc())
        .limit(MOST_FOUND)
    )
    return [_row(row) for row in rows]


def get_post(session: Session, post_id: str) -> PostRow:
    """Return a post that was not deleted; who may read it is for the caller to ask."""
    row = session.execute(
        select(*_COLUMNS)
        .join(User, User.id == Post.user_id)
        .where(Post.id == post_id, Post.deleted_at.is_(None))
    ).first()
    if row is None:
        raise PostNotFound
    return _row(row)


def find_place_of_deleted(session: Session, author_id: str, post_id: str) -> ChannelId | None:
    """Return the channel in which somebody wrote a post that was deleted."""
    found = session.scalar(
        select(Post.channel_id).where(
            Post.id == post_id, Post.user_id == author_id, Post.deleted_at.is_not(None)
        )
    )
    return ChannelId(found) if found else None


def lock_post(session: Session, post_id: str) -> Post:
    """Return a post to change, unless it was deleted."""
    post = session.scalar(
        select(Post).where(Post.id == post_id, Post.deleted_at.is_(None)).with_for_update()
    )
    if post is None:
        raise PostNotFound
    return post


def find_post_id_by_key(session: Session, key: str) -> PostId | None:
    """Return the post that was made with this key."""
    found = session.scalar(select(Post.id).where(Post.key == key))
    return PostId(found) if found else None


def find_last_post(session: Session, channel_id: str) -> Post | None:
    """Return the newest post of a channel."""
    return session.scalar(
        select(Post).where(Post.channel_id == channel_id).order_by(Post.number.desc()).limit(1)
    )


def count_posts(session: Session, channel_id: str) -> int:
    """Return how many posts a channel holds, without deleted ones."""
    kept = Post.channel_id == channel_id, Post.deleted_at.is_(None)
    return session.scalar(select(func.count(Post.id)).where(*kept)) or 0


def count_messages(session: Session, channel_id: str) -> int:
    """Return how many posts a channel holds, without system posts and deleted ones."""
    kept = Post.channel_id == channel_id, Post.deleted_at.is_(None), Post.kind != PostKind.SYSTEM
    return session.scalar(select(func.count(Post.id)).where(*kept)) or 0
