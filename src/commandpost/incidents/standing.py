"""How an incident stands, in words."""

from collections.abc import Sequence
from datetime import datetime

from commandpost.chat.platform import Person
from commandpost.incidents.queries.one import ChecklistValue, Header
from commandpost.incidents.rules import as_typed
from commandpost.kit.words import _, plural
from commandpost.ui.formats import duration


def standing(
    header: Header, person: Person | None, checklists: Sequence[ChecklistValue], *, at: datetime
) -> str:
    """Return as Markdown what the incident is called, how long it lasts, what is checked."""
    until = header.ended_at or at
    first = _(
        "**%(name)s**: %(state)s, %(lasted)s. Commander: %(whose)s.",
        name=as_typed(header.name),
        state=_("ongoing") if header.is_active else _("ended"),
        lasted=duration((until - header.created_at).total_seconds()),
        whose=f"@{person.username}" if person else _("unknown"),
    )
    return "\n".join([first, *_listed(checklists)])


def left_open(checklists: Sequence[ChecklistValue]) -> str:
    """Return how many items are not checked, for whoever is about to end it; or nothing."""
    num = sum(len(checklist.items) - checklist.done for checklist in checklists)
    return (
        plural("%(num)s item is not checked.", "%(num)s items are not checked.", num) if num else ""
    )


def _listed(checklists: Sequence[ChecklistValue]) -> list[str]:
    lines: list[str] = []
    number = 0
    for checklist in checklists:
        done = _("%(done)s of %(total)s", done=checklist.done, total=len(checklist.items))
        lines += ["", f"**{as_typed(checklist.title)}** ({done})"]
        lines += [""] if checklist.items else []
        for item in checklist.items:
            number += 1
            mark = "☑" if item.checked else "☐"
            lines.append(f"- {number}\\. {mark} {as_typed(item.title)}")
    return lines
