"""A chat in memory: what features above the chat are tested with."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.chat.errors import ChannelNameInvalid, ChannelNotFound
from commandpost.chat.platform import ChannelFacts, Message, OriginalPost, Person, Unread
from commandpost.chat.rules import clean_name, slug_with_suffix
from commandpost.kit.ids import ChannelId, TeamId, UserId, new_id
from commandpost.kit.words import ENGLISH


@dataclass(frozen=True, slots=True)
class BotPost:
    """What the bot said, where, and under which key."""

    channel_id: ChannelId
    markdown: str
    key: str


@dataclass(slots=True)
class MemoryPlatform:
    """Implements `chat.platform.Platform`; its fields are there to be filled and read by tests."""

    persons: dict[str, Person] = field(default_factory=dict)
    channels: dict[ChannelId, ChannelFacts] = field(default_factory=dict)
    memberships: dict[ChannelId, set[UserId]] = field(default_factory=dict)
    bot_posts: list[BotPost] = field(default_factory=list)
    posts: dict[str, OriginalPost] = field(default_factory=dict)
    language: str = ENGLISH

    def know(self, *actors: Actor) -> None:
        """Let people exist."""
        for actor in actors:
            self.persons[actor.id] = Person(actor.id, actor.username, actor.display_name)

    def create_private_channel(
        self, session: Session, *, team_id: TeamId, display_name: str, slug: str, creator: Actor
    ) -> ChannelId:
        del session
        name = clean_name(display_name)
        if not name:
            raise ChannelNameInvalid
        taken = {c.name for c in self.channels.values() if c.team_id == team_id}
        free = slug if slug not in taken else slug_with_suffix(slug, new_id())
        channel_id = ChannelId(new_id())
        self.channels[channel_id] = ChannelFacts(channel_id, team_id, free, name, 1, 0)
        self.memberships[channel_id] = {creator.id}
        self.know(creator)
        return channel_id

    def is_member(self, session: Session, channel_id: ChannelId, user_id: UserId) -> bool:
        del session
        return user_id in self.memberships.get(channel_id, set())

    def members_among(
        self, session: Session, channel_id: ChannelId, user_ids: Collection[UserId]
    ) -> set[UserId]:
        return {each for each in user_ids if self.is_member(session, channel_id, each)}

    def add_member(self, session: Session, channel_id: ChannelId, user_id: UserId) -> None:
        del session
        self.memberships.setdefault(channel_id, set()).add(user_id)

    def members(self, session: Session, channel_id: ChannelId) -> Sequence[Person]:
        del session
        inside = self.memberships.get(channel_id, set())
        found = [self.persons[user_id] for user_id in inside if user_id in self.persons]
        return sorted(found, key=lambda person: person.username)

    def channel_facts(self, session: Session, channel_id: ChannelId) -> ChannelFacts:
        if channel_id not in self.channels:
            raise ChannelNotFound
        return replace(
            self.channels[channel_id],
            num_members=len(self.members(session, channel_id)),
            total_posts=len([p for p in self.bot_posts if p.channel_id == channel_id]),
        )

    def post_as_bot(
        self, session: Session, channel_id: ChannelId, markdown: str, *, key: str, by: str = ""
    ) -> None:
        del session, by
        if all(post.key != key for post in self.bot_posts):
            self.bot_posts.append(BotPost(channel_id, markdown, key))

    def change_bot_post(self, session: Session, markdown: str, *, key: str) -> None:
        del session
        for place, post in enumerate(self.bot_posts):
            if post.key == key:
                self.bot_posts[place] = replace(post, markdown=markdown)

    def find_readable_post(
        self, session: Session, viewer: Actor, post_id: str
    ) -> OriginalPost | None:
        post = self.posts.get(post_id)
        if post is None or not self.is_member(session, post.channel_id, viewer.id):
            return None
        return post

    def messages(self, session: Session, channel_id: ChannelId, *, limit: int) -> Sequence[Message]:
        del session
        found = [post for post in self.posts.values() if post.channel_id == channel_id]
        return [Message(post.created_at, post.author, post.message) for post in found[-limit:]]

    def own_channels(
        self, session: Session, viewer: Actor, team_id: TeamId
    ) -> Mapping[ChannelId, Unread]:
        of_team = (c.id for c in self.channels.values() if c.team_id == team_id)
        own = (each for each in of_team if self.is_member(session, each, viewer.id))
        return {channel_id: Unread(posts=0, mentions=0) for channel_id in own}

    def people(self, session: Session, user_ids: Sequence[str]) -> dict[str, Person]:
        del session
        return {user_id: self.persons[user_id] for user_id in user_ids if user_id in self.persons}

    def find_by_id(self, session: Session, user_id: str) -> Person | None:
        del session
        return self.persons.get(user_id)

    def find_by_username(self, session: Session, username: str) -> Person | None:
        del session
        name = username.lstrip("@").lower()
        return next((p for p in self.persons.values() if p.username == name), None)
