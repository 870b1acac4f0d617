"""Which rows a message becomes: names, types, blanks, collisions and values that do not fit."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from commandpost_telemetry.warehouse.destinations.destination import Destination
from tests.commandpost_telemetry.warehouse import given

MOMENT = datetime(2026, 11, 24, 11, 30)  # noqa: DTZ001 - columns hold UTC without a zone


PROPERTIES: list[tuple[dict[str, Any], str, str, object]] = [
    ({"n": 1}, "n", "int", 1),
    ({"n": 1.0}, "n", "int", 1),
    ({"n": 0}, "n", "int", 0),
    ({"n": -3}, "n", "int", -3),
    ({"n": 9007199254740993}, "n", "int", 9007199254740993),
    ({"n": 1.5}, "n", "float", 1.5),
    ({"b": False}, "b", "boolean", False),
    ({"s": "1"}, "s", "string", "1"),
    ({"s": "true"}, "s", "string", "true"),
    ({"s": " "}, "s", "string", " "),
    ({"d": "2026-11-24T11:30:00Z"}, "d", "datetime", MOMENT),
    ({"d": "2026-11-24 11:30"}, "d", "datetime", MOMENT),
    ({"d": "2026-11-24T12:30:00+01:00"}, "d", "datetime", MOMENT),
    ({"d": "2026-11-24T12:30:00+0100"}, "d", "datetime", MOMENT),
    ({"d": "2026-11-24T12:30:00+01"}, "d", "datetime", MOMENT),
    ({"d": "2026-11-24"}, "d", "datetime", MOMENT.replace(hour=0, minute=0)),
    ({"d": "2026-11-24T11:30:00.0009999Z"}, "d", "datetime", MOMENT),
    ({"d": "0000-01-01"}, "d", "string", "0000-01-01"),
    ({"d": "2026-02-30"}, "d", "string", "2026-02-30"),
    ({"d": "+2026-11-24"}, "d", "string", "+2026-11-24"),
    ({"d": "2026/11/24"}, "d", "string", "2026/11/24"),
    ({"d": "11:30"}, "d", "string", "11:30"),
    ({"a": [1, "x", None]}, "a", "string", '[1,"x",null]'),
    ({"a": [{"b": 1}]}, "a", "string", '[{"b":1}]'),
    ({"o": {"deep": {"er": 1}}}, "o_deep_er", "int", 1),
    ({"CamelCase123Key": "x"}, "camel_case123_key", "string", "x"),
    ({"path to $1,00,000": "x"}, "path_to_1_00_000", "string", "x"),
    ({"9mega________-________90": "x"}, "_9mega_90", "string", "x"),
    ({"$price": 5}, "price", "int", 5),
    ({"a.b": 5}, "a_b", "int", 5),
    ({"select": 5}, "_select", "int", 5),
    ({"_private": 5}, "_private", "int", 5),
    ({"_id": 5}, "_id", "int", 5),
    ({"_timestamp": 5}, "_timestamp", "int", 5),
    ({"n": "1790000000000"}, "n", "string", "1790000000000"),
    ({"n": 1790000000000}, "n", "int", 1790000000000),
    ({"name": "free on track"}, "name", "string", "free on track"),
    ({"a/b~c\"d'e": 5}, "a_b_c_d_e", "int", 5),
]


def test_a_property_becomes_a_column(warehouse: Destination, tmp_path: Path) -> None:
    messages = [
        given.a_message(event=f"Case {number}", properties=properties)
        for number, (properties, *_) in enumerate(PROPERTIES)
    ]
    given.loaded(warehouse, tmp_path, *messages)

    found = [
        (given.columns(warehouse, f"case_{n}"), given.rows(warehouse, f"case_{n}", column))
        for n, (_, column, _, _) in enumerate(PROPERTIES)
    ]
    assert found == [({column: kind}, [(value,)]) for _, column, kind, value in PROPERTIES]


NOTHING: list[dict[str, Any]] = [
    {},
    {"n": None},
    {"s": ""},
    {"a": []},
    {"a": [""]},
    {"a": [None]},
    {"a": [[]]},
    {"o": {}},
    {"o": {"p": {}}},
    {"日本": 1},
    {"!!!": 1},
    {"id": "x"},
    {"ID": "x"},
    {"userId": "x"},
    {"timestamp": "x"},
    {"receivedAt": "x"},
    {"eventText": "x"},
    {"channel": "x"},
    {"contextIp": "x"},
    {"event": "x"},
    {"uuid_ts": "x"},
    {"record_id": "x"},
]


def test_blank_reserved_and_nameless_properties_have_no_column(
    warehouse: Destination, tmp_path: Path
) -> None:
    messages = [
        given.a_message(messageId=f"m{n}", event=f"Case {n}", properties=properties)
        for n, properties in enumerate(NOTHING)
    ]
    given.loaded(warehouse, tmp_path, *messages)

    found = [
        (given.columns(warehouse, f"case_{n}"), given.rows(warehouse, f"case_{n}", "id", "event"))
        for n in range(len(NOTHING))
    ]
    assert found == [({}, [(f"m{n}", f"case_{n}")]) for n in range(len(NOTHING))]


def test_dropped_properties_are_counted(warehouse: Destination, tmp_path: Path) -> None:
    given.loaded(
        warehouse,
        tmp_path,
        given.a_message(properties={"ID": "x"}),
        given.a_message(properties={"ID": "y", "n": 1}),
    )

    assert warehouse.query("SELECT table_name, key, messages FROM loader.dropped").rows == [
        ("something_done", "properties.ID", 2)
    ]


SECOND_VALUES: list[tuple[object, object, object, str | None]] = [
    (1, "seven", None, "seven"),
    (1, 2.5, None, "2.5"),
    (1, 3.0, 3, None),
    (1, True, None, "true"),
    (1, [1], None, "[1]"),
    (1, 2**70, None, str(2**70)),
    (1, "", None, None),
    (1.5, 2, 2.0, None),
    (1.5, "x", None, "x"),
    (True, 1, None, "1"),
    (True, "true", None, "true"),
    ("2026-11-24", "soon", None, "soon"),
    ("2026-11-24", 5, None, "5"),
    ("x", 1, "1", None),
    ("x", 1.0, "1", None),
    ("x", 1.5, "1.5", None),
    ("x", True, "true", None),
    ("x", [1, 2], "[1,2]", None),
    ("x", "2026-11-24", "2026-11-24T00:00:00.000Z", None),
    ("x", {"y": 1}, None, None),
]


def test_the_first_type_wins_and_what_does_not_fit_is_discarded(
    warehouse: Destination, tmp_path: Path
) -> None:
    messages = [
        given.a_message(messageId=f"{n:02} {turn}", event=f"Case {n}", properties={"p": value})
        for n, pair in enumerate(SECOND_VALUES)
        for turn, value in zip(("first", "second"), pair, strict=False)
    ]
    given.loaded(warehouse, tmp_path, *messages)

    kept = [given.rows(warehouse, f"case_{n}", "p")[1] for n in range(len(SECOND_VALUES))]
    discards = warehouse.query(
        "SELECT table_name, row_id, column_name, column_value FROM rudder_discards ORDER BY row_id"
    ).rows
    assert kept == [(value,) for _, _, value, _ in SECOND_VALUES]
    assert discards == [
        (f"case_{n}", f"{n:02} second", "p", text)
        for n, (*_, text) in enumerate(SECOND_VALUES)
        if text is not None
    ]


@pytest.mark.parametrize("value", ["2026-11-24", 1, 1.5, True, 2.0, [1]])
def test_a_message_without_the_property_has_no_say_in_its_type(
    warehouse: Destination, tmp_path: Path, value: object
) -> None:
    given.loaded(
        warehouse,
        tmp_path,
        given.a_message(event="Late", properties={"p": None}),
        given.a_message(event="Late"),
        given.a_message(event="Late", properties={"p": value}),
        given.a_message(event="At once", properties={"p": value}),
    )

    assert given.columns(warehouse, "late") == given.columns(warehouse, "at_once")


def test_of_two_properties_with_one_column_the_later_key_wins(
    warehouse: Destination, tmp_path: Path
) -> None:
    given.loaded(
        warehouse,
        tmp_path,
        given.a_message(messageId="m1", properties={"a_b": "second", "a": {"b": "first"}}),
        given.a_message(messageId="m2", properties={"a_b": "", "a": {"b": "first"}}),
        given.a_message(messageId="m3", properties={"aB": 3, "a_b": "x"}),
    )

    assert given.rows(warehouse, "something_done", "a_b") == [("second",), ("first",), ("x",)]


def test_keys_that_differ_in_case_only_are_told_apart(
    warehouse: Destination, tmp_path: Path
) -> None:
    given.loaded(warehouse, tmp_path, given.a_message(properties={"SIZE": 1, "size": 2}))

    assert given.rows(warehouse, "something_done", "size") == [(2,)]


@pytest.mark.parametrize("event", ["", " ", "!!!", None, {"a": 1}, ["x"]])
def test_an_event_without_a_name_is_in_tracks_only(
    warehouse: Destination, tmp_path: Path, event: object
) -> None:
    outcome = given.loaded(warehouse, tmp_path, given.a_message(event=event))

    assert outcome.tables == {"tracks": 1}


@pytest.mark.parametrize(
    ("event", "table"),
    [
        ("Order Completed V2", "order_completed_v2"),
        ("signUp", "sign_up"),
        ("Sign-Up", "sign_up"),
        ("SIGN UP", "sign_up"),
        ("Users", "_users"),
        ("tracks", "_tracks"),
        ("accounts", "_accounts"),
        ("Telemetry Events", "_telemetry_events"),
        ("rudder discards", "_rudder_discards"),
        (5, "_5"),
    ],
)
def test_the_table_is_named_after_the_event(
    warehouse: Destination, tmp_path: Path, event: object, table: str
) -> None:
    outcome = given.loaded(warehouse, tmp_path, given.a_message(event=event))

    assert outcome.tables == {table: 1, "tracks": 1}
    assert given.rows(warehouse, "tracks", "event") == [(table,)]


def test_context_is_flattened_into_every_table(warehouse: Destination, tmp_path: Path) -> None:
    context = {"ip": "198.51.100.9", "library": {"name": "x", "version": "1.2"}, "app": {}}
    given.loaded(warehouse, tmp_path, given.a_message(context=context))

    names = ("context_ip", "context_passed_ip", "context_request_ip", "context_library_version")
    expected = [("198.51.100.9", "198.51.100.9", "192.0.2.7", "1.2")]
    assert given.rows(warehouse, "tracks", *names) == expected
    assert given.rows(warehouse, "something_done", *names) == expected


def test_rows_say_which_source_and_destination_they_went_through(
    warehouse: Destination, tmp_path: Path
) -> None:
    log = given.MemoryLog()
    log.append([given.a_message(context={"sourceId": "mine"})], source='a "quoted" \\ source')
    given.a_sync(log, warehouse, tmp_path)

    assert given.rows(
        warehouse, "tracks", "context_source_id", "context_source_type", "context_destination_type"
    ) == [('a "quoted" \\ source', "HTTP", warehouse.naming.upper())]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"userId": 5}, ("5", "anonymous1", "server")),
        ({"userId": None}, (None, "anonymous1", "server")),
        ({"userId": "  "}, (None, "anonymous1", "server")),
        ({"userId": {"a": 1}}, (None, "anonymous1", "server")),
        ({"userId": 'q"u\\o'}, ('q"u\\o', "anonymous1", "server")),
        ({"anonymousId": [], "channel": ""}, ("server1", None, None)),
    ],
)
def test_ids_are_text_whatever_they_came_as(
    warehouse: Destination,
    tmp_path: Path,
    fields: dict[str, Any],
    expected: tuple[object, ...],
) -> None:
    given.loaded(warehouse, tmp_path, given.a_message(**fields))

    assert given.rows(warehouse, "tracks", "user_id", "anonymous_id", "channel") == [expected]


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-24T{clock}")


@pytest.mark.parametrize(
    ("received", "sent", "original", "timestamp", "expected"),
    [
        ("07:00:45.558", "07:00:45.124", "07:00:43.400", None, "07:00:43.834"),
        ("07:00:43.400", "07:00:46.124", "07:00:45.558", None, "07:00:42.834"),
        ("07:00:43.400", "07:00:46.124", "07:00:45.558", "06:00:00.000", "06:00:00.000"),
        ("07:00:43.400", None, None, None, "07:00:43.400"),
    ],
)
def test_the_timestamp_is_corrected_by_the_senders_clock(
    warehouse: Destination,
    tmp_path: Path,
    received: str,
    sent: str | None,
    original: str | None,
    timestamp: str | None,
    expected: str,
) -> None:
    given_times = {
        "receivedAt": received,
        "sentAt": sent,
        "originalTimestamp": original,
        "timestamp": timestamp,
    }
    fields: dict[str, Any] = {
        key: clock and f"2026-11-24T{clock}Z" for key, clock in given_times.items()
    }
    given.loaded(warehouse, tmp_path, given.a_message("track", **fields))

    assert given.rows(
        warehouse, "tracks", "received_at", "sent_at", "original_timestamp", "timestamp"
    ) == [(at(received), at(sent or received), at(original or received), at(expected))]


@pytest.mark.parametrize(
    "text",
    [
        "Tue, 24 Nov 2026 11:30:00 GMT",
        "2026/11/24 11:30:00",
        "2026-11-24T11:30:00.000000+00:00",
        "2026-11-24T06:30:00-05:00",
    ],
)
def test_times_of_senders_are_read_leniently(
    warehouse: Destination, tmp_path: Path, text: str
) -> None:
    given.loaded(warehouse, tmp_path, given.a_message(originalTimestamp=text))

    assert given.rows(warehouse, "tracks", "original_timestamp") == [(MOMENT,)]


@pytest.mark.parametrize("text", ["soon", "infinity", "0000-01-01", "10000-01-01", 5, {"a": 1}])
def test_times_that_cannot_be_read_are_the_time_of_receipt(
    warehouse: Destination, tmp_path: Path, text: object
) -> None:
    given.loaded(warehouse, tmp_path, given.a_message(originalTimestamp=text))

    assert given.rows(warehouse, "tracks", "original_timestamp") == [(at("12:00:00.500"),)]


def test_a_number_as_key_is_never_a_place_in_an_array(
    warehouse: Destination, tmp_path: Path
) -> None:
    documents = [{"a": {"0": 5}, "1": 6}, {"a": ["x", "y"]}, ["x", "y"]]
    given.loaded(warehouse, tmp_path, *(given.a_message(properties=each) for each in documents))

    assert sorted(given.rows(warehouse, "something_done", "a_0", "_1", "a"), key=repr) == [
        (5, 6, None),
        (None, None, '["x","y"]'),
        (None, None, None),
    ]
    assert warehouse.query("SELECT count(*) FROM rudder_discards").rows == [(0,)]
