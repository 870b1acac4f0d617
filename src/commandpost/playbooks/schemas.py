"""REST shapes of playbooks; `PUT` takes what `GET` gave."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from commandpost.playbooks.queries import StoredPlaybook
from commandpost.playbooks.rules import ChecklistDraft, ItemDraft

LOOSE_TEXT = 4096  # far over every limit: the rules answer with a better sentence
LOOSE_COUNT = 20_000
LOOSE_FILE = 1 << 20  # no request carries more


class ItemShape(BaseModel):
    """An item; in a template nothing is ever checked."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(default="", max_length=64)
    title: str = Field(max_length=LOOSE_TEXT, examples=["Page the on-call"])
    checked: Literal[False] = False
    checked_at: None = None
    checked_by: None = None


class ChecklistShape(BaseModel):
    """A checklist and its items, in order."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(default="", max_length=64)
    title: str = Field(max_length=LOOSE_TEXT, examples=["First fifteen minutes"])
    items: list[ItemShape] = Field(default=[], max_length=LOOSE_COUNT)


class NewPlaybook(BaseModel):
    """What POST /playbooks takes; ids are given by the server, sent ones are not kept."""

    model_config = ConfigDict(extra="forbid")

    team_id: str = Field(max_length=64)
    title: str = Field(max_length=LOOSE_TEXT, examples=["Service outage"])
    checklists: list[ChecklistShape] = Field(default=[], max_length=LOOSE_COUNT)


class NewFile(BaseModel):
    """What POST /playbooks/import takes: the text of an exported file."""

    model_config = ConfigDict(extra="forbid")

    team_id: str = Field(max_length=64)
    file: str = Field(
        max_length=LOOSE_FILE, examples=["format: commandpost playbook 1\ntitle: Service outage\n"]
    )


class PlaybookChange(BaseModel):
    """What PUT /playbooks/{id} takes: all of it. Without `version` the last save wins."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(default="", max_length=64)
    team_id: str = Field(default="", max_length=64)
    title: str = Field(max_length=LOOSE_TEXT)
    version: int | None = Field(default=None, ge=1)
    checklists: list[ChecklistShape] = Field(max_length=LOOSE_COUNT)


class PlaybookShape(BaseModel):
    """A playbook as it is answered."""

    id: str
    title: str
    team_id: str
    version: int
    checklists: list[ChecklistShape]


class PlaybookList(BaseModel):
    """One page of a team's playbooks."""

    items: list[PlaybookShape]
    total_count: int
    page_count: int
    has_more: bool


def drafts_of(checklists: list[ChecklistShape]) -> tuple[ChecklistDraft, ...]:
    """Return sent checklists as drafts."""
    return tuple(
        ChecklistDraft(
            title=checklist.title,
            items=tuple(ItemDraft(item.title, item.id) for item in checklist.items),
            id=checklist.id,
        )
        for checklist in checklists
    )


def shape_of(playbook: StoredPlaybook) -> PlaybookShape:
    """Return a playbook as it is answered."""
    return PlaybookShape(
        id=playbook.id,
        title=playbook.title,
        team_id=playbook.team_id,
        version=playbook.version,
        checklists=[
            ChecklistShape(
                id=checklist.id,
                title=checklist.title,
                items=[ItemShape(id=item.id, title=item.title) for item in checklist.items],
            )
            for checklist in playbook.checklists
        ],
    )
