"""What the outbox forgets: what may not leave any more, and what was settled long ago."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, exists
from sqlalchemy.orm import Session

from commandpost.outbox.models import Batch, Lane, Message, State


def empty(session: Session, lanes: Collection[str]) -> int:
    """Delete what has not been delivered in these lanes; return how many messages."""
    undelivered = (State.QUEUED, State.SENDING, State.PARKED)
    numbers = session.scalars(
        delete(Message)
        .where(Message.lane.in_(lanes), Message.state.in_(undelivered))
        .returning(Message.number)
    ).all()
    session.execute(delete(Batch).where(Batch.lane.in_(lanes), Batch.state != State.DELIVERED))
    session.execute(delete(Lane).where(Lane.name.in_(lanes)))
    return len(numbers)


def forget_settled(session: Session, *, before: datetime) -> None:
    """Delete messages that were delivered or parked before a moment, and batches none needs."""
    settled = (State.DELIVERED, State.PARKED)
    session.execute(delete(Message).where(Message.state.in_(settled), Message.settled_at < before))
    needed = exists().where(Message.batch_number == Batch.number)
    session.execute(
        delete(Batch).where(Batch.state != State.SENDING, Batch.created_at < before, ~needed)
    )
