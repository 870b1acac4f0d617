"""What checklists, their items and titles may be; pure, used by playbooks and incidents."""

from collections.abc import Sequence
from dataclasses import dataclass

from commandpost.kit.text import cleaned, is_blank
from commandpost.kit.words import _, number
from commandpost.playbooks.errors import TextRefused, TooMuch

TITLE_MAX = 128
ITEM_MAX = 256
MAX_CHECKLISTS = 50
MAX_ITEMS = 1000

DEFAULT_CHECKLIST = "Checklist"


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """An item as somebody wants it; without an id it is new."""

    title: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class ChecklistDraft:
    """A checklist as somebody wants it; without an id it is new."""

    title: str
    items: tuple[ItemDraft, ...] = ()
    id: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many checklists and items, as telemetry tells it."""

    checklists: int
    items: int


def titled(text: str, *, what: str, longest: int, field: str = "title") -> str:
    """Return a title as it is kept, or refuse it with a sentence that names what it is for."""
    title = cleaned(text)
    if is_blank(title):
        raise TextRefused(
            _("%(what)s needs a title that can be read. Write one.", what=what), field=field
        )
    if len(title) > longest:
        raise TextRefused(
            _(
                "%(what)s has a title of %(count)s characters. Shorten it to %(longest)s.",
                what=what,
                count=len(title),
                longest=longest,
            ),
            field=field,
        )
    return title


def item_title(text: str, *, field: str = "title") -> str:
    """Return the title of a checklist item as it is kept."""
    return titled(text, what=_("A checklist item"), longest=ITEM_MAX, field=field)


def checklist_title(text: str, *, field: str = "title") -> str:
    """Return the title of a checklist as it is kept."""
    return titled(text, what=_("A checklist"), longest=TITLE_MAX, field=field)


def playbook_title(text: str) -> str:
    """Return the title of a playbook as it is kept."""
    return titled(text, what=_("A playbook"), longest=TITLE_MAX)


def copy_title(title: str) -> str:
    """Return the title of a duplicate, cut where it would be too long."""
    ending = " (copy)"
    return title[: TITLE_MAX - len(ending)].rstrip() + ending


def drafted(checklists: Sequence[ChecklistDraft]) -> tuple[ChecklistDraft, ...]:
    """Return checklists with titles as they are kept, or refuse the first that can't be."""
    not_too_many(checklists)
    return tuple(
        ChecklistDraft(
            title=checklist_title(checklist.title, field=f"checklists.{c}.title"),
            items=tuple(
                ItemDraft(item_title(item.title, field=f"checklists.{c}.items.{i}.title"), item.id)
                for i, item in enumerate(checklist.items)
            ),
            id=checklist.id,
        )
        for c, checklist in enumerate(checklists)
    )


def not_too_many(checklists: Sequence[ChecklistDraft]) -> None:
    """Refuse more checklists or items than a page and a person can take in."""
    if len(checklists) > MAX_CHECKLISTS:
        raise TooMuch(
            _(
                "That is %(count)s checklists; %(max_checklists)s are the most. Nothing "
                "was saved. Put some together.",
                count=number(len(checklists)),
                max_checklists=MAX_CHECKLISTS,
            ),
            field="checklists",
        )
    items = counted(checklists).items
    if items > MAX_ITEMS:
        raise TooMuch(
            _(
                "That is %(items)s items; %(max_items)s are the most. Nothing was saved. "
                "Split it into several playbooks.",
                items=number(items),
                max_items=number(MAX_ITEMS),
            ),
            field="checklists",
        )


def counted(checklists: Sequence[ChecklistDraft]) -> Counts:
    """Return how many checklists and items there are."""
    return Counts(len(checklists), sum(len(checklist.items) for checklist in checklists))
