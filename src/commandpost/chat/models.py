"""Tables of channels, their members and their posts."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from commandpost.chat.rules import LONGEST_SLUG
from commandpost.kit.db import Base, id_type


class ChannelKind(StrEnum):
    """Who may find a channel, and who may come in."""

    PUBLIC = "public"
    PRIVATE = "private"
    DIRECT = "direct"
    GROUP = "group"


class PostKind(StrEnum):
    """Who speaks: a person, the bot, or the chat itself."""

    USER = "user"
    BOT = "bot"
    SYSTEM = "system"


class Channel(Base):
    """A place to talk. `last_number` orders its posts, `message_count` leaves system posts out.

    Direct and group messages belong to no team; their name is made of who is in them.
    """

    __tablename__ = "channel"
    __table_args__ = (
        UniqueConstraint("team_id", "name"),
        Index(
            "ix_channel_conversation",
            "name",
            unique=True,
            sqlite_where=text("team_id IS NULL"),
            postgresql_where=text("team_id IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(id_type(), primary_key=True)
    team_id: Mapped[str | None] = mapped_column(ForeignKey("team.id"))
    name: Mapped[str] = mapped_column(String(LONGEST_SLUG))
    display_name: Mapped[str] = mapped_column(String(256))
    kind: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime]
    last_number: Mapped[int] = mapped_column(default=0)
    message_count: Mapped[int] = mapped_column(default=0)


class ChannelMember(Base):
    """Who is in which channel, and how far they have read."""

    __tablename__ = "channel_member"
    __table_args__ = (Index(None, "user_id"),)

    channel_id: Mapped[str] = mapped_column(ForeignKey("channel.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    joined_at: Mapped[datetime]
    viewed_at: Mapped[datetime | None]
    read_number: Mapped[int] = mapped_column(default=0)
    read_count: Mapped[int] = mapped_column(default=0)
    mention_count: Mapped[int] = mapped_column(default=0)  # of all time, as `message_count`
    read_mention_count: Mapped[int] = mapped_column(default=0)


class Post(Base):
    """One message; `number` counts up in its channel, `key` makes a repeated one the same."""

    __tablename__ = "post"
    __table_args__ = (UniqueConstraint("channel_id", "number"), UniqueConstraint("key"))

    id: Mapped[str] = mapped_column(id_type(), primary_key=True)
    channel_id: Mapped[str] = mapped_column(ForeignKey("channel.id"))
    number: Mapped[int]
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[str] = mapped_column(String(8))
    message: Mapped[str] = mapped_column(Text)
    message_folded: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    key: Mapped[str | None] = mapped_column(String(160))
