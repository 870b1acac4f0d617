"""Events of a playbook, the template of an incident; none of them says what it holds."""

from typing import Annotated

from commandpost_telemetry.catalogue.event import Event, event
from commandpost_telemetry.catalogue.field import Count, Id, Sensitivity, Unit, Wire

OWNER = "incident response"

PlaybookId = Annotated[
    Id,
    Wire(
        names=("PlaybookID",),
        says="unique identifier of the playbook",
        sensitivity=Sensitivity.THING,
        example="b5r8nx2kqz7wdc4mhy1gsfo9ta",
    ),
]


def _team(says: str) -> Wire:
    return Wire(
        names=("TeamID",),
        says=f"unique identifier of the team {says}",
        sensitivity=Sensitivity.THING,
        example="t6w1k9mzc3bspx8fyodqh7ur5e",
    )


def _checklists(says: str) -> Wire:
    return Wire(
        names=("NumChecklists",),
        says=f"number of checklists {says}",
        sensitivity=Sensitivity.USAGE,
        example=2,
        unit=Unit.CHECKLISTS,
    )


def _items(says: str) -> Wire:
    return Wire(
        names=("TotalChecklistItems",),
        says=f"number of checklist items, among all checklists, {says}",
        sensitivity=Sensitivity.USAGE,
        example=9,
        unit=Unit.ITEMS,
    )


@event(
    label="Playbook created",
    triggers=(
        "Any user clicks on the + New Playbook button on the backstage and saves it.",
        "Any user duplicates a playbook on the backstage.",
        "Any user imports a playbook from a file on the backstage.",
        "Any user creates, duplicates or imports a playbook through the REST API.",
    ),
    purpose="Whether teams prepare for incidents, and how large playbooks are.",
    owner=OWNER,
    since="0.4.0",
)
class CreatePlaybook(Event):
    """A playbook was made and saved."""

    playbook_id: PlaybookId
    team_id: Annotated[Id, _team("where the playbook is created")]
    num_checklists: Annotated[Count, _checklists("this playbook starts with")]
    total_checklist_items: Annotated[Count, _items("this playbook starts with")]


@event(
    label="Playbook updated",
    triggers=(
        "Any user clicks on the Edit button next to a playbook on the backstage and saves it.",
        "Any user updates a playbook through the REST API.",
    ),
    purpose="Whether playbooks are kept up to date.",
    owner=OWNER,
    since="0.4.0",
)
class UpdatePlaybook(Event):
    """A playbook was changed and saved."""

    playbook_id: PlaybookId
    team_id: Annotated[Id, _team("where the playbook lives")]
    num_checklists: Annotated[Count, _checklists("this playbook has after the update")]
    total_checklist_items: Annotated[Count, _items("this playbook has after the update")]


@event(
    label="Playbook deleted",
    triggers=(
        "Any user clicks on the Delete button next to a playbook on the backstage and confirms.",
        "Any user deletes a playbook through the REST API.",
    ),
    purpose="Whether playbooks are given up, and after how long.",
    owner=OWNER,
    since="0.4.0",
)
class DeletePlaybook(Event):
    """A playbook was deleted."""

    playbook_id: PlaybookId
    team_id: Annotated[Id, _team("where the playbook lived")]
    num_checklists: Annotated[Count, _checklists("this playbook had right before the deletion")]
    total_checklist_items: Annotated[Count, _items("this playbook had right before the deletion")]
