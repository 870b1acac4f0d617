"""What tables and columns mean, in the warehouse itself: made from the catalogue of events."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from commandpost_telemetry.catalogue.event import Definition
from commandpost_telemetry.catalogue.registry import all_events
from commandpost_telemetry.rudder.naming import Naming, column_name
from commandpost_telemetry.warehouse.schema.sql import Sql, compose, ident, literal
from commandpost_telemetry.warehouse.schema.tables import (
    common_reserved,
    discards_table,
    event_table,
    view_name,
)

_VIEW = "One row for each event of the catalogue, with the names of the public telemetry page."
_TABLES = {
    "tracks": "One row for each track message; the properties are in the table of each event.",
    discards_table: "Values that did not fit their column, with the row they were left out of.",
}


@dataclass(frozen=True, slots=True)
class Explained:
    """A declared table or view with what is to be said of it and of its columns."""

    name: str
    said: str
    columns: Mapping[str, str] = field(default_factory=dict)
    kind: str = "TABLE"


def explained(naming: Naming) -> Iterator[Explained]:
    """Yield what is said of the declared tables, their columns and the view."""
    yield Explained(view_name, _VIEW, kind="VIEW")
    for table, said in _TABLES.items():
        yield Explained(table, said)
    for event in all_events():
        definition = event.definition
        said = f"{definition.label}. {definition.purpose}"
        table = event_table(definition.name, naming)
        yield Explained(table, said, dict(_columns(definition, naming)))


def comments(naming: Naming, schema: str) -> Iterator[Sql]:
    """Yield the statements that say it."""
    for each in explained(naming):
        yield comment_on(each.kind, ident(schema, each.name), each.said)
        for column, said in each.columns.items():
            yield comment_on("COLUMN", ident(schema, each.name, column), said)


def comment_on(kind: str, name: Sql, said: str) -> Sql:
    """Return the statement that says one thing."""
    return compose("COMMENT ON {k} {n} IS {said}", k=Sql(kind), n=name, said=literal(said))


def _columns(definition: Definition, naming: Naming) -> Iterator[tuple[str, str]]:
    for each in definition.fields:
        for wire in each.wire.names:
            name = column_name(wire, naming)
            if name.lower() not in common_reserved:
                yield name, each.wire.says
