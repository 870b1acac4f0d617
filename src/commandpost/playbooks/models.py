"""Tables of playbooks: the templates that incidents start from."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from commandpost.kit.db import Base, id_type
from commandpost.playbooks.rules import ITEM_MAX, TITLE_MAX, ChecklistDraft, Counts, ItemDraft


class PlaybookItem(Base):
    """One thing to do, in a template."""

    __tablename__ = "playbook_item"
    __table_args__ = (Index(None, "checklist_id"),)

    id: Mapped[str] = mapped_column(id_type(), primary_key=True)
    checklist_id: Mapped[str] = mapped_column(ForeignKey("playbook_checklist.id"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(ITEM_MAX))


class PlaybookChecklist(Base):
    """A list of things to do, in a template."""

    __tablename__ = "playbook_checklist"
    __table_args__ = (Index(None, "playbook_id"),)

    id: Mapped[str] = mapped_column(id_type(), primary_key=True)
    playbook_id: Mapped[str] = mapped_column(ForeignKey("playbook.id"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(TITLE_MAX))

    items: Mapped[list[PlaybookItem]] = relationship(
        cascade="all, delete-orphan", order_by=PlaybookItem.position, lazy="raise"
    )


class Playbook(Base):
    """A template of a team; `version` grows with each save, `deleted_at` allows an undo."""

    __tablename__ = "playbook"
    __table_args__ = (Index(None, "team_id", "created_at", "id"),)

    id: Mapped[str] = mapped_column(id_type(), primary_key=True)
    team_id: Mapped[str] = mapped_column(id_type())
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]

    checklists: Mapped[list[PlaybookChecklist]] = relationship(
        cascade="all, delete-orphan", order_by=PlaybookChecklist.position, lazy="raise"
    )

    def replace(
        self,
        *,
        title: str,
        checklists: Sequence[ChecklistDraft],
        at: datetime,
        new_id: Callable[[], str],
    ) -> None:
        """Become what the drafts say; what they name by a known id of this playbook stays it."""
        lists = {checklist.id: checklist for checklist in self.checklists}
        items = {item.id: item for checklist in self.checklists for item in checklist.items}
        self.title, self.updated_at, self.version = title, at, self.version + 1
        self.checklists = [
            _checklist(draft, position, lists.pop(draft.id, None), items, new_id)
            for position, draft in enumerate(checklists)
        ]

    def drafts(self) -> tuple[ChecklistDraft, ...]:
        """Return the checklists as values."""
        return tuple(
            ChecklistDraft(
                title=checklist.title,
                items=tuple(ItemDraft(item.title, item.id) for item in checklist.items),
                id=checklist.id,
            )
            for checklist in self.checklists
        )

    def counts(self) -> Counts:
        """Return how many checklists and items there are now."""
        return Counts(len(self.checklists), sum(len(each.items) for each in self.checklists))


def new_playbook(
    *,
    playbook_id: str,
    team_id: str,
    title: str,
    checklists: Sequence[ChecklistDraft],
    at: datetime,
    new_id: Callable[[], str],
) -> Playbook:
    """Return a playbook made from drafts; every part of it gets an id of its own."""
    return Playbook(
        id=playbook_id,
        team_id=team_id,
        title=title,
        version=1,
        created_at=at,
        updated_at=at,
        checklists=[
            _checklist(draft, position, None, {}, new_id)
            for position, draft in enumerate(checklists)
        ],
    )


def _checklist(
    draft: ChecklistDraft,
    position: int,
    known: PlaybookChecklist | None,
    items: dict[str, PlaybookItem],
    new_id: Callable[[], str],
) -> PlaybookChecklist:
    checklist = known or PlaybookChecklist(id=new_id(), items=[])
    checklist.title, checklist.position = draft.title, position
    checklist.items = [
        _item(item, place, items.pop(item.id, None), new_id)
        for place, item in enumerate(draft.items)
    ]
    return checklist


def _item(
    draft: ItemDraft, position: int, known: PlaybookItem | None, new_id: Callable[[], str]
) -> PlaybookItem:
    item = known or PlaybookItem(id=new_id())
    item.title, item.position = draft.title, position
    return item
