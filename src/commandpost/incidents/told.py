"""The timeline in words."""

from collections import defaultdict
from collections.abc import Mapping

from commandpost.incidents.rules import Happening
from commandpost.kit.words import N_, gettext

SENTENCES: dict[Happening, str] = {
    Happening.STARTED: N_("started the incident"),
    Happening.ENDED: N_("ended the incident"),
    Happening.RESTARTED: N_("restarted the incident"),
    Happening.COMMANDER_CHANGED: N_("changed the commander from @%(was)s to @%(now)s"),
    Happening.ITEM_ADDED: N_("added “%(title)s”"),
    Happening.ITEM_RENAMED: N_("renamed “%(was)s” to “%(title)s”"),
    Happening.ITEM_MOVED: N_("moved “%(title)s” in “%(checklist)s”"),
    Happening.ITEM_MOVED_OVER: N_("moved “%(title)s” from “%(was)s” to “%(checklist)s”"),
    Happening.ITEM_CHECKED: N_("checked “%(title)s”"),
    Happening.ITEM_UNCHECKED: N_("unchecked “%(title)s”"),
    Happening.ITEM_REMOVED: N_("removed “%(title)s”"),
    Happening.ITEM_RESTORED: N_("restored “%(title)s”"),
    Happening.CHECKLIST_ADDED: N_("added the checklist “%(title)s”"),
    Happening.CHECKLIST_RENAMED: N_("renamed the checklist “%(was)s” to “%(title)s”"),
    Happening.CHECKLIST_REMOVED: N_("removed the checklist “%(title)s”"),
    Happening.CHECKLIST_RESTORED: N_("restored the checklist “%(title)s”"),
    Happening.ACCESS_ASKED: N_("asked to be let in"),
    Happening.ACCESS_GIVEN: N_("let @%(who)s in"),
}


def told(kind: Happening, detail: Mapping[str, str]) -> str:
    """Return what somebody did, to be read behind their name."""
    return gettext(SENTENCES[kind]) % defaultdict(str, detail)
