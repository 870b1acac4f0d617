"""The only types a telemetry field can have: none of them can hold what a user wrote."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

_ID = re.compile(r"[a-z0-9]{26}")
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}")
_LARGEST = 2**53 - 1  # what every JSON reader on the way can hold exactly

Value = str | bool | int | tuple[str, ...]
Json = str | bool | int | list[str]


class Kind(StrEnum):
    """What a value may be; the check is part of the type."""

    ID = "id"
    OPTIONAL_ID = "optional id"
    ID_LIST = "list of ids"
    FLAG = "flag"
    COUNT = "count"
    MILLIS = "timestamp"
    VERSION = "version"

    def admits(self, value: object) -> bool:
        """Whether `value` is one this kind can hold."""
        match self:
            case Kind.ID:
                return _is_id(value)
            case Kind.OPTIONAL_ID:
                return value == "" or _is_id(value)
            case Kind.ID_LIST:
                return isinstance(value, tuple) and all(_is_id(each) for each in value)
            case Kind.FLAG:
                return isinstance(value, bool)
            case Kind.COUNT | Kind.MILLIS:
                return _is_whole(value)
            case Kind.VERSION:
                return isinstance(value, str) and _VERSION.fullmatch(value) is not None

    @property
    def json_schema(self) -> dict[str, object]:
        """The kind as JSON schema."""
        return dict(_SCHEMAS[self])

    @property
    def needs_unit(self) -> bool:
        """Whether a number of this kind means nothing without its unit."""
        return self in {Kind.COUNT, Kind.MILLIS}


_ID_SCHEMA: dict[str, object] = {"type": "string", "pattern": "^[a-z0-9]{26}$"}
_SCHEMAS: dict[Kind, dict[str, object]] = {
    Kind.ID: _ID_SCHEMA,
    Kind.OPTIONAL_ID: {"type": "string", "pattern": "^([a-z0-9]{26})?$"},
    Kind.ID_LIST: {"type": "array", "items": _ID_SCHEMA},
    Kind.FLAG: {"type": "boolean"},
    Kind.COUNT: {"type": "integer", "minimum": 0, "maximum": _LARGEST},
    Kind.MILLIS: {"type": "integer", "minimum": 0, "maximum": _LARGEST},
    Kind.VERSION: {"type": "string", "pattern": "^[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}$"},
}

Id = Annotated[str, Kind.ID]
OptionalId = Annotated[str, Kind.OPTIONAL_ID]
IdList = Annotated[tuple[str, ...], Kind.ID_LIST]
Flag = Annotated[bool, Kind.FLAG]
Count = Annotated[int, Kind.COUNT]
Millis = Annotated[int, Kind.MILLIS]
Version = Annotated[str, Kind.VERSION]


class Sensitivity(StrEnum):
    """How close a value comes to a person."""

    PERSON = "pseudonymous id of a person"
    THING = "opaque id of a thing"
    USAGE = "how the product is used"
    TECHNICAL = "what the product runs on"


class Unit(StrEnum):
    """What a number counts."""

    NONE = ""
    CHECKLISTS = "checklists"
    ITEMS = "checklist items"
    MILLISECONDS = "milliseconds since 1970-01-01 UTC"


@dataclass(frozen=True, slots=True)
class Wire:
    """How a field is written, and what a reader of the page is told about it."""

    names: tuple[str, ...]
    says: str
    sensitivity: Sensitivity
    example: Value
    unit: Unit = Unit.NONE


@dataclass(frozen=True, slots=True)
class Field:
    """One declared field of an event: its name in Python, its kind, its wire."""

    attribute: str
    kind: Kind
    wire: Wire
    constant: bool


def _is_id(value: object) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST
