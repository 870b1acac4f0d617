"""Join, leave, invite, and mark what was read."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.queries import is_team_member
from commandpost.chat.actions.posts import add_post, read_own_deed
from commandpost.chat.errors import MembershipFixed, NotAMember, PersonNotFound
from commandpost.chat.models import Channel, ChannelKind, ChannelMember, PostKind
from commandpost.chat.platform import Person
from commandpost.chat.queries.channels import ChannelRow, Seen, get_channel, lock_channel
from commandpost.chat.queries.members import find_member, find_person, list_memberships
from commandpost.chat.rules import TOWN_SQUARE
from commandpost.kit.clock import now
from commandpost.kit.db import tell
from commandpost.kit.ids import UserId
from commandpost.kit.words import _


def add_membership(session: Session, channel: Channel, user_id: str) -> bool:
    """Put somebody into a locked channel; what was said before counts as read."""
    if find_member(session, channel.id, user_id) is not None:
        return False
    session.add(
        ChannelMember(
            channel_id=channel.id,
            user_id=user_id,
            joined_at=now(),
            read_number=channel.last_number,
            read_count=channel.message_count,
        )
    )
    tell(session, f"user:{user_id}", f"channel:{channel.id}", f"members:{channel.id}")
    return True


def join(session: Session, actor: Actor, channel_id: str) -> None:
    """Come into a public channel of one's team; administrators into private ones too."""
    row = get_channel(session, actor, channel_id)
    if row.is_member:
        return
    channel = lock_channel(session, channel_id)
    if add_membership(session, channel, actor.id):
        _say(session, channel, actor.id, f"@{actor.username} joined the channel.")


def leave(session: Session, actor: Actor, channel_id: str) -> ChannelRow:
    """Go out of a channel; conversations and the town square stay."""
    row = _as_member(session, actor, channel_id)
    if row.is_conversation:
        raise MembershipFixed(_("A conversation belongs to the people in it; nobody leaves it."))
    if row.name == TOWN_SQUARE:
        raise MembershipFixed(_("Everybody of the team is in this channel; nobody leaves it."))
    channel = lock_channel(session, channel_id)
    member = find_member(session, channel_id, actor.id)
    if member is not None:
        session.delete(member)
        tell(session, f"user:{actor.id}", f"channel:{channel_id}", f"members:{channel_id}")
        _say(session, channel, actor.id, f"@{actor.username} left the channel.")
    return row


def invite(session: Session, actor: Actor, channel_id: str, username: str) -> Person:
    """Bring a team mate into a channel that one is in; nothing happens when they are in it."""
    row = _as_member(session, actor, channel_id)
    person = find_person(session, username)
    if row.team_id is None:
        raise MembershipFixed(
            _("A conversation stays with its people. Start a new one with all of them.")
        )
    if person is None or not is_team_member(session, person.id, row.team_id):
        raise PersonNotFound(username)
    channel = lock_channel(session, channel_id)
    if add_membership(session, channel, person.id):
        _say(session, channel, actor.id, f"@{actor.username} added @{person.username}.")
    return person


def mark_read(session: Session, channel_id: str, seen_by: Mapping[str, Seen]) -> None:
    """Note how far these people saw the channel; other tabs of theirs hear it."""
    lock_channel(session, channel_id)
    for member in list_memberships(session, channel_id, seen_by):
        member.viewed_at = now()
        _read_to(session, member, seen_by[member.user_id])


def _read_to(session: Session, member: ChannelMember, seen: Seen) -> None:
    """Count what was seen as read; what came since stays unread."""
    mentions = min(seen.mentions, member.mention_count)  # who came back begins anew
    has_read_mentions = member.read_mention_count < mentions
    if member.read_count < seen.messages or has_read_mentions:
        tell(session, f"read:{member.user_id}:{member.channel_id}")
    if has_read_mentions:
        tell(session, f"mentions:{member.user_id}")
    member.read_number = max(member.read_number, seen.number)
    member.read_count = max(member.read_count, seen.messages)
    member.read_mention_count = max(member.read_mention_count, mentions)


def _as_member(session: Session, actor: Actor, channel_id: str) -> ChannelRow:
    row = get_channel(session, actor, channel_id)
    if not row.is_member:
        raise NotAMember
    return row


def _say(session: Session, channel: Channel, user_id: UserId, sentence: str) -> None:
    if channel.kind in {ChannelKind.PUBLIC, ChannelKind.PRIVATE}:
        add_post(session, channel, user_id=user_id, kind=PostKind.SYSTEM, message=sentence)
        read_own_deed(session, channel, user_id)
