"""Every question about how this installation does telemetry."""

from sqlalchemy.orm import Session

from commandpost.telemetry.models import ONLY, Installation


def find_installation(session: Session) -> Installation | None:
    """Return the row, None before the first start."""
    return session.get(Installation, ONLY)


def get_installation(session: Session) -> Installation:
    """Return the row; `configure` makes it at the start of every process."""
    return session.get_one(Installation, ONLY)
