"""Pure rules of the chat: names, addresses, who may read, whom a message names."""

import re
import unicodedata
from collections.abc import Iterable

from commandpost.kit.text import cleaned
from commandpost.kit.words import _

SHORTEST_NAME = 2
LONGEST_NAME = 64
LONGEST_SLUG = 64
SUFFIX_LENGTH = 4
LONGEST_MESSAGE = 16_000
LARGEST_GROUP = 8

TOWN_SQUARE = "town-square"
TOWN_SQUARE_NAME = "Town Square"
EVERYBODY = frozenset({"all", "channel", "here"})

MENTION = re.compile(r"(?<![\w@/.])@([\w][\w.-]*)")
CODE = re.compile(
    r"(?m)^ {0,3}(```+|~~~+)[\s\S]*?(?:^ {0,3}\1|\Z)"  # fenced, else to the end of the text
    r"|(?<!`)(`+)(?!`)(?:[^`\n]|\n(?!\s*\n))*?\2(?!`)"  # within a paragraph, by whole runs
)
BEHIND_A_NAME = ".-_"  # and not of it: a sentence ends there
CHANNEL_LINK = re.compile(r"(?<![\w~/.])~([\w][\w-]*)")


def clean_name(display_name: str) -> str:
    """Return a name in one line, without invisible characters, or "" when it can't be one."""
    name = cleaned(display_name)
    fits = SHORTEST_NAME <= len(name) <= LONGEST_NAME and any(c.isalnum() for c in name)
    return name if fits else ""


def slug(display_name: str, *, fallback: str) -> str:
    """Return the address of a channel: letters and digits of any script, joined by hyphens.

    `fallback` is taken when nothing is left.
    """
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", display_name).casefold())
    kept = "".join(c if _is_in_slug(c) else "-" for c in text)
    made = "-".join(part for part in kept.split("-") if part)[:LONGEST_SLUG].strip("-")
    return made if any(c.isalnum() for c in made) else fallback


def _is_in_slug(character: str) -> bool:
    # Marks (category M) carry the vowels of Devanagari, Thai, Arabic.
    return character.isalnum() or unicodedata.category(character).startswith("M")


def slug_with_suffix(taken: str, suffix: str) -> str:
    """Return another slug for a name that is taken: cut to 59 characters, a hyphen, a suffix."""
    return f"{taken[: LONGEST_SLUG - SUFFIX_LENGTH - 1].rstrip('-')}-{suffix[:SUFFIX_LENGTH]}"


def without_code(message: str) -> str:
    """Return a message without what it shows as code, in which no name is meant."""
    return CODE.sub(" ", message)


def names_mentioned(message: str) -> frozenset[str]:
    """Return the user names that a message may mention, case folded, without the @."""
    said = without_code(message)
    return frozenset(m.group(1).rstrip(BEHIND_A_NAME).casefold() for m in MENTION.finditer(said))


def slugs_named(message: str) -> frozenset[str]:
    """Return the channel addresses that a message may name, without the ~."""
    return frozenset(
        m.group(1).rstrip(BEHIND_A_NAME).casefold() for m in CHANNEL_LINK.finditer(message)
    )


def may_read(*, kind: str, is_member: bool, is_team_member: bool, is_admin: bool) -> bool:
    """Return whether somebody may read a channel.

    Members read; team mates read public channels; administrators all but other people's
    conversations.
    """
    if is_member:
        return True
    if kind == "public":
        return is_team_member or is_admin
    return kind == "private" and is_admin


def conversation_title(names: Iterable[str]) -> str:
    """Return what a direct or group message is called: the names of the others."""
    return ", ".join(sorted(names)) or _("Notes to yourself")
