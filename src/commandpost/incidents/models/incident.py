"""An incident. An Incident guards itself: what it refuses, no door can do."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from commandpost.incidents.errors import (
    ChecklistNotFound,
    IncidentNotActive,
    IncidentStillActive,
    ItemNotFound,
    StaleCommander,
    StaleTitle,
    TooManyItems,
)
from commandpost.incidents.models.checklist import Checklist, ChecklistItem, number
from commandpost.incidents.rules import NAME_MAX, moved, placed
from commandpost.kit.db import Base, id_type
from commandpost.kit.words import _
from commandpost.playbooks.rules import MAX_CHECKLISTS, MAX_ITEMS, Counts

SORTED = ("created_at", "ended_at", "name_folded", "commander_user_id")
FILTERED = ("is_active", "commander_user_id", "name_folded")


def _covering(name: str, *columns: str) -> Index:
    """Return an index that sorts by its last column and answers every filter from its own pages."""
    rest = (column for column in FILTERED if column not in columns)
    return Index(f"ix_incident_{name}_{columns[-1]}", *columns, "id", *rest)


class Incident(Base):
    """A running or ended incident; `version` grows with every change of it or of its items."""

    __tablename__ = "incident"
    __table_args__ = (
        UniqueConstraint("channel_id"),
        *(_covering("team", "team_id", column) for column in SORTED),
        *(_covering("all", column) for column in SORTED),
    )

    id: Mapped[str] = mapped_column(id_type(), primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    name_folded: Mapped[str] = mapped_column(String(256))
    team_id: Mapped[str] = mapped_column(id_type())
    channel_id: Mapped[str] = mapped_column(id_type())
    is_active: Mapped[bool] = mapped_column(default=True)
    commander_user_id: Mapped[str] = mapped_column(id_type())
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    post_id: Mapped[str] = mapped_column(String(64), default="")
    playbook_id: Mapped[str] = mapped_column(String(64), default="")
    version: Mapped[int] = mapped_column(default=1)

    checklists: Mapped[list[Checklist]] = relationship(order_by=Checklist.position, lazy="raise")
    items: Mapped[list[ChecklistItem]] = relationship(
        order_by=(ChecklistItem.checklist_id, ChecklistItem.position), lazy="raise"
    )

    def end(self, at: datetime) -> None:
        self._change()
        self.is_active, self.ended_at = False, at

    def restart(self) -> None:
        if self.is_active:
            raise IncidentStillActive
        self.is_active, self.ended_at = True, None
        self._change()

    def change_commander(self, user_id: str, *, was: str | None = None) -> bool:
        """Say whether this changed anything; `was` is whom the person saw in command."""
        self._must_be_active()
        if user_id == self.commander_user_id:
            return False
        if was not in {None, self.commander_user_id}:
            raise StaleCommander(yours=user_id, stored=self.commander_user_id)
        self._change()
        self.commander_user_id = user_id
        return True

    def add_item(self, checklist_id: str, *, item_id: str, title: str) -> ChecklistItem:
        checklist = self.checklist(checklist_id)
        self._change()
        if sum(item.removed_at is None for item in self.items) >= MAX_ITEMS:
            raise TooManyItems(MAX_ITEMS, _("items"))
        item = ChecklistItem(
            id=item_id,
            checklist_id=checklist.id,
            position=len(self.items_of(checklist.id)),
            title=title,
        )
        self.items.append(item)
        return item

    def rename_item(self, item_id: str, title: str, *, was: str | None = None) -> str | None:
        """Return the old title, or None when it is the same; `was` is what the person saw."""
        item = self.item(item_id)
        self._must_be_active()
        if item.title == title:
            return None
        if was not in {None, item.title}:
            raise StaleTitle(yours=title, stored=item.title)
        self._change()
        old, item.title = item.title, title
        return old

    def check_item(self, item_id: str, *, by: str, at: datetime) -> ChecklistItem | None:
        """Return the item, or None when it was checked already."""
        item = self.item(item_id)
        self._must_be_active()
        if item.checked:
            return None
        self._change()
        item.checked_at, item.checked_by = at, by
        return item

    def uncheck_item(self, item_id: str) -> ChecklistItem | None:
        """Return the item, or None when it was not checked."""
        item = self.item(item_id)
        self._must_be_active()
        if not item.checked:
            return None
        self._change()
        item.checked_at = item.checked_by = None
        return item

    def move_item(
        self, item_id: str, position: int | None, checklist_id: str | None = None
    ) -> ChecklistItem | None:
        """Return the item, or None when it stands there already."""
        item = self.item(item_id)
        target = self.checklist(checklist_id or item.checklist_id)
        self._must_be_active()
        before = self.items_of(target.id)
        after = moved(before, item, position)
        if after == before:
            return None
        self._change()
        source = [each for each in self.items_of(item.checklist_id) if each is not item]
        item.checklist_id = target.id
        number(source)
        number(after)
        return item

    def remove_item(self, item_id: str, *, at: datetime) -> ChecklistItem:
        item = self.item(item_id)
        self._change()
        item.removed_at = at
        number(self.items_of(item.checklist_id))
        return item

    def restore_item(self, item_id: str) -> ChecklistItem | None:
        """Put a removed item back where it was; return None when it is there."""
        item = next((each for each in self.items if each.id == item_id), None)
        if item is None:
            raise ItemNotFound
        self._must_be_active()
        if item.removed_at is None:
            return None
        order = self.items_of(self.checklist(item.checklist_id).id)
        self._change()
        item.removed_at = None
        number(placed(order, item, min(item.position, len(order))))
        return item

    def add_checklist(self, *, checklist_id: str, title: str) -> Checklist:
        self._change()
        order = self.shown_checklists()
        if len(order) >= MAX_CHECKLISTS:
            raise TooManyItems(MAX_CHECKLISTS, _("checklists"))
        checklist = Checklist(id=checklist_id, position=len(order), title=title)
        self.checklists.append(checklist)
        return checklist

    def rename_checklist(
        self, checklist_id: str, title: str, *, was: str | None = None
    ) -> str | None:
        """Return the old title, or None when it is the same; `was` is what the person saw."""
        checklist = self.checklist(checklist_id)
        self._must_be_active()
        if checklist.title == title:
            return None
        if was not in {None, checklist.title}:
            raise StaleTitle(yours=title, stored=checklist.title)
        self._change()
        old, checklist.title = checklist.title, title
        return old

    def remove_checklist(self, checklist_id: str, *, at: datetime) -> Checklist:
        checklist = self.checklist(checklist_id)
        self._change()
        checklist.removed_at = at
        number(self.shown_checklists())
        return checklist

    def restore_checklist(self, checklist_id: str) -> Checklist | None:
        """Put a removed checklist back with its items; return None when it is there."""
        checklist = next((each for each in self.checklists if each.id == checklist_id), None)
        if checklist is None:
            raise ChecklistNotFound
        self._must_be_active()
        if checklist.removed_at is None:
            return None
        order = self.shown_checklists()
        self._change()
        checklist.removed_at = None
        number(placed(order, checklist, min(checklist.position, len(order))))
        return checklist

    def change_access(self) -> None:
        """Count a change of who asks and who is inside, which ended incidents allow too."""
        self.version += 1

    def checklist(self, checklist_id: str) -> Checklist:
        """Return one that is shown, or refuse."""
        for checklist in self.checklists:
            if checklist.id == checklist_id and checklist.removed_at is None:
                return checklist
        raise ChecklistNotFound

    def item(self, item_id: str) -> ChecklistItem:
        """Return one that is shown, or refuse."""
        for item in self.items:
            if item.id == item_id and item.removed_at is None:
                self.checklist(item.checklist_id)
                return item
        raise ItemNotFound

    def shown_checklists(self) -> list[Checklist]:
        """Return the checklists in order, without removed ones."""
        shown = [each for each in self.checklists if each.removed_at is None]
        return sorted(shown, key=lambda each: each.position)

    def items_of(self, checklist_id: str) -> list[ChecklistItem]:
        """Return the items of a checklist in order, without removed ones."""
        shown = (i for i in self.items if i.checklist_id == checklist_id and i.removed_at is None)
        return sorted(shown, key=lambda item: item.position)

    def counts(self) -> Counts:
        """Return how many checklists and items are shown, as telemetry tells it."""
        shown = self.shown_checklists()
        return Counts(len(shown), sum(len(self.items_of(each.id)) for each in shown))

    def _must_be_active(self) -> None:
        if not self.is_active:
            raise IncidentNotActive(self.ended_at)

    def _change(self) -> None:
        self._must_be_active()
        self.version += 1
