"""The frozen schemas: equal to the catalogue, and never rewritten in a way that breaks readers."""

import json
from pathlib import Path

import pytest

from commandpost_telemetry.catalogue.event import Event
from commandpost_telemetry.catalogue.registry import all_events
from commandpost_telemetry.catalogue.schema import file_name, incompatibilities, json_schema
from commandpost_telemetry.catalogue.schemas.__main__ import FOLDER, freeze


@pytest.mark.parametrize("event", all_events())
def test_the_frozen_schema_is_that_of_the_catalogue(event: type[Event]) -> None:
    frozen = json.loads((FOLDER / file_name(event)).read_text("utf-8"))

    assert frozen == json_schema(event)


@pytest.mark.parametrize("event", all_events())
def test_every_version_up_to_the_present_one_stays_frozen(event: type[Event]) -> None:
    definition = event.definition

    versions = {f"{definition.name}.v{n}.json" for n in range(1, definition.version + 1)}

    assert versions <= {path.name for path in FOLDER.glob("*.json")}


def test_the_schema_of_a_moved_item() -> None:
    (event,) = (each for each in all_events() if each.definition.name == "MoveChecklistItem")

    schema = json_schema(event)

    assert schema["required"] == [
        "IncidentID",
        "UserID",
        "UserActualID",
        "ServerVersion",
        "PluginVersion",
    ]
    assert schema["properties"]["UserID"] == {
        "type": "string",
        "pattern": "^[a-z0-9]{26}$",
        "description": "unique identifier of the user that moved the item",
        "examples": ["p7d4jw2ymq8xbk1cnz6frht9so"],
        "x-sensitivity": "pseudonymous id of a person",
    }


def test_other_words_are_no_break() -> None:
    old = {"properties": {"A": {"type": "string", "description": "one"}}}
    new = {"properties": {"A": {"type": "string", "description": "another"}}}

    assert incompatibilities(old, new) == []


def test_a_field_removed_added_or_changed_is_a_break() -> None:
    old = {"properties": {"A": {"type": "string"}, "B": {"type": "integer"}}}
    new = {"properties": {"B": {"type": "string"}, "C": {"type": "integer"}}}

    assert incompatibilities(old, new) == [
        "A was removed.",
        "C was added.",
        "B changed its type, its unit or its sensitivity.",
    ]


def test_freezing_writes_what_is_new_and_refuses_to_rewrite_what_was_released(
    tmp_path: Path,
) -> None:
    assert freeze(tmp_path) == []
    path = tmp_path / "AddChecklistItem.v1.json"
    released = json.loads(path.read_text("utf-8"))
    released["properties"]["IncidentID"]["type"] = "integer"
    path.write_text(json.dumps(released), "utf-8")

    broken = freeze(tmp_path)

    assert broken == [
        (
            "AddChecklistItem.v1.json: IncidentID changed its type, its unit or its sensitivity. "
            "Give the event a new version."
        )
    ]
    assert json.loads(path.read_text("utf-8")) == released
