"""Write, edit and delete posts."""

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.chat.errors import (
    ChannelNotFound,
    MessageInvalid,
    NotAMember,
    NotYourPost,
    PostNotFound,
    StalePost,
)
from commandpost.chat.models import Channel, ChannelMember, Post, PostKind
from commandpost.chat.queries.channels import get_channel, lock_channel
from commandpost.chat.queries.members import find_member, member_ids, members_named
from commandpost.chat.queries.posts import (
    PostRow,
    find_last_post,
    find_post_id_by_key,
    get_post,
    lock_post,
)
from commandpost.chat.rules import EVERYBODY, LONGEST_MESSAGE, names_mentioned
from commandpost.kit.clock import now
from commandpost.kit.db import tell
from commandpost.kit.ids import PostId, new_id
from commandpost.kit.text import fold, is_blank
from commandpost.kit.words import _

TWO_CLICKS = timedelta(seconds=2)


def post_message(
    session: Session, actor: Actor, channel_id: str, text: str, *, key: str = ""
) -> PostId:
    """Write into a channel that one is in; once per key."""
    row = get_channel(session, actor, channel_id)
    if not row.is_member:
        raise NotAMember
    message = checked_message(text)
    channel = lock_channel(session, channel_id)
    again = _same_deed(session, actor, channel_id, message, key)
    if again:
        return again
    post_id = add_post(
        session,
        channel,
        user_id=actor.id,
        kind=PostKind.USER,
        message=message,
        key=_key_of(actor, key),
    )
    add_mentions(session, channel_id, message, by=actor.id, is_conversation=row.is_conversation)
    _read_up_to_here(session, channel, actor)
    return post_id


def checked_message(text: str) -> str:
    """Return a message as it is kept, or refuse a blank or endless one."""
    message = _as_kept(text)
    if is_blank(message):
        raise MessageInvalid(_("A message needs some text. Nothing was posted."))
    if len(message) > LONGEST_MESSAGE:
        raise MessageInvalid(
            _(
                "A message holds at most %(longest_message)s characters, this one has "
                "%(count)s. Nothing was posted; shorten it or send it in parts.",
                longest_message=LONGEST_MESSAGE,
                count=len(message),
            )
        )
    return message


def _as_kept(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()


def add_post(
    session: Session,
    channel: Channel,
    *,
    user_id: str,
    kind: PostKind,
    message: str,
    key: str | None = None,
) -> PostId:
    """Add a post as the newest of a locked channel."""
    channel.last_number += 1
    if kind is not PostKind.SYSTEM:
        channel.message_count += 1
    post = Post(
        id=new_id(),
        channel_id=channel.id,
        number=channel.last_number,
        user_id=user_id,
        kind=kind,
        message=message,
        message_folded=fold(message),
        created_at=now(),
        key=key,
    )
    session.add(post)
    tell(session, f"channel:{channel.id}")
    return PostId(post.id)


def _key_of(actor: Actor, key: str) -> str | None:
    """Keys are made by clients: one person's key never meets another's."""
    return f"{actor.id}:{key[:128]}" if key else None


def _same_deed(
    session: Session, actor: Actor, channel_id: str, message: str, key: str
) -> PostId | None:
    """Return the post that this very deed already made: the same key, or two quick clicks."""
    named = _key_of(actor, key)
    if named:
        return find_post_id_by_key(session, named)
    last = find_last_post(session, channel_id)
    if last is None or (last.user_id, last.message) != (actor.id, message):
        return None
    is_double = last.deleted_at is None and now() - last.created_at < TWO_CLICKS
    return PostId(last.id) if is_double else None


def add_mentions(
    session: Session, channel_id: str, message: str, *, by: str, is_conversation: bool = False
) -> None:
    """Count a message for whom it names, but not for whose deed it is."""
    meant = _members_meant(session, channel_id, message, is_conversation=is_conversation)
    _count_mention(session, channel_id, meant - {by})


def _count_mention(session: Session, channel_id: str, mentioned: set[str]) -> None:
    if not mentioned:
        return
    session.execute(
        update(ChannelMember)
        .where(ChannelMember.channel_id == channel_id, ChannelMember.user_id.in_(mentioned))
        .values(mention_count=ChannelMember.mention_count + 1),
        execution_options={"synchronize_session": False},
    )
    tell(session, *(f"mentions:{user_id}" for user_id in mentioned))


def _members_meant(
    session: Session, channel_id: str, message: str, *, is_conversation: bool
) -> set[str]:
    """In a conversation every message is for everybody in it."""
    names = names_mentioned(message)
    if is_conversation or names & EVERYBODY:
        return set(member_ids(session, channel_id))
    return set(members_named(session, channel_id, names).values())


def _read_up_to_here(session: Session, channel: Channel, actor: Actor) -> None:
    member = find_member(session, channel.id, actor.id)
    if member is not None:
        member.read_number = channel.last_number
        member.read_count = channel.message_count
        member.read_mention_count = member.mention_count


def read_own_deed(session: Session, channel: Channel, user_id: str) -> None:
    """Count the newest post, which tells of one's own deed, as read if all before it was."""
    member = find_member(session, channel.id, user_id)
    if member is not None and member.read_number == channel.last_number - 1:
        member.read_number = channel.last_number
        member.read_count = channel.message_count


def edit_post(
    session: Session, actor: Actor, post_id: str, text: str, *, was: str | None = None
) -> PostRow:
    """Change the text of one's own post; whom it names only now is told as by a new one.

    With `was`, only if it still says what was seen.
    """
    post = _own_post(session, actor, post_id)
    message = checked_message(text)
    if message != post.message:
        if was is not None and _as_kept(was) != post.message:
            raise StalePost(yours=message, stored=post.message)
        _add_new_mentions(session, actor, post, message)
        change_message(session, post, message)
        post.edited_at = now()
    return get_post(session, post_id)


def _add_new_mentions(session: Session, actor: Actor, post: Post, message: str) -> None:
    """Count a change for whom the post did not mean before; in a conversation that is nobody."""
    channel = lock_channel(session, post.channel_id)
    if channel.team_id is None:
        return
    now_meant, meant = (
        _members_meant(session, channel.id, text, is_conversation=False)
        for text in (message, post.message)
    )
    _count_mention(session, channel.id, now_meant - meant - {actor.id})


def change_message(session: Session, post: Post, message: str) -> None:
    """Let a locked post say something else."""
    post.message = message
    post.message_folded = fold(message)
    tell(session, f"channel:{post.channel_id}")


def delete_post(session: Session, actor: Actor, post_id: str) -> str:
    """Delete one's own post, its text for good; return the channel it was in."""
    post = _own_post(session, actor, post_id)
    post.message = post.message_folded = ""
    post.deleted_at = now()
    tell(session, f"channel:{post.channel_id}")
    return post.channel_id


def _own_post(session: Session, actor: Actor, post_id: str) -> Post:
    """Return a post of one's own; one that can't be read is as one that is not there."""
    row = get_post(session, post_id)
    try:
        get_channel(session, actor, row.channel_id)
    except ChannelNotFound:
        raise PostNotFound from None
    if row.user_id != actor.id or row.kind is not PostKind.USER:
        raise NotYourPost
    return lock_post(session, post_id)
