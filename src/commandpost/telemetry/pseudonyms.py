"""Ids that tell nobody anything: an HMAC with a salt that never leaves this server."""

import base64
import dataclasses
import hmac
from typing import TypeVar

from commandpost.kit.ids import LENGTH
from commandpost_telemetry.catalogue.event import Event
from commandpost_telemetry.catalogue.field import Kind

E = TypeVar("E", bound=Event)


def pseudonym(salt: str, value: str) -> str:
    """Return what stands for an id: the same for the same id, in the form of an id."""
    digest = hmac.digest(salt.encode(), value.encode(), "sha256")
    return base64.b32encode(digest).decode("ascii").lower()[:LENGTH]


def under_pseudonyms(event: E, salt: str) -> E:
    """Return the event with a pseudonym for each id that it names; no id stays no id."""
    changed: dict[str, str | tuple[str, ...]] = {}
    for field in event.definition.fields:
        value = getattr(event, field.attribute)
        if field.kind is Kind.ID_LIST:
            changed[field.attribute] = tuple(pseudonym(salt, each) for each in value)
        elif field.kind in {Kind.ID, Kind.OPTIONAL_ID} and value:
            changed[field.attribute] = pseudonym(salt, value)
    return dataclasses.replace(event, **changed)  # type: ignore[type-var]  # events are dataclasses
