"""Every question about what is queued, sent, refused or withheld."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Text, cast, func, or_, select
from sqlalchemy.orm import Session

from commandpost.outbox.models import Batch, Lane, Message, State


def lock_lane(session: Session, name: str) -> Lane | None:
    """Return a lane, locked until the transaction ends."""
    return session.get(Lane, name, with_for_update=True)


def find_open_batch(session: Session, lane: str) -> Batch | None:
    """Return the oldest batch of the lane that has no final answer."""
    return session.scalar(
        select(Batch)
        .where(Batch.lane == lane, Batch.state == State.SENDING)
        .order_by(Batch.number)
        .limit(1)
    )


def list_queued(session: Session, lane: str, *, limit: int) -> Sequence[Message]:
    """Return the oldest messages that wait to be packed."""
    return session.scalars(
        select(Message)
        .where(Message.lane == lane, Message.state == State.QUEUED)
        .order_by(Message.number)
        .limit(limit)
    ).all()


def list_in_batch(session: Session, number: int) -> Sequence[Message]:
    """Return the messages of a batch in order."""
    return session.scalars(
        select(Message).where(Message.batch_number == number).order_by(Message.number)
    ).all()


def count_by_state(session: Session, lane: str) -> dict[State, int]:
    """Return how many messages of the lane stand where; absent states are 0."""
    rows = session.execute(
        select(Message.state, func.count()).where(Message.lane == lane).group_by(Message.state)
    )
    found = {State(row[0]): row[1] for row in rows}
    return {state: found.get(state, 0) for state in State if state is not State.SPLIT}


def count_open(session: Session, lane: str) -> int:
    """Return how many messages have no final state."""
    return (
        session.scalar(
            select(func.count()).where(
                Message.lane == lane, Message.state.in_((State.QUEUED, State.SENDING))
            )
        )
        or 0
    )


def list_recent(
    session: Session,
    *,
    lanes: Collection[str],
    label: str = "",
    state: str = "",
    naming: Collection[str] = (),
    before: int = 0,
    limit: int = 50,
) -> Sequence[Message]:
    """Return the newest messages of these lanes first, or the newest before a number.

    With `naming` only those whose payload holds one of these ids.
    """
    asked = select(Message).where(Message.lane.in_(lanes)).order_by(Message.number.desc())
    for column, value in ((Message.label, label), (Message.state, state)):
        if value:
            asked = asked.where(column == value)
    if before:
        asked = asked.where(Message.number < before)
    if naming:
        text = cast(Message.payload, Text)  # PostgreSQL writes bytes as hexadecimal digits
        written = (form for each in naming for form in (each, each.encode().hex()))
        asked = asked.where(or_(*(text.contains(form) for form in written)))
    return session.scalars(asked.limit(limit)).all()


def list_batches(
    session: Session, *, lanes: Collection[str], before: int = 0, limit: int = 20
) -> Sequence[Batch]:
    """Return the newest batches of these lanes first, or the newest before a number."""
    asked = select(Batch).where(Batch.lane.in_(lanes)).order_by(Batch.number.desc())
    if before:
        asked = asked.where(Batch.number < before)
    return session.scalars(asked.limit(limit)).all()


def find_batch(session: Session, number: int) -> Batch | None:
    """Return one batch."""
    return session.get(Batch, number)


def list_overdue(
    session: Session, lane: str, *, older_than: datetime, over: int
) -> Sequence[Message]:
    """Return queued messages that are too old, or the oldest ones past `over` rows."""
    queued = (Message.lane == lane, Message.state == State.QUEUED)
    excess = max(0, (session.scalar(select(func.count()).where(*queued)) or 0) - over)
    oldest = select(Message.number).where(*queued).order_by(Message.number).limit(excess)
    return session.scalars(
        select(Message).where(
            *queued, (Message.created_at < older_than) | Message.number.in_(oldest)
        )
    ).all()


def find_lane(session: Session, name: str) -> Lane | None:
    """Return a lane without locking it."""
    return session.get(Lane, name)
