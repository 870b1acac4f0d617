"""Add a message to the caller's transaction: no message without its deed, nor the other way."""

from datetime import datetime

from sqlalchemy.orm import Session

from commandpost.kit.db import tell
from commandpost.outbox.models import Message

TOPIC = "outbox"
SETTLED = "outbox-settled"  # a receiver has answered


def add(
    session: Session, *, lane: str, message_id: str, label: str, payload: bytes, at: datetime
) -> None:
    """Queue `payload` in a lane; the relay hears of it after the commit."""
    session.add(Message(id=message_id, lane=lane, label=label, payload=payload, created_at=at))
    tell(session, TOPIC)
