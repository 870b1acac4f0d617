"""What tables and columns mean, in the warehouse itself: made from the catalogue of events."""

from collections.abc import Iterator

from commandpost_telemetry.catalogue.event import Definition
from commandpost_telemetry.catalogue.registry import all_events
from commandpost_telemetry.rudder.naming import Naming, column_name
from commandpost_telemetry.warehouse.sql import Sql, compose, ident, literal
from commandpost_telemetry.warehouse.tables import (
    common_reserved,
    discards_table,
    event_table,
    view_name,
)

_VIEW = "One row for each event of the catalogue, with the names of the public telemetry page."
_TABLES = {
    "tracks": "One row for each track message; what belongs to an event is in the event's table.",
    discards_table: "Values that did not fit their column, with the row they were left out of.",
}


def comments(naming: Naming, schema: str) -> Iterator[Sql]:
    """Yield the statements that explain the declared tables, their columns and the view."""
    view = ident(schema, view_name)
    yield compose("COMMENT ON VIEW {view} IS {said}", view=view, said=literal(_VIEW))
    for table, said in _TABLES.items():
        yield _on_table(schema, table, said)
    for event in all_events():
        definition = event.definition
        table = event_table(definition.name, naming)
        yield _on_table(schema, table, f"{definition.label}. {definition.purpose}")
        for name, said in _columns(definition, naming):
            column = ident(schema, table, name)
            yield compose("COMMENT ON COLUMN {c} IS {said}", c=column, said=literal(said))


def _on_table(schema: str, table: str, said: str) -> Sql:
    name = ident(schema, table)
    return compose("COMMENT ON TABLE {name} IS {said}", name=name, said=literal(said))


def _columns(definition: Definition, naming: Naming) -> Iterator[tuple[str, str]]:
    for field in definition.fields:
        for wire in field.wire.names:
            name = column_name(wire, naming)
            if name.lower() not in common_reserved:
                yield name, field.wire.says
