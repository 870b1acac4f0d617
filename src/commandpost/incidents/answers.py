"""The REST answers of incidents in the form that is written fast: values, no models."""

from datetime import datetime

import msgspec

from commandpost.incidents.queries.one import ChecklistValue, Header


class IncidentJson(msgspec.Struct, frozen=True):
    """The same as schemas.IncidentShape, in the form that is written fast."""

    id: str
    name: str
    team_id: str
    is_active: bool
    commander_user_id: str
    created_at: datetime
    ended_at: datetime | None
    channel_ids: tuple[str, ...]
    post_id: str
    checklists: list[ChecklistValue]


class DetailsJson(IncidentJson, frozen=True):
    """The same as schemas.IncidentDetails, in the form that is written fast."""

    channel_name: str
    channel_display_name: str
    team_name: str
    num_members: int
    total_posts: int


class ListJson(msgspec.Struct, frozen=True):
    """The same as schemas.IncidentList, in the form that is written fast."""

    items: list[IncidentJson]
    total_count: int
    page_count: int
    has_more: bool


def json_of(header: Header, checklists: list[ChecklistValue]) -> IncidentJson:
    """Return an incident as it is answered."""
    return IncidentJson(
        id=header.id,
        name=header.name,
        team_id=header.team_id,
        is_active=header.is_active,
        commander_user_id=header.commander_user_id,
        created_at=header.created_at,
        ended_at=header.ended_at,
        channel_ids=(header.channel_id,),
        post_id=header.post_id,
        checklists=checklists,
    )
