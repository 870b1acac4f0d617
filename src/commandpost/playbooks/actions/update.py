"""Save a playbook as somebody edited it; incidents already started keep what they have."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.kit.clock import now
from commandpost.kit.db import tell
from commandpost.kit.ids import new_id
from commandpost.playbooks.errors import StalePlaybook
from commandpost.playbooks.models import Playbook
from commandpost.playbooks.queries import get_playbook_for_update
from commandpost.playbooks.rules import ChecklistDraft, drafted, playbook_title
from commandpost.telemetry.record import record
from commandpost_telemetry.catalogue.playbook import UpdatePlaybook


def update_playbook(
    session: Session,
    actor: Actor,
    playbook_id: str,
    *,
    title: str,
    checklists: Sequence[ChecklistDraft],
    version: int | None = None,
) -> None:
    """Replace all of it; with `version`, only if nobody saved another one meanwhile."""
    playbook = get_playbook_for_update(session, actor, playbook_id)
    wanted, kept = playbook_title(title), drafted(checklists)
    if _is_same(playbook, wanted, kept):  # also when the answer to the first try was lost
        return
    if version is not None and version != playbook.version:
        raise StalePlaybook(
            yours=readable(wanted, kept, version),
            stored=readable(playbook.title, playbook.drafts(), playbook.version),
        )
    playbook.replace(title=wanted, checklists=kept, at=now(), new_id=new_id)
    counts = playbook.counts()
    record(
        session,
        UpdatePlaybook(
            playbook_id=playbook.id,
            team_id=playbook.team_id,
            num_checklists=counts.checklists,
            total_checklist_items=counts.items,
        ),
    )
    tell(session, f"team:{playbook.team_id}:playbooks")


def readable(title: str, checklists: Sequence[ChecklistDraft], version: int) -> dict[str, object]:
    """Return a version of a playbook as a refusal shows it."""
    return {
        "version": version,
        "title": title,
        "checklists": [
            {
                "id": checklist.id,
                "title": checklist.title,
                "items": [{"id": item.id, "title": item.title} for item in checklist.items],
            }
            for checklist in checklists
        ],
    }


def _is_same(playbook: Playbook, title: str, checklists: Sequence[ChecklistDraft]) -> bool:
    """Compare what is read: what was saved as new has its ids by now."""
    return playbook.title == title and _texts(playbook.drafts()) == _texts(checklists)


def _texts(checklists: Sequence[ChecklistDraft]) -> list[tuple[str, list[str]]]:
    return [(each.title, [item.title for item in each.items]) for each in checklists]
