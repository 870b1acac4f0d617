"""Values that are kept whole as JSON, and texts that a sender has spread into objects."""

import json
from pathlib import Path
from typing import Any

import pytest

from commandpost_telemetry.settings import Settings
from commandpost_telemetry.warehouse.destinations.destination import Destination
from commandpost_telemetry.warehouse.destinations.postgres.destination import PostgresDestination
from commandpost_telemetry.warehouse.loading.options import Options
from commandpost_telemetry.warehouse.schema.event_paths import marked
from commandpost_telemetry.warehouse.schema.json_paths import JsonPaths
from commandpost_telemetry.warehouse.schema.leaves import MARK
from commandpost_telemetry.warehouse.schema.tables import Document
from commandpost_telemetry.warehouse.syncing.outcome import Outcome
from commandpost_telemetry.warehouse.syncing.sync import Sync
from tests.commandpost_telemetry.warehouse import given

OPTIONS = Options(json_paths=JsonPaths.read("track.properties.cart, identify.traits.home, a.b"))


def kept(destination: Destination, folder: Path, *messages: dict[str, Any]) -> Outcome:
    log = given.MemoryLog(*([message] for message in messages))
    return Sync(log, destination, folder, options=OPTIONS).run()


def as_python(value: object) -> object:
    """JSON is a text on DuckDB, and what it says on PostgreSQL."""
    return json.loads(value) if isinstance(value, str) else value


def test_paths_apply_to_their_type_and_part() -> None:
    paths = JsonPaths.read("track.properties.a.b, a.b,identify.traits.c,context.d,page.x,page,")

    assert paths.of("track", Document.PROPERTIES) == {("a", "b"), ("page", "x"), ("page",)}
    assert paths.of("track", Document.CONTEXT) == {("d",)}
    assert paths.of("identify", Document.TRAITS) == {("c",)}
    assert paths.of("page", Document.PROPERTIES) == frozenset()


@pytest.mark.parametrize("value", ["track.properties.", "a..b", "a,.b"])
def test_a_path_with_a_hole_stops_the_start(value: str) -> None:
    with pytest.raises(ValueError, match=r"track\.properties\.a\.b"):
        Settings(json_paths=value)


def test_what_stands_at_a_path_is_one_json_value(warehouse: Destination, tmp_path: Path) -> None:
    carts = [{"items": [1, {"n": "é\"\\u0000'"}]}, [1, 2], 1.50, True, "text", "2026-11-24"]
    blank: list[object] = [None, "", [], {}]
    tracks = [
        given.a_message(messageId=f"m{n}", properties={"cart": cart, "a": {"b": {"c": 1}, "d": 2}})
        for n, cart in enumerate([*carts, *blank])
    ]

    outcome = kept(warehouse, tmp_path, *tracks)

    assert (outcome.loaded, outcome.discarded) == (10, 0)
    assert given.columns(warehouse, "something_done") == {
        "a_b": "json",
        "a_d": "int",
        "cart": "json",
    }
    found = given.rows(warehouse, "something_done", "cart", "a_b")
    assert [as_python(cart) for cart, _ in found[:3]] == carts[:3]
    assert [as_python(b) for _, b in found] == [{"c": 1}] * 10
    assert [cart for cart, _ in found[6:]] == [None] * 4
    text = given.asked(
        warehouse,
        "SELECT CAST(cart AS VARCHAR) FROM main.something_done WHERE id IN ('m3', 'm4', 'm5')"
        " ORDER BY id",
    )
    assert text == [("true",), ('"text"',), ('"2026-11-24"',)]


def test_other_types_of_messages_are_flattened_as_ever(
    warehouse: Destination, tmp_path: Path
) -> None:
    kept(
        warehouse,
        tmp_path,
        given.a_message("identify", messageId="i", traits={"home": {"x": 1}, "cart": {"y": 2}}),
        given.a_message("page", messageId="p", properties={"cart": {"z": 3}}),
    )

    [(home, y)] = given.rows(warehouse, "identifies", "home", "cart_y")
    assert (as_python(home), y) == ({"x": 1}, 2)
    assert given.rows(warehouse, "pages", "cart_z") == [(3,)]
    [(of_user,)] = given.rows(warehouse, "users", "home")
    assert as_python(of_user) == {"x": 1}


def asks(paths: object, name: str = "DATA_WAREHOUSE") -> dict[str, object]:
    return {"All": True, name: {"options": {"jsonPaths": paths}}}


def test_a_message_may_say_itself_what_is_kept(warehouse: Destination, tmp_path: Path) -> None:
    here = "POSTGRES" if isinstance(warehouse, PostgresDestination) else "DUCKDB"
    box = {"box": {"n": 1, "x": [None, {"y": 1.50}, 12345678901234567890123]}}
    wanted: list[object] = [
        asks(["track.properties.box"]),
        asks("box, track.properties.box.n"),
        asks("box", here) | asks("nothing.here"),
        asks("box", here.lower()),
        asks("box", "REDSHIFT"),
        asks(["identify.traits.box", "box.n.none", "box.none"]),
        asks(7),
        "all",
        None,
    ]
    messages = [
        given.a_message(messageId=f"m{n}", integrations=each, properties=box)
        for n, each in enumerate(wanted)
    ]

    outcome = kept(warehouse, tmp_path, *messages)

    assert (outcome.loaded, outcome.discarded) == (9, 0)
    assert given.columns(warehouse, "something_done") == {
        "box": "json",
        "box_n": "int",
        "box_x": "string",
    }
    found = given.rows(warehouse, "something_done", "box", "box_x")
    assert [as_python(whole) for whole, _ in found] == [box["box"]] * 3 + [None] * 6
    assert [text is None for _, text in found] == [True] * 3 + [False] * 6


def test_what_a_message_asks_for_may_be_anywhere_and_anything(
    warehouse: Destination, tmp_path: Path
) -> None:
    identify = asks(["identify.traits.a", "identify.userProperties.b", "identify.context.c"])
    within = asks(["cart.items", "plain", "empty", "cart"])

    kept(
        warehouse,
        tmp_path,
        given.a_message(
            "identify",
            integrations=identify,
            traits={"a": {"x": 1}},
            userProperties={"b": [1]},
            context={"c": {"d": {}}},
        ),
        given.a_message(
            integrations=within, properties={"cart": {"items": 1}, "plain": "x", "empty": []}
        ),
        given.a_message(properties={"plain": "y"}, messageId="plain"),
    )

    [row] = given.rows(warehouse, "identifies", "a", "b", "context_c")
    assert [as_python(value) for value in row] == [{"x": 1}, [1], {"d": {}}]
    # the whole cart is kept in every message
    found = given.asked(
        warehouse,
        "SELECT CAST(cart AS VARCHAR), CAST(plain AS VARCHAR) FROM main.something_done ORDER BY 2",
    )
    assert [(cart and json.loads(str(cart)), plain) for cart, plain in found] == [
        ({"items": 1}, '"x"'),
        (None, '"y"'),
    ]
    assert set(given.columns(warehouse, "something_done")) == {"cart", "plain"}


def test_of_all_that_a_message_asks_for_the_first_paths_are_read() -> None:
    properties = {"first": {"x": {"y": 1}, "z": {}}, "last": {"x": 1}}
    paths = ["first.x", "first.z", *(f"none.x{n}" for n in range(198)), "last"]

    assert wrapped(properties, paths) == {
        "first": {"x": {MARK: {"y": 1}}, "z": {MARK: {}}},
        "last": {"x": 1},
    }


def test_a_path_that_is_deeper_than_messages_may_be_is_not_followed() -> None:
    properties: dict[str, object] = {"x": 1}
    for _ in range(100):
        properties = {"x": properties}

    assert wrapped(properties, [".".join(["x"] * 101)]) == properties


def test_no_key_of_a_sender_is_taken_for_the_mark(warehouse: Destination, tmp_path: Path) -> None:
    whole = {"\x1f": {"y": "\x1f"}, "a": {"\x1f": 1}}
    message = given.a_message(
        integrations=asks("box"),
        properties={"box": whole, "a": {"\x1f": {"b": 2}, "\x1fc": "\x1f"}},
    )
    plain = given.a_message(messageId="plain", properties={"a": {"\x1f": {"b": 3}}})

    assert kept(warehouse, tmp_path, message, plain).discarded == 0

    assert given.columns(warehouse, "something_done") == {
        "a_b": "int",
        "a_c": "string",
        "box": "json",
    }
    found = given.rows(warehouse, "something_done", "a_b", "a_c", "box")
    assert [(b, c, box and as_python(box)) for b, c, box in found] == [
        (2, "\x1f", whole),
        (3, None, None),
    ]


def wrapped(properties: dict[str, object], paths: list[str]) -> object:
    message = given.a_message(integrations=asks(paths), properties=properties)
    return json.loads(marked(given.a_line(message).strip(), "DUCKDB", JsonPaths()))["properties"]


def test_a_column_that_has_a_type_keeps_it(warehouse: Destination, tmp_path: Path) -> None:
    given.loaded(
        warehouse,
        tmp_path,
        given.a_message(messageId="m1", properties={"cart": "text", "a": {"b": 1}}),
    )

    given_later = given.a_message(messageId="m2", properties={"cart": {"n": 1}, "a": {"b": [2]}})
    log = given.MemoryLog([], [given_later])
    outcome = Sync(log, warehouse, tmp_path, options=OPTIONS).run()

    assert given.rows(warehouse, "something_done", "cart", "a_b") == [
        ("text", 1),
        ('{"n":1}', None),
    ]
    assert outcome.discarded == 1
    assert given.asked(warehouse, "SELECT column_name, column_value FROM rudder_discards") == [
        ("a_b", "[2]")
    ]


def test_an_escaped_nul_is_left_out_where_json_cannot_hold_it(
    warehouse: Destination, tmp_path: Path
) -> None:
    message = given.a_message(properties={"cart": {"a": "x\0\0y", "b": "\\u0000", "c": "\\\0"}})

    assert kept(warehouse, tmp_path, message).loaded == 1

    [(cart,)] = given.rows(warehouse, "something_done", "cart")
    found = as_python(cart)
    assert isinstance(found, dict)
    assert {key: value.replace("\0", "") for key, value in found.items()} == {
        "a": "xy",
        "b": "\\u0000",
        "c": "\\",
    }


def test_a_text_that_was_spread_is_one_again_in_the_context_and_nothing_in_a_group(
    warehouse: Destination, tmp_path: Path
) -> None:
    spread = {str(n): letter for n, letter in enumerate('ann"@example')}
    from_one = {str(n): letter for n, letter in enumerate("ben", 1)}
    given.loaded(
        warehouse,
        tmp_path,
        given.a_message(messageId="m1", context={"traits": spread, "n": 1}),
        given.a_message(messageId="m2", context={"traits": from_one}),
        given.a_message(messageId="m3", context={"traits": {"0": "x", "2": "y"}}),
        given.a_message(messageId="m4", context={"traits": {"plan": "free"}}),
        given.a_message(messageId="m5", context={"traits": "plain"}),
        given.a_message("group", messageId="g", groupId="g1", traits=spread),
        given.a_message("identify", messageId="i", traits=from_one),
    )

    assert given.rows(warehouse, "tracks", "context_traits", "context_traits_0") == [
        ('ann"@example', None),
        ("ben", None),
        (None, "x"),
        (None, None),
        ("plain", None),
    ]
    assert given.rows(warehouse, "tracks", "context_traits_plan")[3] == ("free",)
    assert "context_traits_5" not in warehouse.schema()["tracks"]
    assert "_0" not in warehouse.schema()["groups"]
    assert given.rows(warehouse, "identifies", "_1", "_2", "_3") == [("b", "e", "n")]
