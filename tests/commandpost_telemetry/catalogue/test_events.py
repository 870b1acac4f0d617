"""What the events of the catalogue write on the wire."""

import pytest

from commandpost_telemetry.catalogue.checklist import (
    AddChecklistItem,
    CheckChecklistItem,
    MoveChecklistItem,
    RemoveChecklistItem,
    RenameChecklistItem,
    UncheckChecklistItem,
)
from commandpost_telemetry.catalogue.event import FieldValueError
from commandpost_telemetry.catalogue.playbook import CreatePlaybook, DeletePlaybook, UpdatePlaybook
from commandpost_telemetry.catalogue.registry import all_events
from commandpost_telemetry.catalogue.telemetry import SendTestEvent
from tests.commandpost_telemetry.catalogue import given

PLAYBOOK = "playbookplaybookplaybook01"


def test_a_created_incident_is_written_as_the_page_says() -> None:
    event = given.created()

    written = event.properties()

    assert written == {
        "ID": given.INCIDENT,
        "IncidentID": given.INCIDENT,
        "IsActive": True,
        "CommanderUserID": given.ANN,
        "TeamID": given.TEAM,
        "CreatedAt": 1_606_202_096_123,
        "ChannelIDs": [given.CHANNEL],
        "PostID": "",
        "NumChecklists": 1,
        "TotalChecklistItems": 0,
    }


def test_an_ended_incident_also_says_who_ended_it() -> None:
    event = given.ended()

    written = event.properties()

    assert list(written.items()) == [
        ("ID", given.INCIDENT),
        ("IncidentID", given.INCIDENT),
        ("IsActive", False),
        ("CommanderUserID", given.ANN),
        ("UserID", given.BEN),
        ("UserActualID", given.BEN),
        ("TeamID", given.TEAM),
        ("CreatedAt", 1_606_202_096_123),
        ("ChannelIDs", [given.CHANNEL]),
        ("PostID", ""),
        ("NumChecklists", 1),
        ("TotalChecklistItems", 7),
    ]


@pytest.mark.parametrize(
    "event",
    [
        AddChecklistItem,
        RemoveChecklistItem,
        RenameChecklistItem,
        MoveChecklistItem,
        CheckChecklistItem,
        UncheckChecklistItem,
    ],
)
def test_an_event_of_an_item_says_which_incident_and_who(
    event: type[AddChecklistItem],
) -> None:
    recorded = event(incident_id=given.INCIDENT, user_id=given.BEN)

    written = recorded.properties()

    assert written == {
        "IncidentID": given.INCIDENT,
        "UserID": given.BEN,
        "UserActualID": given.BEN,
    }


@pytest.mark.parametrize("event", [CreatePlaybook, UpdatePlaybook, DeletePlaybook])
def test_an_event_of_a_playbook_says_its_size(event: type[CreatePlaybook]) -> None:
    recorded = event(
        playbook_id=PLAYBOOK, team_id=given.TEAM, num_checklists=2, total_checklist_items=9
    )

    written = recorded.properties()

    assert written == {
        "PlaybookID": PLAYBOOK,
        "TeamID": given.TEAM,
        "NumChecklists": 2,
        "TotalChecklistItems": 9,
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"incident_id": "Database is down"},
        {"incident_id": ""},
        {"incident_id": given.INCIDENT + "\n"},
        {"post_id": "look at this"},
        {"channel_ids": [given.CHANNEL]},
        {"channel_ids": (given.CHANNEL, "general")},
        {"created_at": -1},
        {"created_at": 1.5},
        {"num_checklists": True},
        {"total_checklist_items": "7"},
        {"total_checklist_items": 2**53},
    ],
)
def test_a_field_refuses_what_its_kind_cannot_hold(wrong: dict[str, object]) -> None:
    with pytest.raises(FieldValueError) as refused:
        given.created(**wrong)

    told = str(refused.value)
    assert told.startswith(f"CreateIncident.{next(iter(wrong))} must be of kind")
    assert "Database" not in told


def test_an_incident_may_come_from_a_post() -> None:
    event = given.created(post_id=given.CHANNEL)

    assert event.properties()["PostID"] == given.CHANNEL


def test_an_event_never_changes() -> None:
    event = given.created()

    with pytest.raises(AttributeError):
        event.num_checklists = 3  # type: ignore[misc]  # that it cannot is the point


def test_the_catalogue_has_the_events_of_the_page_in_its_order() -> None:
    labels = [(event.definition.name, event.definition.label) for event in all_events()]

    assert labels == [
        ("CreateIncident", "Incident created"),
        ("EndIncident", "Incident finished"),
        ("AddChecklistItem", "Checklist item created"),
        ("RemoveChecklistItem", "Checklist item removed"),
        ("RenameChecklistItem", "Checklist item renamed"),
        ("MoveChecklistItem", "Checklist item moved"),
        ("CheckChecklistItem", "Unchecked checklist item checked"),
        ("UncheckChecklistItem", "Checked checklist item unchecked"),
        ("CreatePlaybook", "Playbook created"),
        ("UpdatePlaybook", "Playbook updated"),
        ("DeletePlaybook", "Playbook deleted"),
        ("SendTestEvent", "Test event sent"),
    ]


def test_every_event_but_the_test_is_counted() -> None:
    uncounted = [event for event in all_events() if not event.definition.is_counted]

    assert [event.definition.name for event in uncounted] == ["SendTestEvent"]


def test_a_test_event_says_nothing_of_its_own() -> None:
    assert SendTestEvent().properties() == {}
