"""The view `telemetry_events`: one row per catalogue event, with the documented metadata names."""

from commandpost_telemetry.catalogue.registry import all_events
from commandpost_telemetry.rudder.naming import Naming, column_name
from commandpost_telemetry.warehouse.schema.sql import Sql, compose, ident, join
from commandpost_telemetry.warehouse.schema.tables import event_table

# documented name -> standard column of the event tables
_METADATA = {
    "event_time_stamp": "original_timestamp",
    "created_at": "sent_at",
    "id": "id",
    "event_original_timestamp": "original_timestamp",
    "diagnostic_id": "user_id",
    "event_text": "event_text",
}
_VERSIONS = {"server_version": "ServerVersion", "plugin_version": "PluginVersion"}


def view_query(naming: Naming, schema: str) -> Sql:
    """Return the query of the view over the tables of the catalogue."""
    columns = [
        compose("{column} AS {name}", column=_name(column, naming), name=_name(n, naming))
        for n, column in _METADATA.items()
    ]
    columns += [
        compose(
            "{column} AS {name}",
            column=ident(column_name(wire, naming)),
            name=_name(n, naming),
        )
        for n, wire in _VERSIONS.items()
    ]
    columns += [
        compose("CAST(NULL AS VARCHAR) AS {name}", name=_name("event_integrations", naming)),
        compose("'track' AS {name}", name=_name("type", naming)),
    ]
    selects = [
        compose(
            "SELECT {columns} FROM {table}",
            columns=join(", ", columns),
            table=ident(schema, event_table(event.definition.name, naming)),
        )
        for event in all_events()
    ]
    return join(" UNION ALL ", selects)


def _name(name: str, naming: Naming) -> Sql:
    return ident(name.upper() if naming is Naming.SNOWFLAKE else name)
