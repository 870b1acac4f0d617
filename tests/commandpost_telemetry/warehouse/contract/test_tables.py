"""What each warehouse makes of the schema: tables, columns, types, names, and what they mean."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from commandpost_telemetry.catalogue.incident import CreateIncident, EndIncident
from commandpost_telemetry.rudder.naming import Naming
from commandpost_telemetry.warehouse.destinations.destination import Destination
from commandpost_telemetry.warehouse.loading.options import Options
from commandpost_telemetry.warehouse.schema.json_paths import JsonPaths
from commandpost_telemetry.warehouse.syncing.sync import Sync
from tests.commandpost_telemetry.warehouse import given

AN_ID = "4ihn7q5s1bdo8gcmkpzy9uexaw"


def an_incident() -> dict[str, object]:
    event = CreateIncident(
        incident_id=AN_ID,
        commander_user_id=AN_ID,
        team_id=AN_ID,
        created_at=1790000000000,
        channel_ids=(AN_ID,),
        post_id="",
        num_checklists=1,
        total_checklist_items=2,
    )
    versions = {"ServerVersion": "5.28.0", "PluginVersion": "0.4.0"}
    return given.a_message(
        messageId="m1", event="CreateIncident", properties={**event.properties(), **versions}
    )


def test_tables_of_the_catalogue_exist_before_anything_is_loaded(
    warehouse: Destination,
) -> None:
    assert given.columns(warehouse, "end_incident") == {
        "channel_i_ds": "string",
        "commander_user_id": "string",
        "created_at": "int",
        "incident_id": "string",
        "is_active": "boolean",
        "num_checklists": "int",
        "plugin_version": "string",
        "post_id": "string",
        "server_version": "string",
        "team_id": "string",
        "total_checklist_items": "int",
        "user_actual_id": "string",
    }
    assert given.count(warehouse, "telemetry_events") == 0


def test_a_catalogue_event_becomes_a_row_of_tracks_and_one_of_its_own_table(
    warehouse: Destination, tmp_path: Path
) -> None:
    outcome = given.loaded(warehouse, tmp_path, an_incident())

    assert (outcome.messages, outcome.loaded) == (1, 1)
    assert given.tables(outcome) == {"create_incident": 1, "tracks": 1}
    assert [
        (given.name_of(event), *others)
        for event, *others in given.rows(warehouse, "tracks", "event", "id", "event_text")
    ] == [("create_incident", "m1", "CreateIncident")]
    assert given.rows(
        warehouse,
        "create_incident",
        "incident_id",
        "is_active",
        "commander_user_id",
        "team_id",
        "created_at",
        "channel_i_ds",
        "post_id",
        "num_checklists",
        "total_checklist_items",
        "server_version",
        "plugin_version",
    ) == [(AN_ID, True, AN_ID, AN_ID, 1790000000000, f'["{AN_ID}"]', None, 1, 2, "5.28.0", "0.4.0")]


def test_the_view_shows_the_documented_metadata(warehouse: Destination, tmp_path: Path) -> None:
    given.loaded(warehouse, tmp_path, an_incident())

    found = warehouse.query("SELECT * FROM telemetry_events")
    rows = given.asked(warehouse, "SELECT * FROM telemetry_events")

    assert [dict(zip(found.columns, row, strict=True)) for row in rows] == [
        {
            "event_time_stamp": datetime(2026, 11, 24, 11, 59, 58),  # noqa: DTZ001 - the column has no zone: UTC
            "created_at": datetime(2026, 11, 24, 12, 0),  # noqa: DTZ001 - as above
            "id": "m1",
            "event_original_timestamp": datetime(2026, 11, 24, 11, 59, 58),  # noqa: DTZ001 - as above
            "diagnostic_id": "server1",
            "event_text": "CreateIncident",
            "server_version": "5.28.0",
            "plugin_version": "0.4.0",
            "event_integrations": None,
            "type": "track",
        }
    ]


MOMENT = datetime(2026, 11, 24, 11, 30, 0, 123000)  # noqa: DTZ001 - columns hold UTC without a zone
# a value, what is read back, the type of ours, and the types of DuckDB, PostgreSQL and Snowflake
TYPES: dict[str, tuple[object, object, str, tuple[str, str, str]]] = {
    "whole": (2**53 + 1, 2**53 + 1, "int", ("BIGINT", "bigint", "NUMBER")),
    "least": (-(2**63), -(2**63), "int", ("BIGINT", "bigint", "NUMBER")),
    "part": (0.1, 0.1, "float", ("DOUBLE", "double precision", "FLOAT")),
    "flag": (False, False, "boolean", ("BOOLEAN", "boolean", "BOOLEAN")),
    "text": ("é '\"\\\n", "é '\"\\\n", "string", ("VARCHAR", "text", "TEXT")),
    "list": ([1, "x"], '[1,"x"]', "string", ("VARCHAR", "text", "TEXT")),
    "at": (
        "2026-11-24T12:30:00.123+01:00",
        MOMENT,
        "datetime",
        ("TIMESTAMP", "timestamp with time zone", "TIMESTAMP_TZ"),
    ),
    "whole_json": ({"a": [1, None]}, {"a": [1, None]}, "json", ("JSON", "jsonb", "VARIANT")),
}


def test_each_type_is_the_database_s_own_and_read_back_as_it_was(
    warehouse: Destination, tmp_path: Path
) -> None:
    message = given.a_message(event="Typed", properties={k: v for k, (v, *_) in TYPES.items()})
    options = Options(json_paths=JsonPaths.read("whole_json"))

    Sync(given.MemoryLog([message]), warehouse, tmp_path, options=options).run()

    [read] = given.rows(warehouse, "typed", *TYPES)
    *plain, as_json = read
    assert [*plain, as_python(as_json)] == [each for _, each, *_ in TYPES.values()]
    assert given.columns(warehouse, "typed") == {name: each[2] for name, each in TYPES.items()}
    turn = list(Naming).index(warehouse.naming)
    assert stored_types(warehouse, "typed") == {name: each[3][turn] for name, each in TYPES.items()}


def as_python(value: object) -> object:
    """JSON is a text on DuckDB and Snowflake, and what it says on PostgreSQL."""
    return json.loads(value) if isinstance(value, str) else value


def stored_types(warehouse: Destination, table: str) -> dict[str, str]:
    query = (
        "SELECT lower(table_name), lower(column_name), data_type FROM information_schema.columns"
    )
    found = warehouse.query(query).rows
    return {str(name): str(kind) for t, name, kind in found if t == table and name in TYPES}


def test_columns_are_added_and_the_first_type_stays(warehouse: Destination, tmp_path: Path) -> None:
    first = given.a_message(messageId="m1", properties={"n": 1, "s": "x"})
    log = given.MemoryLog([first])
    given.a_sync(log, warehouse, tmp_path)
    for number, later in enumerate(({"n": "y", "new": 1}, {"s": 2}, {"s": True}), 2):
        log.append([given.a_message(messageId=f"m{number}", properties=later)])

    outcome = given.a_sync(log, warehouse, tmp_path)

    assert given.columns(warehouse, "something_done") == {"n": "int", "new": "int", "s": "string"}
    assert given.rows(warehouse, "something_done", "n", "s", "new") == [
        (1, "x", None),
        (None, None, 1),
        (None, "2", None),
        (None, "true", None),
    ]
    assert (outcome.loaded, outcome.discarded) == (3, 1)
    discard = "SELECT lower(table_name), row_id, lower(column_name), column_value"
    assert given.asked(warehouse, f"{discard} FROM rudder_discards") == [
        ("something_done", "m2", "n", "y")
    ]
    new = "SELECT lower(table_name), lower(column_name), column_type FROM loader.new_columns"
    assert given.asked(warehouse, f"{new} WHERE lower(column_name) IN ('n', 'new')") == [
        ("something_done", "n", "int"),
        ("something_done", "new", "int"),
    ]


# the key of a property, and its column on DuckDB, PostgreSQL and Snowflake
NAMES: list[tuple[str, tuple[str, str, str]]] = [
    ("select", ("_select", "_select", "_SELECT")),
    ("user", ("_user", "_user", "USER")),
    ("pivot", ("_pivot", "pivot", "PIVOT")),
    ("qualify", ("_qualify", "qualify", "_QUALIFY")),
    ("CamelCase123Key", ("camel_case123_key", "camel_case123_key", "CAMEL_CASE123_KEY")),
    ("iOSVersion14", ("i_os_version14", "i_os_version14", "I_OS_VERSION14")),
    ("9 lives", ("_9_lives", "_9_lives", "_9_LIVES")),
    ("a.b", ("a_b", "a_b", "A_B")),
    ("k" * 130, ("k" * 127, "k" * 63, "K" * 127)),
]


def test_names_are_safe_and_in_the_case_of_the_warehouse(
    warehouse: Destination, tmp_path: Path
) -> None:
    properties: dict[str, Any] = {key: number for number, (key, _) in enumerate(NAMES)}
    events = ["Order Completed V2", "SELECT", "Users", "Telemetry Events"]

    outcome = given.loaded(
        warehouse,
        tmp_path,
        *(given.a_message(event=each, properties=properties) for each in events),
    )

    turn = list(Naming).index(warehouse.naming)
    columns = [names[turn] for _, names in NAMES]
    tables = ["order_completed_v2", "_select", "_users", "_telemetry_events"]
    is_upper = warehouse.naming is Naming.SNOWFLAKE
    assert outcome.tables.keys() == {"tracks", *(t.upper() if is_upper else t for t in tables)}
    for table in tables:
        assert given.rows(warehouse, table, *columns) == [tuple(range(len(NAMES)))]


def test_tables_and_columns_say_what_they_mean(warehouse: Destination) -> None:
    definition = EndIncident.definition
    [user] = [each for each in definition.fields if "UserActualID" in each.wire.names]

    of_table, of_column = COMMENTS[warehouse.naming]

    assert warehouse.query(of_table).rows == [(f"{definition.label}. {definition.purpose}",)]
    if of_column:
        assert warehouse.query(of_column).rows == [(user.wire.says,)]


COMMENTS = {
    Naming.DUCKDB: (
        "SELECT comment FROM duckdb_tables() WHERE table_name = 'end_incident'",
        (
            "SELECT comment FROM duckdb_columns() WHERE table_name = 'end_incident'"
            " AND column_name = 'user_actual_id'"
        ),
    ),
    Naming.POSTGRES: (
        "SELECT obj_description('main.end_incident'::regclass)",
        (
            "SELECT col_description(attrelid, attnum) FROM pg_attribute"
            " WHERE attrelid = 'main.end_incident'::regclass AND attname = 'user_actual_id'"
        ),
    ),
    Naming.SNOWFLAKE: (
        "SELECT COMMENT FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME = 'END_INCIDENT'",
        "",  # the fake keeps none: see test_limits.py
    ),
}
