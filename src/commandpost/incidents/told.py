"""The timeline in words."""

from collections import defaultdict
from collections.abc import Mapping

from commandpost.incidents.rules import Happening

SENTENCES: dict[Happening, str] = {
    Happening.STARTED: "started the incident",
    Happening.ENDED: "ended the incident",
    Happening.RESTARTED: "restarted the incident",
    Happening.COMMANDER_CHANGED: "changed the commander from @{was} to @{now}",
    Happening.ITEM_ADDED: "added “{title}”",
    Happening.ITEM_RENAMED: "renamed “{was}” to “{title}”",
    Happening.ITEM_MOVED: "moved “{title}” in “{checklist}”",
    Happening.ITEM_CHECKED: "checked “{title}”",
    Happening.ITEM_UNCHECKED: "unchecked “{title}”",
    Happening.ITEM_REMOVED: "removed “{title}”",
    Happening.ITEM_RESTORED: "restored “{title}”",
    Happening.CHECKLIST_ADDED: "added the checklist “{title}”",
    Happening.CHECKLIST_RENAMED: "renamed the checklist “{was}” to “{title}”",
    Happening.CHECKLIST_REMOVED: "removed the checklist “{title}”",
    Happening.CHECKLIST_RESTORED: "restored the checklist “{title}”",
    Happening.ACCESS_ASKED: "asked to be let in",
    Happening.ACCESS_GIVEN: "let @{who} in",
}


def told(kind: Happening, detail: Mapping[str, str]) -> str:
    """Return what somebody did, to be read behind their name."""
    return SENTENCES[kind].format_map(defaultdict(str, detail))
