"""Which tables an event becomes, their standard columns, and the tables the catalogue declares."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from commandpost_telemetry.catalogue.event import Definition
from commandpost_telemetry.catalogue.field import Kind as FieldKind
from commandpost_telemetry.catalogue.registry import all_events
from commandpost_telemetry.rudder.naming import Naming, column_name, table_name
from commandpost_telemetry.warehouse.schema.sql import Sql, compose, moment
from commandpost_telemetry.warehouse.schema.types import ColumnType

view_name = "telemetry_events"
discards_table = "rudder_discards"


class Document(StrEnum):
    """The parts of a message that are flattened into columns."""

    PROPERTIES = "properties"
    USER_PROPERTIES = "user_properties"
    TRAITS = "traits"
    CONTEXT = "context"


@dataclass(frozen=True, slots=True)
class Family:
    """What the tables of one kind of message have in common."""

    message_type: str
    table: str  # the table that holds every message of the type
    documents: tuple[Document, ...]  # later ones win
    extra: Mapping[str, ColumnType] = field(default_factory=dict)  # beside the common columns
    reserved: frozenset[str] = frozenset()  # beside the common reserved names


common_columns: dict[str, ColumnType] = {
    "id": ColumnType.STRING,
    "anonymous_id": ColumnType.STRING,
    "user_id": ColumnType.STRING,
    "channel": ColumnType.STRING,
    "original_timestamp": ColumnType.DATETIME,
    "sent_at": ColumnType.DATETIME,
    "received_at": ColumnType.DATETIME,
    "timestamp": ColumnType.DATETIME,
    "context_ip": ColumnType.STRING,
    "context_request_ip": ColumnType.STRING,
    "context_passed_ip": ColumnType.STRING,
    "context_source_id": ColumnType.STRING,
    "context_source_type": ColumnType.STRING,
    "context_destination_id": ColumnType.STRING,
    "context_destination_type": ColumnType.STRING,
    "uuid_ts": ColumnType.DATETIME,
}
# properties of these names vanish; uuid_ts too, which the reference forgot to protect
common_reserved = frozenset(
    {
        "id",
        "anonymous_id",
        "user_id",
        "sent_at",
        "timestamp",
        "received_at",
        "original_timestamp",
        "channel",
        "context_ip",
        "context_request_ip",
        "context_passed_ip",
        "uuid_ts",
    }
)
_CONTEXT = Document.CONTEXT
_EVENT = {"event": ColumnType.STRING, "event_text": ColumnType.STRING}

tracks = Family("track", "tracks", (_CONTEXT,), _EVENT, frozenset({"event_text", "record_id"}))
event_family = Family(
    "track",
    "tracks",
    (Document.PROPERTIES, Document.USER_PROPERTIES, _CONTEXT),
    _EVENT,
    frozenset({"event_text", "record_id"}),
)
_NAME = {"name": ColumnType.STRING}
families: tuple[Family, ...] = (
    tracks,
    Family("identify", "identifies", (Document.USER_PROPERTIES, Document.TRAITS, _CONTEXT)),
    Family("page", "pages", (Document.PROPERTIES, _CONTEXT), _NAME, frozenset({"name"})),
    Family("screen", "screens", (Document.PROPERTIES, _CONTEXT), _NAME, frozenset({"name"})),
    Family(
        "group",
        "groups",
        (Document.TRAITS, _CONTEXT),
        {"group_id": ColumnType.STRING},
        frozenset({"group_id"}),
    ),
    Family(
        "alias",
        "aliases",
        (Document.TRAITS, _CONTEXT),
        {"previous_id": ColumnType.STRING},
        frozenset({"previous_id"}),
    ),
)
# `users` has the columns of `identifies` but these; its id is the user's
users_table = "users"
identifies_table = "identifies"
not_of_users = frozenset({"id", "user_id", "anonymous_id", "channel"})
# which of two values of a user's column is the later one
later_first = ("received_at", "original_timestamp", "id")
discard_columns: dict[str, ColumnType] = {
    "table_name": ColumnType.STRING,
    "row_id": ColumnType.STRING,
    "column_name": ColumnType.STRING,
    "column_value": ColumnType.STRING,
    "reason": ColumnType.STRING,
    "received_at": ColumnType.DATETIME,
    "uuid_ts": ColumnType.DATETIME,
}
_OWN_TABLES = {family.table for family in families} | {users_table, discards_table}

_FIELD_TYPES = {
    FieldKind.FLAG: ColumnType.BOOLEAN,
    FieldKind.COUNT: ColumnType.INT,
    FieldKind.MILLIS: ColumnType.INT,
}
# names a table of an event must not take: the view's, and the loader's own table
_TAKEN = frozenset({view_name, discards_table})


def event_table(event: str, naming: Naming) -> str:
    """Return the table of an event, empty when its name has nothing to make a name from."""
    name = table_name(event, naming)
    return f"_{name}" if name.lower() in _TAKEN else name


def kind_of(table: str) -> str:
    """Return the table itself where every message of a type is, `event` for those of events."""
    name = table.lower()
    return name if name in _OWN_TABLES else "event"


def standard_columns(family: Family) -> dict[str, ColumnType]:
    """Return the columns that every table of the family has."""
    return {**common_columns, **family.extra}


def declared_columns(definition: Definition, naming: Naming) -> dict[str, ColumnType]:
    """Return every column that the table of a catalogue event has from the first sync on."""
    columns = standard_columns(event_family)
    wire_names = [(name, f.kind) for f in definition.fields for name in f.wire.names]
    wire_names += [("ServerVersion", FieldKind.VERSION), ("PluginVersion", FieldKind.VERSION)]
    for wire_name, kind in wire_names:
        name = column_name(wire_name, naming)
        if name.lower() not in common_reserved:
            columns[name] = _FIELD_TYPES.get(kind, ColumnType.STRING)
    return columns


def declared_tables(naming: Naming) -> dict[str, dict[str, ColumnType]]:
    """Return the tables that exist from the first sync on."""
    tables = {"tracks": standard_columns(tracks), discards_table: dict(discard_columns)}
    for event in all_events():
        definition = event.definition
        tables[event_table(definition.name, naming)] = declared_columns(definition, naming)
    return tables


def received_since(at: datetime | None, columns: Mapping[str, ColumnType]) -> Sql:
    """Return the condition on rows that may hold a copy of a message; None: on any row."""
    if at is None or "received_at" not in columns:
        return Sql("1 = 1")
    return compose("received_at >= {at}", at=moment(at))
