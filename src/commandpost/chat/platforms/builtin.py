"""The built-in chat as a platform: everything happens in the caller's transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.models import User
from commandpost.chat.actions.channels import create_channel
from commandpost.chat.actions.members import add_membership
from commandpost.chat.actions.posts import (
    add_mentions,
    add_post,
    change_message,
    read_own_deed,
)
from commandpost.chat.errors import BotHasNoName, ChannelNotFound, PostNotFound
from commandpost.chat.models import Channel, PostKind
from commandpost.chat.platform import ChannelFacts, Message, OriginalPost, Person, Unread
from commandpost.chat.queries import members as member_queries
from commandpost.chat.queries.channels import get_channel, list_own_channels, lock_channel
from commandpost.chat.queries.posts import (
    count_messages,
    find_post_id_by_key,
    get_post,
    lock_post,
    page_of_posts,
)
from commandpost.kit.clock import now
from commandpost.kit.ids import ChannelId, TeamId, UserId, new_id
from commandpost.kit.words import ENGLISH

BOT = "incident"
BOT_NAME = "Incident Bot"


@dataclass(frozen=True, slots=True)
class BuiltinPlatform:
    """Implements `chat.platform.Platform` on our own tables."""

    language: str = ENGLISH

    def create_private_channel(
        self, session: Session, *, team_id: TeamId, display_name: str, slug: str, creator: Actor
    ) -> ChannelId:
        return create_channel(
            session,
            creator,
            team_id=team_id,
            display_name=display_name,
            is_private=True,
            address=slug,
        )

    def is_member(self, session: Session, channel_id: ChannelId, user_id: UserId) -> bool:
        return member_queries.is_member(session, channel_id, user_id)

    def members_among(
        self, session: Session, channel_id: ChannelId, user_ids: Collection[UserId]
    ) -> set[UserId]:
        return member_queries.members_among(session, channel_id, user_ids)

    def add_member(self, session: Session, channel_id: ChannelId, user_id: UserId) -> None:
        add_membership(session, lock_channel(session, channel_id), user_id)

    def members(self, session: Session, channel_id: ChannelId) -> Sequence[Person]:
        return member_queries.list_members(session, channel_id)

    def channel_facts(self, session: Session, channel_id: ChannelId) -> ChannelFacts:
        channel = session.get(Channel, channel_id)
        if channel is None:
            raise ChannelNotFound
        return ChannelFacts(
            id=channel_id,
            team_id=TeamId(channel.team_id or ""),
            name=channel.name,
            display_name=channel.display_name,
            num_members=member_queries.count_members(session, channel_id),
            total_posts=count_messages(session, channel_id),
        )

    def post_as_bot(
        self, session: Session, channel_id: ChannelId, markdown: str, *, key: str, by: str = ""
    ) -> None:
        channel = lock_channel(session, channel_id)
        if find_post_id_by_key(session, f"bot:{key}") is not None:
            return
        add_post(
            session,
            channel,
            user_id=_bot_id(session),
            kind=PostKind.BOT,
            message=markdown,
            key=f"bot:{key}",
        )
        add_mentions(session, channel_id, markdown, by=by)
        read_own_deed(session, channel, by)

    def change_bot_post(self, session: Session, markdown: str, *, key: str) -> None:
        post_id = find_post_id_by_key(session, f"bot:{key}")
        if post_id is not None:
            change_message(session, lock_post(session, post_id), markdown)

    def find_readable_post(
        self, session: Session, viewer: Actor, post_id: str
    ) -> OriginalPost | None:
        try:
            post = get_post(session, post_id)
            channel = get_channel(session, viewer, post.channel_id)
        except (PostNotFound, ChannelNotFound):
            return None
        return OriginalPost(
            id=post.id,
            channel_id=post.channel_id,
            channel_display_name=channel.display_name,
            author=post.username,
            message=post.message,
            created_at=post.created_at,
            is_system=post.kind is PostKind.SYSTEM,
        )

    def messages(self, session: Session, channel_id: ChannelId, *, limit: int) -> Sequence[Message]:
        found = page_of_posts(session, channel_id, limit=limit).items
        return [
            Message(post.created_at, post.username, post.message, post.edited_at) for post in found
        ]

    def own_channels(
        self, session: Session, viewer: Actor, team_id: TeamId
    ) -> Mapping[ChannelId, Unread]:
        rows = list_own_channels(session, viewer, team_id)
        return {row.id: Unread(row.unread, row.mentions) for row in rows}

    def people(self, session: Session, user_ids: Sequence[str]) -> dict[str, Person]:
        return member_queries.people_by_id(session, user_ids)

    def find_by_id(self, session: Session, user_id: str) -> Person | None:
        return member_queries.find_person_by_id(session, user_id)

    def find_by_username(self, session: Session, username: str) -> Person | None:
        return member_queries.find_person(session, username)


def _bot_id(session: Session) -> str:
    """Return the bot's id; it is made when it first speaks."""
    for username in (BOT, f"{BOT}-bot"):  # somebody may have taken the name before
        bot = member_queries.find_bot(session, username) or _add_bot(session, username)
        if bot is not None:
            return bot.id
    raise BotHasNoName


def _add_bot(session: Session, username: str) -> User | None:
    """Make the bot, unless the name is somebody's; of two at once one makes it."""
    bot = User(id=new_id(), username=username, display_name=BOT_NAME, is_bot=True, created_at=now())
    try:
        with session.begin_nested():
            session.add(bot)
    except IntegrityError:
        return member_queries.find_bot(session, username)
    return bot
