"""Tables beside an incident: what happened in it, who asks to come in, which form started it."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from commandpost.kit.db import Base, id_type


class TimelineEntry(Base):
    """One thing that happened; `number` is the incident's version that it made."""

    __tablename__ = "timeline_entry"
    __table_args__ = (Index(None, "incident_id", "number"),)

    id: Mapped[str] = mapped_column(id_type(), primary_key=True)
    incident_id: Mapped[str] = mapped_column(ForeignKey("incident.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]
    user_id: Mapped[str] = mapped_column(id_type())
    detail: Mapped[dict[str, str]] = mapped_column(JSON)


class IdempotencyKey(Base):
    """A form's one-time key: who used it, and which incident it started."""

    __tablename__ = "idempotency_key"

    user_id: Mapped[str] = mapped_column(id_type(), primary_key=True)
    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    incident_id: Mapped[str] = mapped_column(id_type())
    created_at: Mapped[datetime]


class AccessRequest(Base):
    """A team mate asks to be let into the incident's channel."""

    __tablename__ = "access_request"

    incident_id: Mapped[str] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(id_type(), primary_key=True)
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
