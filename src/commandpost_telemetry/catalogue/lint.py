"""House rules on the catalogue itself: what a reader of the page or of the warehouse trips over."""

import re
from collections.abc import Iterable, Iterator
from itertools import combinations

from commandpost_telemetry.catalogue.event import Event
from commandpost_telemetry.catalogue.field import Field, Unit

_VERBS = frozenset({"Create", "Update", "Delete", "End", "Add", "Remove", "Rename", "Move"}) | {
    "Check",
    "Uncheck",
    "Send",
}
_EVENT_NAME = re.compile(r"([A-Z][a-z]+)(?:[A-Z][a-z]+)+")
_WIRE_NAME = re.compile(r"[A-Z][A-Za-z]+")
_SINCE = re.compile(r"\d+\.\d+\.\d+")
_SHORTEST = 10  # a sentence says something

# Columns that the data plane keeps for itself: a property of that name is dropped without a word.
_TAKEN_COLUMNS = frozenset(
    {"id", "anonymousid", "userid", "sentat", "timestamp", "receivedat", "originaltimestamp"}
    | {"channel", "contextip", "contextrequestip", "contextpassedip", "event", "eventtext"}
    | {"recordid", "uuidts", "serverversion", "pluginversion"}
)


def problems(events: Iterable[type[Event]]) -> list[str]:
    """Return one sentence per broken rule, none when the catalogue is in order."""
    catalogue = list(events)
    return [
        *(problem for event in catalogue for problem in _of_event(event)),
        *_of_names([event.definition.name for event in catalogue]),
        *_of_meaning(catalogue),
    ]


def _of_event(event: type[Event]) -> Iterator[str]:
    definition = event.definition
    name = definition.name
    matched = _EVENT_NAME.fullmatch(name)
    if matched is None or matched[1] not in _VERBS:
        yield f"{name}: an event is named by a known verb and a noun, in capitals like CreateThing."
    if len(definition.description) < _SHORTEST:
        yield f"{name}: the docstring says nothing."
    if not definition.label or not definition.owner or not definition.triggers:
        yield f"{name}: label, owner and triggers must be told."
    told = (definition.purpose, definition.readers, definition.retention)
    if any(len(text) < _SHORTEST for text in told):
        yield f"{name}: why it is recorded, who reads it and how long it is kept must be told."
    if _SINCE.fullmatch(definition.since) is None:
        yield f"{name}: since {definition.since!r} is no version."
    for field in definition.fields:
        yield from (f"{name}.{field.attribute}: {problem}" for problem in _of_field(field))
    wire_names = [wire for field in definition.fields for wire in field.wire.names]
    for twice in sorted({wire for wire in wire_names if wire_names.count(wire) > 1}):
        yield f"{name}: two fields are written as {twice}."


def _of_field(field: Field) -> Iterator[str]:
    wire = field.wire
    if len(wire.says) < _SHORTEST:
        yield "the description says nothing."
    if not field.kind.admits(wire.example):
        yield "the example is none."
    if field.kind.needs_unit != (wire.unit is not Unit.NONE):
        yield "a number has a unit and nothing else has."
    for name in wire.names:
        if _WIRE_NAME.fullmatch(name) is None:
            yield f"{name} is no wire name: capitals like ThingID."
    if all(name.lower() in _TAKEN_COLUMNS for name in wire.names):
        yield f"{wire.names[0]} alone would be dropped by the warehouse: give it a second name."


def _of_names(names: list[str]) -> Iterator[str]:
    for one, other in combinations(names, 2):
        if _distance(one.lower(), other.lower()) <= 1:
            yield f"{one} and {other} are too much alike."


def _of_meaning(events: list[type[Event]]) -> Iterator[str]:
    """One wire name has one kind, one unit and one sensitivity in the whole catalogue."""
    meant: dict[str, tuple[str, Field]] = {}
    for event in events:
        for field in event.definition.fields:
            for name in field.wire.names:
                first, known = meant.setdefault(name, (event.definition.name, field))
                if _meaning(known) != _meaning(field):
                    yield f"{name} means one thing in {first}, another in {event.definition.name}."


def _meaning(field: Field) -> tuple[object, ...]:
    return field.kind, field.wire.unit, field.wire.sensitivity


def _distance(one: str, other: str) -> int:
    """Return how many letters must be added, taken or changed to make one the other."""
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, facing in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (letter != facing))
    return row[-1]
