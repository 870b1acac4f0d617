"""Events of a checklist item of a running incident; none of them says what the item says."""

from typing import Annotated

from commandpost_telemetry.catalogue.event import Event, event
from commandpost_telemetry.catalogue.field import Id, Sensitivity, Wire

OWNER = "incident response"


def _incident(says: str) -> Wire:
    return Wire(
        names=("IncidentID",),
        says=f"unique identifier of the incident {says}",
        sensitivity=Sensitivity.THING,
        example="4ihn7q5s1bdo8gcmkpzy9uexaw",
    )


# `UserID` is the name of the public page; the warehouse reserves it, hence the second name.
def _user(says: str) -> Wire:
    return Wire(
        names=("UserID", "UserActualID"),
        says=f"unique identifier of the user that {says}",
        sensitivity=Sensitivity.PERSON,
        example="p7d4jw2ymq8xbk1cnz6frht9so",
    )


@event(
    label="Checklist item created",
    triggers=(
        "Any user creates a new checklist item through the incident details view in the sidebar.",
        "Any user adds a checklist item through the REST API.",
    ),
    purpose="Whether checklists have to be completed during an incident.",
    owner=OWNER,
    since="0.4.0",
)
class AddChecklistItem(Event):
    """A checklist item was added to a running incident."""

    incident_id: Annotated[Id, _incident("where the item was created")]
    user_id: Annotated[Id, _user("created the item")]


@event(
    label="Checklist item removed",
    triggers=(
        "Any user deletes a checklist item through the incident details view in the sidebar.",
        "Any user deletes a checklist item through the REST API.",
    ),
    purpose="Whether checklists hold what an incident does not need.",
    owner=OWNER,
    since="0.4.0",
)
class RemoveChecklistItem(Event):
    """A checklist item was removed from a running incident."""

    incident_id: Annotated[Id, _incident("where the item was")]
    user_id: Annotated[Id, _user("removed the item")]


@event(
    label="Checklist item renamed",
    triggers=(
        (
            "Any user edits the contents of a checklist item through the incident details "
            "view in the sidebar."
        ),
        "Any user renames a checklist item through the REST API.",
    ),
    purpose="Whether items can be used as they are worded.",
    owner=OWNER,
    since="0.4.0",
)
class RenameChecklistItem(Event):
    """The title of a checklist item was changed; neither the old nor the new one is sent."""

    incident_id: Annotated[Id, _incident("where the item is")]
    user_id: Annotated[Id, _user("edited the item")]


@event(
    label="Checklist item moved",
    triggers=(
        (
            "Any user moves the position of a checklist item through the incident details "
            "view in the sidebar."
        ),
        "Any user moves a checklist item through the REST API.",
    ),
    purpose="Whether the order of a checklist fits the work.",
    owner=OWNER,
    since="0.4.0",
)
class MoveChecklistItem(Event):
    """A checklist item was moved, within its checklist or to another one of the same incident."""

    incident_id: Annotated[Id, _incident("where the item is")]
    user_id: Annotated[Id, _user("moved the item")]


@event(
    label="Unchecked checklist item checked",
    triggers=(
        (
            "Any user checks an unchecked checklist item through the incident details view "
            "in the sidebar."
        ),
        "Any user sends the /incident check command with the number of an unchecked item.",
        "Any user checks an unchecked checklist item through the REST API.",
    ),
    purpose="Whether checklists are worked through, and how fast.",
    owner=OWNER,
    since="0.4.0",
)
class CheckChecklistItem(Event):
    """A checklist item that was not checked was checked."""

    incident_id: Annotated[Id, _incident("where the item is")]
    user_id: Annotated[Id, _user("checked the item")]


@event(
    label="Checked checklist item unchecked",
    triggers=(
        (
            "Any user unchecks a checked checklist item through the incident details view in "
            "the sidebar."
        ),
        "Any user unchecks a checked checklist item through the REST API.",
    ),
    purpose="How often a check was a mistake, or work had to be done again.",
    owner=OWNER,
    since="0.4.0",
)
class UncheckChecklistItem(Event):
    """A checklist item that was checked was unchecked."""

    incident_id: Annotated[Id, _incident("where the item is")]
    user_id: Annotated[Id, _user("unchecked the item")]
