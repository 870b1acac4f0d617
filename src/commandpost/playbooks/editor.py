"""The form of a playbook: what it sends, as a draft, and what its buttons do to the draft."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from commandpost.playbooks.rules import DEFAULT_CHECKLIST, ChecklistDraft, ItemDraft

T = TypeVar("T", bound="HasId")
Lists = tuple[ChecklistDraft, ...]


class HasId(Protocol):
    """A checklist or an item."""

    @property
    def id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Draft:
    """A playbook as it stands in the form; `version` is the one that was opened, 0 a new one."""

    title: str
    checklists: Lists
    version: int = 0


def new_draft(new_id: Callable[[], str]) -> Draft:
    """Return what the form of a new playbook begins with."""
    checklist = ChecklistDraft(DEFAULT_CHECKLIST, (ItemDraft("", new_id()),), new_id())
    return Draft("", (checklist,))


def read_draft(fields: Iterable[tuple[str, str]]) -> Draft:
    """Return what a form sent. Fields come in the order of the page: dragging needs no more.

    `checklist` (an id, or nothing) opens a checklist, `item` an item of it; their titles follow.
    """
    draft = Draft("", ())
    for name, value in fields:
        draft = _READERS.get(name, _ignore)(draft, value)
    return draft


def _ignore(draft: Draft, value: str) -> Draft:
    del value
    return draft


def _read_title(draft: Draft, value: str) -> Draft:
    return replace(draft, title=value)


def _read_version(draft: Draft, value: str) -> Draft:
    is_number = value.isascii() and value.isdigit() and len(value) < len("1000000000")
    return replace(draft, version=int(value) if is_number else 0)


def _read_checklist(draft: Draft, value: str) -> Draft:
    return replace(draft, checklists=(*draft.checklists, ChecklistDraft("", (), value)))


def _read_checklist_title(draft: Draft, value: str) -> Draft:
    return _with_last(draft, lambda last: replace(last, title=value))


def _read_item(draft: Draft, value: str) -> Draft:
    return _with_last(draft, lambda last: replace(last, items=(*last.items, ItemDraft("", value))))


def _read_item_title(draft: Draft, value: str) -> Draft:
    return _with_last(draft, lambda last: replace(last, items=_titled_last(last.items, value)))


def _titled_last(items: tuple[ItemDraft, ...], title: str) -> tuple[ItemDraft, ...]:
    return (*items[:-1], replace(items[-1], title=title)) if items else ()


def _with_last(draft: Draft, change: Callable[[ChecklistDraft], ChecklistDraft]) -> Draft:
    if not draft.checklists:
        return draft
    *before, last = draft.checklists
    return replace(draft, checklists=(*before, change(last)))


_READERS: dict[str, Callable[[Draft, str], Draft]] = {
    "title": _read_title,
    "version": _read_version,
    "checklist": _read_checklist,
    "checklist_title": _read_checklist_title,
    "item": _read_item,
    "item_title": _read_item_title,
}


def changed(draft: Draft, button: str, new_id: Callable[[], str]) -> Draft:
    """Return the draft after a button such as `add-item:<id>` or `up:<id>`.

    Buttons name what they change by its id, which holds however the lists were dragged meanwhile;
    new things get an id for as long as they are edited. Unknown buttons do nothing.
    """
    verb, _, key = button.partition(":")
    if verb == "add-checklist":
        return replace(draft, checklists=(*draft.checklists, ChecklistDraft("", (), new_id())))
    if verb == "add-item":
        added = ItemDraft("", new_id())
        lists = tuple(
            replace(each, items=(*each.items, added)) if each.id == key else each
            for each in draft.checklists
        )
        return replace(draft, checklists=lists)
    lists = tuple(
        replace(each, items=_shuffled(each.items, verb, key)) for each in draft.checklists
    )
    return replace(draft, checklists=_shuffled(lists, verb, key))


def _shuffled(order: tuple[T, ...], verb: str, key: str) -> tuple[T, ...]:
    """Return the order with the thing of that id removed, or put where the verb says."""
    at = next((place for place, each in enumerate(order) if each.id == key), -1)
    places = {"up": max(0, at - 1), "down": at + 1, "start": 0, "end": len(order)}
    if at < 0 or verb not in {*places, "remove"}:
        return order
    rest = [*order[:at], *order[at + 1 :]]
    if verb != "remove":
        rest.insert(places[verb], order[at])
    return tuple(rest)


def without_blanks(draft: Draft) -> Draft:
    """Return the draft without items that nobody filled in."""
    return replace(
        draft,
        checklists=tuple(
            replace(each, items=tuple(item for item in each.items if item.title.strip()))
            for each in draft.checklists
        ),
    )
