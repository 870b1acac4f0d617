"""Messages that are no tracks: identify with its users, page, screen, group, alias, the rest."""

from pathlib import Path
from typing import Any

import pytest

from commandpost_telemetry.rudder.naming import Naming
from commandpost_telemetry.warehouse.destinations.destination import Destination
from tests.commandpost_telemetry.warehouse import given


def an_identify(user: str | None, minute: int, **traits: object) -> dict[str, Any]:
    return given.a_message(
        "identify",
        messageId=f"{user} {minute:02}",
        userId=user,
        receivedAt=f"2026-11-24T12:{minute:02}:00.000Z",
        traits=traits,
    )


def users(destination: Destination, *columns: str) -> list[tuple[object, ...]]:
    return given.rows(destination, "users", "id", *columns)


def test_identify_is_a_row_of_identifies_and_makes_a_user(
    warehouse: Destination, tmp_path: Path
) -> None:
    outcome = given.loaded(warehouse, tmp_path, an_identify("ann", 1, plan="free", seats=3))

    assert outcome.tables == {"identifies": 1, "users": 1}
    assert given.rows(warehouse, "identifies", "id", "user_id", "plan", "seats") == [
        ("ann 01", "ann", "free", 3)
    ]
    assert users(warehouse, "plan", "seats", "context_request_ip") == [
        ("ann", "free", 3, "192.0.2.7")
    ]
    assert {"user_id", "anonymous_id", "channel"} & warehouse.schema()["users"].keys() == set()


def test_an_identify_without_a_user_makes_none(warehouse: Destination, tmp_path: Path) -> None:
    outcome = given.loaded(warehouse, tmp_path, an_identify(" ", 1, plan="free"))

    assert outcome.tables == {"identifies": 1}
    assert given.rows(warehouse, "identifies", "user_id", "plan") == [(None, "free")]


def test_a_trait_of_the_name_of_a_standard_column_vanishes(
    warehouse: Destination, tmp_path: Path
) -> None:
    given.loaded(warehouse, tmp_path, an_identify("ann", 1, user_id="x", anonymousId="y", plan="z"))

    assert given.columns(warehouse, "identifies") == {"plan": "string"}
    assert given.rows(warehouse, "identifies", "user_id", "anonymous_id", "plan") == [
        ("ann", "anonymous1", "z")
    ]


@pytest.mark.parametrize("kind", ["page", "screen"])
def test_pages_and_screens_have_a_name(warehouse: Destination, tmp_path: Path, kind: str) -> None:
    given.loaded(
        warehouse,
        tmp_path,
        given.a_message(kind, messageId="m1", name="Home", properties={"name": "no", "url": "/"}),
        given.a_message(kind, messageId="m2", name=" ", properties={"name": "Pricing"}),
        given.a_message(kind, messageId="m3"),
    )

    assert given.rows(warehouse, f"{kind}s", "id", "name", "url") == [
        ("m1", "Home", "/"),
        ("m2", "Pricing", None),
        ("m3", None, None),
    ]


def test_a_group_is_a_row_of_groups(warehouse: Destination, tmp_path: Path) -> None:
    message = given.a_message("group", groupId="g1", traits={"groupId": "no", "size": 4})
    given.loaded(warehouse, tmp_path, message)

    assert given.rows(warehouse, "groups", "group_id", "size", "user_id") == [("g1", 4, "server1")]


def test_an_alias_is_a_row_of_aliases(warehouse: Destination, tmp_path: Path) -> None:
    given.loaded(warehouse, tmp_path, given.a_message("alias", previousId="anonymous1"))

    assert given.rows(warehouse, "aliases", "previous_id", "user_id") == [("anonymous1", "server1")]


def test_one_id_in_two_kinds_is_two_rows(warehouse: Destination, tmp_path: Path) -> None:
    given.loaded(
        warehouse,
        tmp_path,
        given.a_message("page", messageId="same"),
        given.a_message("track", messageId="same"),
    )

    assert given.rows(warehouse, "pages", "id") == [("same",)]
    assert given.rows(warehouse, "tracks", "id") == [("same",)]


def test_what_cannot_become_a_row_is_kept_with_the_reason(
    warehouse: Destination, tmp_path: Path
) -> None:
    log = given.MemoryLog()
    unknown = given.a_line(given.a_message("merge", messageId="m1"))
    without = given.a_line({"messageId": "m2"})
    broken = [b'{"messageId":"m3"\n', b"\n", b'{"type":"track","messageId":"m4","a":"\xff"}\n']
    log.append_lines([given.a_line(given.a_message(messageId="good")), unknown, without, *broken])

    outcome = given.a_sync(log, warehouse, tmp_path)

    assert (outcome.messages, outcome.loaded, outcome.rejected) == (5, 1, 4)
    rejects = "SELECT message_id, reason, payload FROM loader.rejects ORDER BY reason, payload"
    assert warehouse.query(rejects).rows == [
        (None, "The line is not a JSON message.", '{"messageId":"m3"'),
        ("m4", "The line is not a JSON message.", '{"type":"track","messageId":"m4","a":"\ufffd"}'),
        ("m2", 'Unknown event type: "".', '{"messageId":"m2"}'),
        ("m1", 'Unknown event type: "merge".', unknown.decode().strip()),
    ]


def test_an_event_that_is_too_wide_is_rejected_alone(
    warehouse: Destination, tmp_path: Path
) -> None:
    wide = {f"property {number}": number for number in range(5000)}
    outcome = given.loaded(
        warehouse,
        tmp_path,
        given.a_message(messageId="m1", properties=wide),
        given.a_message(messageId="m2", properties={"n": 1}),
        given.a_message("identify", messageId="m3", traits=wide),
    )

    assert (outcome.loaded, outcome.rejected) == (1, 2)
    assert given.columns(warehouse, "something_done") == {"n": "int"}
    assert warehouse.query("SELECT message_id, reason FROM loader.rejects ORDER BY 1").rows == [
        ("m1", "The event would need 5018 columns; 200 are allowed."),
        ("m3", "The event would need 5016 columns; 200 are allowed."),
    ]


def test_odd_names_and_depths_and_sizes_are_loaded(warehouse: Destination, tmp_path: Path) -> None:
    deep: dict[str, Any] = {"leaf": 1}
    for _ in range(60):
        deep = {"d": deep}
    given.loaded(
        warehouse,
        tmp_path,
        given.a_message(event="Deep", properties=deep),
        given.a_message(event="Large", properties={"text": "x" * 4_000_000}),
        given.a_message(event="x" * 300, properties={"a\x00b": 1, "k" * 300: 2, "": 3, "/": 4}),
        given.a_message(event='"; DROP TABLE tracks; --', properties={'"; DROP': "'); --"}),
        given.a_message(event="nul \x00 inside", properties={"a": "nul \x00 inside"}),
    )

    longest = 63 if warehouse.naming is Naming.POSTGRES else 127
    kept = "" if warehouse.naming is Naming.POSTGRES else "\x00"  # text there can't hold it
    assert list(given.columns(warehouse, "deep")) == ["_".join(["d"] * 60 + ["leaf"])[:longest]]
    assert warehouse.query("SELECT length(text) FROM large").rows == [(4_000_000,)]
    assert given.columns(warehouse, "x" * longest) == {"a_b": "int", "k" * longest: "int"}
    assert given.rows(warehouse, "drop_table_tracks", "drop") == [("'); --",)]
    assert given.rows(warehouse, "nul_inside", "a") == [(f"nul {kept} inside",)]
