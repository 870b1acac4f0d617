"""What the REST routes of accounts take and answer."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """Read from the attributes of what a query returned."""

    model_config = ConfigDict(from_attributes=True)


class UserAnswer(Answer):
    """A person, as everybody who shares a team with them sees them."""

    id: str
    username: str
    display_name: str


class MeAnswer(UserAnswer):
    """Oneself."""

    is_admin: bool


class TeamAnswer(Answer):
    """A team."""

    id: str
    name: str = Field(description="Short name, fit for addresses.")
    display_name: str
    created_at: datetime


class TeamList(BaseModel):
    """A page of teams."""

    items: list[TeamAnswer]
    total_count: int
    page_count: int
    has_more: bool
