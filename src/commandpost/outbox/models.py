"""Tables of the outbox: lanes, the messages in them, and the batches as they were sent."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from commandpost.kit.db import Base


class State(StrEnum):
    """Where a message or batch stands."""

    QUEUED = "queued"  # waits to be packed
    SENDING = "sending"  # packed; the bytes are fixed
    DELIVERED = "delivered"
    PARKED = "parked"  # refused or withheld; kept with the reason
    SPLIT = "split"  # a batch that was refused and halved to find the bad message


class Lane(Base):
    """One receiver: who relays to it now, when the next try is due, what it last answered."""

    __tablename__ = "outbox_lane"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    leased_by: Mapped[str] = mapped_column(String(32), default="")
    leased_until: Mapped[datetime]
    due_at: Mapped[datetime]
    changed_at: Mapped[datetime]  # far later than now: the clock jumped back, both above are void
    attempts: Mapped[int] = mapped_column(default=0)
    held: Mapped[bool] = mapped_column(default=False)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]


class Batch(Base):
    """A request body exactly as it is or was sent; retries send the same bytes."""

    __tablename__ = "outbox_batch"
    __table_args__ = (Index(None, "lane", "state", "number"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    lane: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(16), default=State.SENDING)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
    count: Mapped[int]
    created_at: Mapped[datetime]
    status: Mapped[int | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]


class Message(Base):
    """One message; `id` is the key by which the receiver knows repeats."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index(None, "lane", "state", "number"),
        Index(None, "batch_number"),
        Index(None, "lane", "id", unique=True),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(36))
    lane: Mapped[str] = mapped_column(String(32))
    label: Mapped[str] = mapped_column(String(64))
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(16), default=State.QUEUED)
    created_at: Mapped[datetime]
    batch_number: Mapped[int | None] = mapped_column(ForeignKey("outbox_batch.number"))
    settled_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")
