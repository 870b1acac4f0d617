"""What a receiver captured, compared with the catalogue both ways; and every deed by REST."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from commandpost_telemetry.catalogue.event import Event
from commandpost_telemetry.catalogue.field import Kind
from commandpost_telemetry.catalogue.metadata import ENVELOPE, METADATA
from commandpost_telemetry.catalogue.registry import all_events
from tests.product.whole import Person

Message = dict[str, Any]

BY_NAME = {event.definition.name: event for event in all_events()}
BY_REST = Counter(dict.fromkeys(BY_NAME, 1) | {"AddChecklistItem": 2})


def names(messages: list[Message]) -> list[str]:
    return [message["event"] for message in messages]


def problems(messages: list[Message]) -> list[str]:
    """Return how captured messages and catalogue differ, both ways."""
    found = [
        f"{message['event']}: {problem}"
        for message in messages
        for problem in _problems_of(message)
    ]
    never = BY_NAME.keys() - set(names(messages))
    return [*found, *(f"{name}: documented but never seen" for name in sorted(never))]


def _problems_of(message: Message) -> list[str]:
    event = BY_NAME.get(message["event"])
    if event is None:
        return ["not in the catalogue"]
    sent = {k: v for k, v in message["properties"].items() if not k.endswith("Version")}
    kinds = _kinds(event)
    wrong = [name for name, value in sent.items() if name in kinds and not kinds[name](value)]
    return [
        *(f"{name} is not documented" for name in sorted(sent.keys() - kinds.keys())),
        *(f"{name} was never seen" for name in sorted(kinds.keys() - sent.keys())),
        *(f"{name} has a wrong type" for name in wrong),
        *_problems_of_envelope(message),
    ]


def _problems_of_envelope(message: Message) -> list[str]:
    """Return what stands beside the properties of the event and what is missing there."""
    properties = {name: 0 for name in message["properties"] if name.endswith("Version")}
    stands = _paths(message | {"properties": properties})
    documented = {entry.wire for entry in (*METADATA, *ENVELOPE)}
    return [
        *(f"{path} is not documented" for path in sorted(stands - documented)),
        *(f"{path} was never seen" for path in sorted(documented - stands)),
    ]


def _paths(value: Any, path: str = "") -> set[str]:
    if not isinstance(value, dict):
        return {path}
    return {p for key, each in value.items() for p in _paths(each, f"{path}.{key}".strip("."))}


def _kinds(event: type[Event]) -> dict[str, Callable[[Any], bool]]:
    return {
        name: partial(_admits, field.kind)
        for field in event.definition.fields
        for name in field.wire.names
    }


def _admits(kind: Kind, value: Any) -> bool:
    return kind.admits(tuple(value) if isinstance(value, list) else value)


def by_rest(person: Person, administrator: Person, team_id: str) -> None:
    """Do every tracked deed by REST, and the no-ops that must record nothing."""
    playbook = person.post("/playbooks", team_id=team_id, title="Outage", checklists=[])
    person.rest.put(f"/api/v1/playbooks/{playbook['id']}", json=playbook | {"title": "Big outage"})
    person.rest.delete(f"/api/v1/playbooks/{playbook['id']}")
    incident = person.post("/incidents", team_id=team_id, name="By REST")
    lists = f"/incidents/{incident['id']}/checklists/{incident['checklists'][0]['id']}"
    first = person.post(f"{lists}/items", title="First")
    second = person.post(f"{lists}/items", title="Second")
    item = f"{lists}/items/{first['id']}"
    person.rest.patch(f"/api/v1{item}", json={"title": "The very first"})
    person.post(f"{item}/check")
    person.post(f"{item}/check")  # is checked already
    person.post(f"{item}/uncheck")
    person.post(f"{item}/move", position=1)
    person.post(f"{item}/move", position=1)  # is there already
    person.rest.delete(f"/api/v1{lists}/items/{second['id']}")
    person.post(f"/incidents/{incident['id']}/end")
    administrator.post("/telemetry/test")
