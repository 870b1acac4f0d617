"""The chat platform as a port: what incidents need of a chat, whichever it is.

Every method takes the caller's session: the built-in chat writes in the same transaction, an
external one queues in the outbox (posts) or acts at once (channels, before the commit).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.kit.ids import ChannelId, PostId, TeamId, UserId


@dataclass(frozen=True, slots=True)
class Person:
    """A user as lists and pickers show them."""

    id: UserId
    username: str
    display_name: str


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """What details show of a channel; people counted without bots, posts without system posts."""

    id: ChannelId
    team_id: TeamId
    name: str
    display_name: str
    num_members: int
    total_posts: int


@dataclass(frozen=True, slots=True)
class Unread:
    """What somebody has not seen in a channel that they are in."""

    posts: int
    mentions: int


@dataclass(frozen=True, slots=True)
class Message:
    """A post as a file holds it."""

    at: datetime
    username: str
    text: str
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OriginalPost:
    """A post that somebody may read, as it is quoted."""

    id: PostId
    channel_id: ChannelId
    channel_display_name: str
    author: str
    message: str
    created_at: datetime
    is_system: bool


class Platform(Protocol):
    """What incidents need of a chat: people, channels, membership, posts."""

    @property
    def language(self) -> str:
        """Return the language that the bot writes: everybody reads the same post."""
        ...

    def create_private_channel(
        self, session: Session, *, team_id: TeamId, display_name: str, slug: str, creator: Actor
    ) -> ChannelId:
        """Create it with the creator as its only member.

        A slug that is taken gets a suffix. Raises `ChannelNameInvalid` when the chat refuses it.
        """
        ...

    def is_member(self, session: Session, channel_id: ChannelId, user_id: UserId) -> bool:
        """Return whether the user is in the channel now."""
        ...

    def members_among(
        self, session: Session, channel_id: ChannelId, user_ids: Collection[UserId]
    ) -> Collection[UserId]:
        """Return which of the users are in the channel now."""
        ...

    def add_member(self, session: Session, channel_id: ChannelId, user_id: UserId) -> None:
        """Add a user; nothing happens when they are in it already."""
        ...

    def members(self, session: Session, channel_id: ChannelId) -> Sequence[Person]:
        """Return the people in the channel, by user name, without bots."""
        ...

    def channel_facts(self, session: Session, channel_id: ChannelId) -> ChannelFacts:
        """Return what details show of the channel."""
        ...

    def post_as_bot(
        self, session: Session, channel_id: ChannelId, markdown: str, *, key: str, by: str = ""
    ) -> None:
        """Post as the incident bot, once per `key`, if the transaction commits.

        Who is named hears of it, but for the one whose deed it tells: `by`.
        """
        ...

    def change_bot_post(self, session: Session, markdown: str, *, key: str) -> None:
        """Say something else in the post made with this `key`, if it is still there."""
        ...

    def find_readable_post(
        self, session: Session, viewer: Actor, post_id: str
    ) -> OriginalPost | None:
        """Return the post if the viewer may read it."""
        ...

    def messages(self, session: Session, channel_id: ChannelId, *, limit: int) -> Sequence[Message]:
        """Return the newest posts of a channel, oldest first."""
        ...

    def own_channels(
        self, session: Session, viewer: Actor, team_id: TeamId
    ) -> Mapping[ChannelId, Unread]:
        """Return the channels of a team that the viewer is in, with what they have not seen."""
        ...

    def people(self, session: Session, user_ids: Sequence[str]) -> dict[str, Person]:
        """Return who these users are, by id; unknown ids are left out."""
        ...

    def find_by_id(self, session: Session, user_id: str) -> Person | None:
        """Return the active user of that id."""
        ...

    def find_by_username(self, session: Session, username: str) -> Person | None:
        """Return the active user of that name."""
        ...
