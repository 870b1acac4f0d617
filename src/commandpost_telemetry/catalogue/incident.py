"""Events of an incident as a whole: it was started, it was ended."""

from typing import Annotated

from commandpost_telemetry.catalogue.event import Event, constant, event
from commandpost_telemetry.catalogue.field import (
    Count,
    Flag,
    Id,
    IdList,
    Millis,
    OptionalId,
    Sensitivity,
    Unit,
    Wire,
)

OWNER = "incident response"

# `ID` is the name of the public page; the warehouse reserves it, hence the second name.
IncidentId = Annotated[
    Id,
    Wire(
        names=("ID", "IncidentID"),
        says="unique identifier of the incident",
        sensitivity=Sensitivity.THING,
        example="4ihn7q5s1bdo8gcmkpzy9uexaw",
    ),
]
TeamId = Annotated[
    Id,
    Wire(
        names=("TeamID",),
        says="unique identifier of the team where the incident channel is created",
        sensitivity=Sensitivity.THING,
        example="t6w1k9mzc3bspx8fyodqh7ur5e",
    ),
]
CreatedAt = Annotated[
    Millis,
    Wire(
        names=("CreatedAt",),
        says="timestamp of the incident creation",
        sensitivity=Sensitivity.USAGE,
        example=1606202096123,
        unit=Unit.MILLISECONDS,
    ),
]
ChannelIds = Annotated[
    IdList,
    Wire(
        names=("ChannelIDs",),
        says="a list containing a single element, the channel created along with the incident",
        sensitivity=Sensitivity.THING,
        example=("c9x2rk7mwzq4bn6ysdf1hgo8ea",),
    ),
]
PostId = Annotated[
    OptionalId,
    Wire(
        names=("PostID",),
        says="unique identifier of the post the incident was started from; empty if there is none",
        sensitivity=Sensitivity.THING,
        example="",
    ),
]
NumChecklists = Annotated[
    Count,
    Wire(
        names=("NumChecklists",),
        says="number of checklists of the incident",
        sensitivity=Sensitivity.USAGE,
        example=1,
        unit=Unit.CHECKLISTS,
    ),
]


@event(
    label="Incident created",
    triggers=(
        "Any user sends the /incident start command and creates an incident.",
        (
            "Any user clicks on the + button on the incident list view, in the sidebar, and "
            "creates an incident."
        ),
        (
            "Any user clicks on the drop-down menu of any post, clicks on the Start incident "
            "option and creates an incident."
        ),
        "Any user creates an incident through the REST API.",
    ),
    purpose="How often incidents are started, from where, and with how much of a checklist.",
    owner=OWNER,
    since="0.4.0",
)
class CreateIncident(Event):
    """An incident was started: its channel exists and its commander is at work."""

    incident_id: IncidentId
    is_active: Annotated[
        Flag,
        Wire(
            names=("IsActive",),
            says="whether the incident is active; always true",
            sensitivity=Sensitivity.USAGE,
            example=True,
        ),
    ] = constant(value=True)
    commander_user_id: Annotated[
        Id,
        Wire(
            names=("CommanderUserID",),
            says="unique identifier of the commander of the incident; the user that created it",
            sensitivity=Sensitivity.PERSON,
            example="u3f8zq1xk5wcmh9rybn7tgdo2s",
        ),
    ]
    team_id: TeamId
    created_at: CreatedAt
    channel_ids: ChannelIds
    post_id: PostId
    num_checklists: NumChecklists
    total_checklist_items: Annotated[
        Count,
        Wire(
            names=("TotalChecklistItems",),
            says="number of checklist items this incident starts with",
            sensitivity=Sensitivity.USAGE,
            example=0,
            unit=Unit.ITEMS,
        ),
    ]


@event(
    label="Incident finished",
    triggers=(
        "Any user sends the /incident end command and confirms.",
        "Any user clicks on the End incident button in the incident details view, in the sidebar.",
        "Any user ends an incident through the REST API.",
    ),
    purpose="How long incidents last, and how many of them are ended at all.",
    owner=OWNER,
    since="0.4.0",
)
class EndIncident(Event):
    """A running incident was ended."""

    incident_id: IncidentId
    is_active: Annotated[
        Flag,
        Wire(
            names=("IsActive",),
            says="whether the incident is active; always false",
            sensitivity=Sensitivity.USAGE,
            example=False,
        ),
    ] = constant(value=False)
    commander_user_id: Annotated[
        Id,
        Wire(
            names=("CommanderUserID",),
            says="unique identifier of the commander of the incident at its end",
            sensitivity=Sensitivity.PERSON,
            example="u3f8zq1xk5wcmh9rybn7tgdo2s",
        ),
    ]
    user_id: Annotated[
        Id,
        Wire(
            names=("UserID", "UserActualID"),
            says="unique identifier of the user that ended the incident",
            sensitivity=Sensitivity.PERSON,
            example="p7d4jw2ymq8xbk1cnz6frht9so",
        ),
    ]
    team_id: TeamId
    created_at: CreatedAt
    channel_ids: ChannelIds
    post_id: PostId
    num_checklists: NumChecklists
    total_checklist_items: Annotated[
        Count,
        Wire(
            names=("TotalChecklistItems",),
            says="number of checklist items this incident had when it ended",
            sensitivity=Sensitivity.USAGE,
            example=7,
            unit=Unit.ITEMS,
        ),
    ]
