"""What is true of incidents whatever stores and shows them; values in, values out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from commandpost.incidents.errors import NameRefused, PositionRefused
from commandpost.kit.text import cleaned
from commandpost.kit.words import _

T = TypeVar("T")

NAME_MIN = 2
NAME_MAX = 64
MOST_READ = 500  # characters of a line, to make a name of it
MEANT = re.compile(r"[\\`*_\[\]<&]")  # by Markdown within a line
NAMES = str.maketrans({"@": "&#64;", "~": "&#126;"})  # each begins a name
MARKS = re.compile(r"^\s*(?:[>#*+-]+\s+|\d+[.)]\s+)+|[*`~|]+|(?<!\w)_+|_+(?!\w)")  # of Markdown


class Status(StrEnum):
    """The filter of lists."""

    ACTIVE = "active"
    ENDED = "ended"


class Sort(StrEnum):
    """By what a list can be sorted."""

    ID = "id"
    NAME = "name"
    COMMANDER = "commander_user_id"
    TEAM = "team_id"
    CREATED = "created_at"
    ENDED = "ended_at"
    STATUS = "is_active"  # of the pages alone; REST has the six above


class Order(StrEnum):
    """Which way a list is sorted."""

    ASCENDING = "asc"
    DESCENDING = "desc"


class Happening(StrEnum):
    """What the timeline tells."""

    STARTED = "started"
    ENDED = "ended"
    RESTARTED = "restarted"
    COMMANDER_CHANGED = "commander_changed"
    ITEM_ADDED = "item_added"
    ITEM_RENAMED = "item_renamed"
    ITEM_MOVED = "item_moved"
    ITEM_MOVED_OVER = "item_moved_over"
    ITEM_CHECKED = "item_checked"
    ITEM_UNCHECKED = "item_unchecked"
    ITEM_REMOVED = "item_removed"
    ITEM_RESTORED = "item_restored"
    CHECKLIST_ADDED = "checklist_added"
    CHECKLIST_RENAMED = "checklist_renamed"
    CHECKLIST_REMOVED = "checklist_removed"
    CHECKLIST_RESTORED = "checklist_restored"
    ACCESS_ASKED = "access_asked"
    ACCESS_GIVEN = "access_given"


def incident_name(text: str) -> str:
    """Return the name as it is kept: 2 to 64 characters of any script, not symbols alone."""
    name = cleaned(text)
    if len(name) < NAME_MIN:
        raise NameRefused(
            _(
                "An incident's name needs at least %(name_min)s characters that can be read. "
                "Nothing was started; write a longer one.",
                name_min=NAME_MIN,
            )
        )
    if len(name) > NAME_MAX:
        raise NameRefused(
            _(
                "This name has %(count)s characters; %(name_max)s are the most. "
                "Nothing was started; shorten it.",
                count=len(name),
                name_max=NAME_MAX,
            )
        )
    if not any(character.isalnum() for character in name):
        raise NameRefused(
            _(
                "An incident's name needs a letter or a digit; this one is only symbols. "
                "Nothing was started; say what is wrong in a word or two."
            )
        )
    return name


def name_of(message: str) -> str:
    """Return what an incident that starts from a message may be called: its first line, cut."""
    lines = (cleaned(MARKS.sub("", line[:MOST_READ])) for line in message.split("\n"))
    first = next((line for line in lines if any(c.isalnum() for c in line)), "")
    if len(first) <= NAME_MAX:
        return first
    kept = first[: NAME_MAX - 1]
    return (kept.rpartition(" ")[0] or kept).rstrip(" ,.;:") + "…"


def moved(order: Sequence[T], thing: T, position: int | None) -> list[T]:
    """Return the order with `thing` taken out and put back so that it stands at `position`.

    Without a position it stands at the end.
    """
    rest = [each for each in order if each is not thing]
    return placed(rest, thing, len(rest) if position is None else position)


def placed(order: Sequence[T], thing: T, position: int) -> list[T]:
    """Return the order with `thing` put in so that it stands at `position`."""
    if not 0 <= position <= len(order):
        raise PositionRefused(position, len(order))
    return [*order[:position], thing, *order[position:]]


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a sorted list to read, counted from its nearer end."""

    limit: int
    offset: int
    from_end: bool = False


def window(offset: int, per_page: int, total: int) -> Window:
    """Return how to read a page with the fewest steps: late pages are read backwards."""
    limit = max(0, min(per_page, total - offset))
    if limit and offset > total // 2:
        return Window(limit, total - offset - limit, from_end=True)
    return Window(limit, offset if limit else 0)


def millis(moment: datetime) -> int:
    """Return Unix milliseconds, the form of times in telemetry."""
    return int(moment.timestamp() * 1000)


def quoted(markdown: str) -> str:
    """Return a message as a quotation, every line of it."""
    return "\n".join(f"> {line}" for line in markdown.split("\n"))


def as_typed(text: str) -> str:
    """Return one line as Markdown that shows it as it was typed, and names nobody."""
    return MEANT.sub(r"\\\g<0>", text).translate(NAMES)
