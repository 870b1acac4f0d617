"""REST shapes of incidents."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from commandpost.incidents.rules import Order, Sort, Status
from commandpost.kit.paging import DEFAULT_PER_PAGE, MAX_PER_PAGE

LOOSE_TEXT = 4096  # far over every limit: the rules answer with a better sentence
ID = 64


class NewIncident(BaseModel):
    """What POST /incidents takes."""

    model_config = ConfigDict(extra="forbid")

    team_id: str = Field(max_length=ID)
    name: str = Field(max_length=LOOSE_TEXT, examples=["Checkout is slow"])
    playbook_id: str | None = Field(default=None, max_length=ID)
    post_id: str | None = Field(default=None, max_length=ID)


class IncidentQuery(BaseModel):
    """What GET /incidents can be asked; anything else is refused."""

    model_config = ConfigDict(extra="forbid")

    team_id: str = Field(default="", max_length=ID)
    page: int = Field(default=0, ge=0, le=1_000_000)
    per_page: int = Field(default=DEFAULT_PER_PAGE, ge=1, le=MAX_PER_PAGE)
    sort: Literal[Sort.ID, Sort.NAME, Sort.COMMANDER, Sort.TEAM, Sort.CREATED, Sort.ENDED] = (
        Sort.CREATED
    )
    order: Order = Order.DESCENDING
    status: Status | None = None
    commander_user_id: str = Field(default="", max_length=ID)
    search_term: str = Field(default="", max_length=256)


class CommanderChange(BaseModel):
    """What POST …/commander takes; with `was`, a commander changed meanwhile is refused."""

    model_config = ConfigDict(extra="forbid")

    user_id: str = Field(max_length=ID)
    was: str | None = Field(default=None, max_length=ID)


class NewMember(BaseModel):
    """What POST …/members takes."""

    model_config = ConfigDict(extra="forbid")

    user_id: str = Field(max_length=ID)


class MemberShape(BaseModel):
    """Somebody who asks to come in."""

    user_id: str
    username: str


class MemberList(BaseModel):
    """Everybody who asks to come in."""

    items: list[MemberShape]
    total_count: int
    page_count: int
    has_more: bool


class NewItem(BaseModel):
    """What POST …/items takes."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(max_length=LOOSE_TEXT, examples=["Page the on-call"])


class ItemChange(BaseModel):
    """What PATCH …/items/{item_id} takes; with `was`, a title changed meanwhile is refused."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(max_length=LOOSE_TEXT)
    was: str | None = Field(default=None, max_length=LOOSE_TEXT)


class ItemMove(BaseModel):
    """What POST …/move takes: where the item shall stand, counted from 0."""

    model_config = ConfigDict(extra="forbid")

    position: int = Field(ge=0, le=1_000_000)
    checklist_id: str | None = Field(default=None, max_length=ID)


class ChecklistChange(BaseModel):
    """What PATCH …/checklists/{checklist_id} takes; `was` as with items."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(max_length=LOOSE_TEXT)
    was: str | None = Field(default=None, max_length=LOOSE_TEXT)


class RemovedShape(BaseModel):
    """An item or a whole checklist that was removed and can be restored."""

    id: str
    title: str
    removed_at: datetime
    checklist_id: str
    is_checklist: bool


class RemovedList(BaseModel):
    """Everything that was removed, the last first."""

    items: list[RemovedShape]
    total_count: int
    page_count: int
    has_more: bool


class NewChecklist(BaseModel):
    """What POST …/checklists takes."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(max_length=LOOSE_TEXT, examples=["Afterwards"])


class ItemShape(BaseModel):
    """A checklist item as it is answered."""

    id: str
    title: str
    checked: bool
    checked_at: datetime | None
    checked_by: str | None


class ChecklistShape(BaseModel):
    """A checklist as it is answered."""

    id: str
    title: str
    items: list[ItemShape]


class IncidentHeader(BaseModel):
    """An incident in a list."""

    id: str
    name: str
    team_id: str
    is_active: bool
    commander_user_id: str
    created_at: datetime
    ended_at: datetime | None
    channel_ids: list[str]
    post_id: str


class IncidentShape(IncidentHeader):
    """One incident as it is answered."""

    checklists: list[ChecklistShape]


class IncidentDetails(IncidentShape):
    """What only people in the channel are answered."""

    channel_name: str
    channel_display_name: str
    team_name: str
    num_members: int
    total_posts: int


class IncidentList(BaseModel):
    """One page of incidents."""

    items: list[IncidentShape]
    total_count: int
    page_count: int
    has_more: bool


class CommanderShape(BaseModel):
    """Who commands or commanded an incident."""

    user_id: str
    username: str


class CommanderList(BaseModel):
    """Every commander of a team, by user name."""

    items: list[CommanderShape]
    total_count: int
    page_count: int
    has_more: bool
