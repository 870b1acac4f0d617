"""Everything that the public page of v0.4.0 promised stands on ours, and what differs is said.

Each statement of that page is a row here, in its order; a sentence that is dropped fails its row.
"""

import re

import pytest

from commandpost.telemetry.documentation import telemetry_page_text

INCIDENT = ("IsActive", "CommanderUserID", "TeamID", "CreatedAt", "ChannelIDs", "PostID")
SIZES = ("NumChecklists", "TotalChecklistItems")
ITEM = ("IncidentID", "UserID")
PLAYBOOK = ("PlaybookID", "TeamID", *SIZES)


def section(heading: str) -> str:
    """Return what stands below a heading, up to the next one of its level or above."""
    level = heading.split(maxsplit=1)[0]
    _, _, after = f"\n{telemetry_page_text()}".partition(f"\n{heading}\n")
    assert after, f"there is no heading {heading!r}"
    return re.split(rf"\n#{{1,{len(level)}}} ", after)[0]


@pytest.mark.parametrize(
    ("heading", "says"),
    [
        ("# Telemetry", "Current Commandpost version: v"),
        ("# Telemetry", "says why Commandpost records telemetry, how, and every piece"),
        ("# Telemetry", "updated with every release"),
        ("## Why do we track?", "let each quick step build on the last"),
        ("## Why do we track?", "Numbers"),
        ("## Why do we track?", "stand beside what people say"),
        ("## Why do we track?", "in exchange for early access"),
        ("## Why do we track?", "do not wait for meetings and mail"),
        ("## Why do we track?", "a choice was announced for general availability"),
        ("## How do we track?", "Rudder, an open-source alternative to Segment"),
        ("## How do we track?", "in real time, to the configured data plane of the vendor"),
        ("## How do we track?", "syncs every thirty minutes with a Snowflake warehouse"),
        ("## How do we track?", "the vendor's staff, who analyse it"),
        ("## How do we track?", "never shared with third parties"),
        ("## What do we track?", "create, change, end or delete something"),
        ("## What do we track?", "never the content of anything"),
        ("## What do we track?", "no names of incidents"),
        ("## What do we track?", "no titles of checklists or items"),
        ("### Metadata", "Every event comes with metadata that tells it from others"),
        ("### Metadata", "groups the events of one server"),
        ("### Metadata", "the buyer of the licence can be identified"),
        ("### Metadata", "| diagnosticID | unique identifier of the server"),
        ("### Metadata", "| serverVersion | version of the server"),
        ("### Metadata", "| pluginVersion | version of the product"),
        ("### Metadata", "| eventTimeStamp (made by Rudder's protocol) | timestamp on when"),
        ("### Metadata", "| createdAt (made by Rudder's protocol) | timestamp on when"),
        ("### Metadata", "| id (made by Rudder's protocol) | unique identifier of the event"),
        ("### Metadata", "it always contains the value null"),
        ("### Metadata", "it always equals eventTimeStamp"),
        ("### Metadata", 'it always contains the string "track"'),
    ],
)
def test_a_promise_still_stands(heading: str, says: str) -> None:
    assert says in section(heading)


@pytest.mark.parametrize(
    ("label", "triggers", "fields"),
    [
        (
            "Incident created",
            ("/incident start", "the + button on the incident list", "menu of any post"),
            ("ID", *INCIDENT, *SIZES),
        ),
        (
            "Incident finished",
            ("/incident end", "End incident button"),
            ("ID", *INCIDENT[:2], "UserID", *INCIDENT[2:], *SIZES),
        ),
        ("Checklist item created", ("creates a new checklist item",), ITEM),
        ("Checklist item removed", ("deletes a checklist item",), ITEM),
        ("Checklist item renamed", ("edits the contents of a checklist item",), ITEM),
        ("Checklist item moved", ("moves the position of a checklist item",), ITEM),
        ("Unchecked checklist item checked", ("checks an unchecked checklist item",), ITEM),
        ("Checked checklist item unchecked", ("unchecks a checked checklist item",), ITEM),
        ("Playbook created", ("+ New Playbook button", "saves it"), PLAYBOOK),
        ("Playbook updated", ("Edit button next to a playbook", "saves it"), PLAYBOOK),
        ("Playbook deleted", ("Delete button next to a playbook", "confirms"), PLAYBOOK),
    ],
)
def test_an_event_still_has_its_triggers_and_fields_in_order(
    label: str, triggers: tuple[str, ...], fields: tuple[str, ...]
) -> None:
    text = section(f"#### {label}")

    assert [trigger for trigger in triggers if trigger not in text] == []
    assert tuple(re.findall(r"^\| `(\w+)`", text, re.MULTILINE)) == fields


@pytest.mark.parametrize(
    "differs",
    [
        "`ID` with `IncidentID`, `UserID` with `UserActualID`",
        "`CreatedAt` is in milliseconds",
        "`NumChecklists` and `TotalChecklistItems` are real counts",
        "`PostID` is empty",
        "who ended it is `UserID`",
        "Every event is also recorded when the deed is done by REST",
        "`/incident end` asks for a confirmation",
        "moved to another checklist",
        "`SendTestEvent` is new",
        "`diagnosticID` is made by the product",
        "`serverVersion` and `pluginVersion` are both the version of the product",
        "Collection follows the modes above",
        "kept on the server's own machine too",
    ],
)
def test_a_difference_is_said(differs: str) -> None:
    assert differs in section("## What differs from the page of v0.4.0")


def test_every_event_that_is_not_of_that_page_is_said_to_be_new() -> None:
    old = {"CreateIncident", "EndIncident", "CreatePlaybook", "UpdatePlaybook", "DeletePlaybook"}
    old |= {f"{verb}ChecklistItem" for verb in ("Add", "Remove", "Rename", "Move")}
    old |= {"CheckChecklistItem", "UncheckChecklistItem"}
    now = set(re.findall(r"^`(\w+)`, version", telemetry_page_text(), re.MULTILINE))

    said = re.findall(r"`(\w+)` is new", section("## What differs from the page of v0.4.0"))

    assert now - old == set(said)
    assert old <= now
