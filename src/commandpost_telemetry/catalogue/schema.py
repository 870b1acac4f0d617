"""The properties of an event as JSON schema, and which changes of it readers would not survive."""

from collections.abc import Iterator, Mapping
from typing import Any

from commandpost_telemetry.catalogue.event import Event
from commandpost_telemetry.catalogue.field import Field

Schema = dict[str, Any]

_VERSIONS = ("ServerVersion", "PluginVersion")


def json_schema(event: type[Event]) -> Schema:
    """Return the schema of the properties as they are written on the wire."""
    definition = event.definition
    properties = {
        name: _property(field) for field in definition.fields for name in field.wire.names
    }
    for name in _VERSIONS:
        properties[name] = {"type": "string", "description": "see the metadata of every event"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": definition.name,
        "description": definition.description,
        "x-version": definition.version,
        "x-since": definition.since,
        "x-owner": definition.owner,
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def file_name(event: type[Event]) -> str:
    """Return the name under which this version of the schema is frozen."""
    return f"{event.definition.name}.v{event.definition.version}.json"


def incompatibilities(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return what a reader or a writer of the old version would trip over in the new one."""
    return list(_incompatibilities(old["properties"], new["properties"]))


def _incompatibilities(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for name in old.keys() - new.keys():
        yield f"{name} was removed."
    for name in new.keys() - old.keys():
        yield f"{name} was added."
    for name in old.keys() & new.keys():
        if _form(old[name]) != _form(new[name]):
            yield f"{name} changed its type, its unit or its sensitivity."


def _form(declared: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in declared.items() if key not in {"description", "examples"}}


def _property(field: Field) -> Schema:
    wire = field.wire
    example = list(wire.example) if isinstance(wire.example, tuple) else wire.example
    made: Schema = {
        **field.kind.json_schema,
        "description": wire.says,
        "examples": [example],
        "x-sensitivity": wire.sensitivity.value,
    }
    if wire.unit:
        made["x-unit"] = wire.unit.value
    if field.constant:
        made["const"] = wire.example
    return made
