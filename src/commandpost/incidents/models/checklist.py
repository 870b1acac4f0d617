"""The checklists of an incident and what stands on them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from commandpost.kit.db import Base, id_type
from commandpost.playbooks.rules import ITEM_MAX, TITLE_MAX


class ChecklistItem(Base):
    """One thing to do. A removed one stays for the undo and for the timeline."""

    __tablename__ = "checklist_item"
    __table_args__ = (Index(None, "checklist_id", "position"), Index(None, "incident_id"))

    id: Mapped[str] = mapped_column(id_type(), primary_key=True)
    incident_id: Mapped[str] = mapped_column(ForeignKey("incident.id"))
    checklist_id: Mapped[str] = mapped_column(ForeignKey("checklist.id"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(ITEM_MAX))
    checked_at: Mapped[datetime | None]
    checked_by: Mapped[str | None] = mapped_column(id_type())
    removed_at: Mapped[datetime | None]

    @property
    def checked(self) -> bool:
        return self.checked_at is not None


class Checklist(Base):
    """A list of things to do in an incident."""

    __tablename__ = "checklist"
    __table_args__ = (Index(None, "incident_id", "position"),)

    id: Mapped[str] = mapped_column(id_type(), primary_key=True)
    incident_id: Mapped[str] = mapped_column(ForeignKey("incident.id"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    removed_at: Mapped[datetime | None]


def number(order: Sequence[Checklist | ChecklistItem]) -> None:
    """Write the places that these now have."""
    for position, each in enumerate(order):
        each.position = position
