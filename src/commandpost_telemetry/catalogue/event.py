"""What every event is: a frozen value whose fields know their wire name, unit and sensitivity."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import (
    Annotated,
    ClassVar,
    TypeVar,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

from commandpost_telemetry.catalogue.field import Field, Json, Kind, Value, Wire


class CatalogueError(TypeError):
    """An event is declared in a way that the catalogue does not allow."""


class FieldValueError(ValueError):
    """A field was given a value that its kind cannot hold."""


READERS = (
    "The operators of the server; in the mode “send” also the vendor's staff. Never third parties."
)
RETENTION = (
    "On the server for 30 days after it was delivered; in a warehouse until its owner deletes it."
)


@dataclass(frozen=True, slots=True)
class Definition:
    """What the page says about an event."""

    name: str
    label: str
    description: str
    triggers: tuple[str, ...]
    purpose: str
    owner: str
    since: str
    version: int
    readers: str
    retention: str
    is_counted: bool  # whether it is a deed that metrics count
    fields: tuple[Field, ...]


class Event:
    """Base of all events; subclasses are made by the `event` decorator."""

    definition: ClassVar[Definition]

    def properties(self) -> dict[str, Json]:
        """Return the properties exactly as they are written on the wire."""
        written: dict[str, Json] = {}
        for field in self.definition.fields:
            value = getattr(self, field.attribute)
            for name in field.wire.names:
                written[name] = list(value) if isinstance(value, tuple) else value
        return written

    def __post_init__(self) -> None:
        for field in self.definition.fields:
            value = getattr(self, field.attribute)
            if not field.kind.admits(value):
                # the value itself stays out of the message: it may be what a user wrote
                raise FieldValueError(
                    f"{self.definition.name}.{field.attribute} must be of kind '{field.kind}', "
                    f"not a {type(value).__name__} of another form."
                )


E = TypeVar("E", bound=Event)


@dataclass_transform(
    kw_only_default=True, frozen_default=True, field_specifiers=(dataclasses.field,)
)
def event(
    *,
    label: str,
    triggers: tuple[str, ...],
    purpose: str,
    owner: str,
    since: str,
    version: int = 1,
    readers: str = READERS,
    retention: str = RETENTION,
    is_counted: bool = True,
) -> Callable[[type[E]], type[E]]:
    """Make a class an event: its name is the wire name, its docstring the description."""

    def make(cls: type[E]) -> type[E]:
        made = dataclass(frozen=True, kw_only=True)(cls)
        made.definition = Definition(
            name=cls.__name__,
            label=label,
            description=" ".join((cls.__doc__ or "").split()),
            triggers=triggers,
            purpose=purpose,
            owner=owner,
            since=since,
            version=version,
            readers=readers,
            retention=retention,
            is_counted=is_counted,
            fields=_declared_fields(made),
        )
        return made

    return make


def constant(*, value: bool) -> bool:
    """Declare a flag that is the same on every event of its class."""
    fixed: bool = dataclasses.field(default=value, init=False)
    return fixed


def _declared_fields(cls: type[Event]) -> tuple[Field, ...]:
    hints = get_type_hints(cls, include_extras=True)
    return tuple(
        _declared_field(cls, name, hints[name], constant=not spec.init)
        for name, spec in _dataclass_fields(cls).items()
    )


def _dataclass_fields(cls: type[Event]) -> Mapping[str, dataclasses.Field[Value]]:
    return {spec.name: spec for spec in dataclasses.fields(cls)}  # type: ignore[arg-type]  # made one line above


def _declared_field(cls: type[Event], name: str, hint: object, *, constant: bool) -> Field:
    extras = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    kinds = [extra for extra in extras if isinstance(extra, Kind)]
    wires = [extra for extra in extras if isinstance(extra, Wire)]
    if len(kinds) != 1 or len(wires) != 1:
        raise CatalogueError(
            f"{cls.__name__}.{name} needs one kind of the catalogue (Id, Flag, Count, ...) and one "
            f"Wire; a type that could hold what a user wrote cannot be declared."
        )
    return Field(attribute=name, kind=kinds[0], wire=wires[0], constant=constant)
