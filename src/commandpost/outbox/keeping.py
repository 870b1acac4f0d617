"""What the outbox forgets: what is queued when telemetry goes off, and old delivered messages."""

from datetime import datetime

from sqlalchemy import delete, exists
from sqlalchemy.orm import Session

from commandpost.outbox.models import Batch, Lane, Message, State


def empty(session: Session) -> int:
    """Delete every message that has not been delivered, in every lane; return how many."""
    open_states = (State.QUEUED, State.SENDING, State.PARKED)
    numbers = session.scalars(
        delete(Message).where(Message.state.in_(open_states)).returning(Message.number)
    ).all()
    session.execute(delete(Batch).where(Batch.state != State.DELIVERED))
    session.execute(delete(Lane))
    return len(numbers)


def forget_delivered(session: Session, *, before: datetime) -> None:
    """Delete delivered messages, and batches that no message needs, settled before a moment."""
    session.execute(
        delete(Message).where(Message.state == State.DELIVERED, Message.settled_at < before)
    )
    needed = exists().where(Message.batch_number == Batch.number)
    session.execute(
        delete(Batch).where(Batch.state != State.SENDING, Batch.created_at < before, ~needed)
    )
