"""What the data plane adds to a message or rewrites in it, rule by rule."""

import hashlib
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from commandpost_telemetry.collector.ingest import Taken, take_batch
from commandpost_telemetry.collector.taking import Arrival
from commandpost_telemetry.kit.clock import now
from tests.commandpost_telemetry.collector import given
from tests.commandpost_telemetry.collector.given import TRACK, Plane

NOON = "2026-11-24T12:00:00.000Z"
IP = "203.0.113.7"


def the_one(plane: Plane, event: dict[str, Any], **batch: Any) -> dict[str, Any]:
    assert plane.post("/v1/batch", {"batch": [event], **batch}).status == 200
    (message,) = plane.kept()
    return message


def version_4_of(text: str) -> str:
    return str(UUID(bytes=hashlib.md5(text.encode()).digest(), version=4))  # noqa: S324 - an id


def test_a_message_keeps_all_it_had_and_gets_what_it_lacked(plane: Plane) -> None:
    event = TRACK | {"properties": {"a": [1, 2.50, None], "b": {"c": "ü"}}, "context": {}}

    message = the_one(plane, event)

    assert message == event | {
        "receivedAt": NOON,
        "request_ip": IP,
        "rudderId": version_4_of("u1:"),
    }


def test_numbers_keep_every_digit(plane: Plane) -> None:
    plane.send(
        "POST",
        "/v1/track",
        b'{"userId":"u","properties":{"a":12345678901234567890123,"b":1.10,"c":1e400}}',
    )

    (entry,) = plane.parts.log.read(after=0)
    assert b'{"a":12345678901234567890123,"b":1.10,"c":1e400}' in entry.lines


@pytest.mark.parametrize(
    ("ids", "both"),
    [
        ({"userId": "u1"}, "u1:"),
        ({"userId": "u1", "anonymousId": "a1"}, "u1:a1"),
        ({"anonymousId": "a1"}, ":a1"),
        ({"userId": None, "anonymousId": "a1"}, ":a1"),
        ({"userId": 17}, "17:"),
        ({"userId": 1.5}, "1.5:"),
        ({"userId": 2.0}, "2:"),
        ({"userId": True, "anonymousId": False}, "true:false"),
        ({"userId": {"k": 1}}, '{"k":1}:'),
        ({"userId": [1, "x"]}, '[1,"x"]:'),
        ({"userId": " u1\u200b "}, "u1:"),
    ],
)
def test_ids_of_any_type_are_taken_and_make_one_id_together(
    plane: Plane, ids: dict[str, Any], both: str
) -> None:
    message = the_one(plane, {"type": "track", "messageId": "m1", **ids})

    assert message["rudderId"] == version_4_of(both)
    assert {name: message[name] for name in ids} == ids


def test_the_id_of_both_ids_is_never_the_sender_s(plane: Plane) -> None:
    message = the_one(plane, TRACK | {"rudderId": "mine"})

    assert message["rudderId"] == version_4_of("u1:")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("m1", "m1"),
        (" m1 ", "m1"),
        ("\ufeffm\u200b1\u00a0", "m1"),
        ("m\u31641\n", "m1"),
        ("zwölf", "zwölf"),
        ("with space", "with space"),
    ],
)
def test_a_message_id_is_cleaned_of_what_nobody_can_see(plane: Plane, sent: str, kept: str) -> None:
    assert the_one(plane, TRACK | {"messageId": sent})["messageId"] == kept


@pytest.mark.parametrize("sent", [None, "", "  ", "\u200b", 7, True, ["m1"], {"id": "m1"}])
def test_a_message_id_that_is_none_is_replaced_by_a_random_one(plane: Plane, sent: object) -> None:
    made = the_one(plane, TRACK | {"messageId": sent})["messageId"]

    assert UUID(made).version == 4


def test_a_message_without_an_id_gets_one(plane: Plane) -> None:
    made = the_one(plane, {"type": "track", "userId": "u1"})["messageId"]

    assert UUID(made).version == 4


def test_when_it_was_received_is_our_time(plane: Plane) -> None:
    assert the_one(plane, TRACK | {"receivedAt": "1999-01-01T00:00:00Z"})["receivedAt"] == NOON


@pytest.mark.parametrize(
    ("headers", "ip"),
    [
        ({}, IP),
        ({"x-forwarded-for": "198.51.100.4, 10.0.0.1"}, "198.51.100.4"),
        ({"x-forwarded-for": " 2001:db8::1 "}, "2001:db8::1"),
        ({"x-forwarded-for": ""}, IP),
    ],
)
def test_the_address_of_the_sender_is_that_of_the_first_proxy(
    plane: Plane, headers: dict[str, str], ip: str
) -> None:
    plane.post("/v1/track", TRACK, headers=headers)

    assert [message["request_ip"] for message in plane.kept()] == [ip]


def test_a_sender_without_an_address_has_none(plane: Plane) -> None:
    plane.post("/v1/track", TRACK, peer=None)

    assert [message["request_ip"] for message in plane.kept()] == [""]


def test_an_address_in_an_event_is_that_event_s_alone(plane: Plane) -> None:
    batch = [TRACK | {"request_ip": "192.0.2.1"}, TRACK | {"messageId": "m2"}]

    plane.post("/v1/batch", {"batch": batch})

    assert [message["request_ip"] for message in plane.kept()] == ["192.0.2.1", IP]


@pytest.mark.parametrize(
    ("event", "batch", "sent_at"),
    [
        ({"sentAt": "2026-01-01T00:00:00Z"}, {"sentAt": "2025"}, "2026-01-01T00:00:00Z"),
        ({}, {"sentAt": "2025-01-01T00:00:00Z"}, "2025-01-01T00:00:00Z"),
        ({"sentAt": None}, {"sentAt": "2025-01-01T00:00:00Z"}, "2025-01-01T00:00:00Z"),
        ({}, {"sentAt": 7}, None),
        ({}, {}, None),
        ({"sentAt": None}, {}, None),
    ],
)
def test_when_a_batch_was_sent_stands_in_for_its_events(
    plane: Plane, event: dict[str, Any], batch: dict[str, Any], sent_at: str | None
) -> None:
    assert the_one(plane, TRACK | event, **batch).get("sentAt") == sent_at


def test_the_strict_mode_leaves_the_batch_s_time_alone() -> None:
    arrival = Arrival("ann", now(), IP, uses_batch_sent_at=False)

    taken = take_batch(json.dumps({"batch": [TRACK], "sentAt": "2025"}).encode(), arrival)

    assert isinstance(taken, Taken)
    assert "sentAt" not in json.loads(taken.request.lines)


def test_extracts_need_no_id_and_records_neither(plane: Plane) -> None:
    answer = plane.post(
        "/v1/batch", {"batch": [{"type": "extract", "event": "rows"}, {"type": "record"}]}
    )

    assert answer.status == 200
    assert [message["type"] for message in plane.kept()] == ["extract"]
    assert plane.rejected() == [("unknown type of event", b'{"type": "record"}')]


def test_of_a_field_that_comes_twice_the_last_counts_everywhere(plane: Plane) -> None:
    plane.send("POST", "/v1/track", b'{"userId":"u","messageId":"m1","messageId":"m2"}')

    (entry,) = plane.parts.log.read(after=0)
    assert entry.lines.count(b"messageId") == 1
    assert [message["messageId"] for message in plane.kept()] == ["m2"]


@pytest.mark.parametrize(
    "spelled", [rb"message\u0049d", rb"\u006dessageId", rb"message\u0049\u0064"]
)
def test_an_id_that_comes_twice_is_not_hidden_by_one_that_is_spelled_otherwise(
    plane: Plane, spelled: bytes
) -> None:
    doubled = b'{"type":"track","userId":"u","messageId":"m1","messageId":"m2"}'
    escaped = b'{"type":"track","userId":"u","%b":"m3"}' % spelled

    plane.send("POST", "/v1/batch", b'{"batch":[%b,%b]}' % (doubled, escaped))

    (entry,) = plane.parts.log.read(after=0)
    assert entry.lines.count(b'"messageId"') == entry.count == 2
    assert [message["messageId"] for message in plane.kept()] == ["m2", "m3"]


def test_a_body_over_many_lines_is_one_line_in_the_log(plane: Plane) -> None:
    plane.send(
        "POST",
        "/v1/batch",
        json.dumps({"batch": [TRACK, TRACK | {"messageId": "m2"}]}, indent=2).encode(),
    )

    (entry,) = plane.parts.log.read(after=0)
    assert entry.lines.count(b"\n") == entry.count == 2
    assert [message["messageId"] for message in plane.kept()] == ["m1", "m2"]


def test_a_single_event_with_space_around_it(plane: Plane) -> None:
    plane.send("POST", "/v1/track", b" \t" + json.dumps(TRACK).encode() + b"  ")

    assert [message["messageId"] for message in plane.kept()] == ["m1"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (rb'"\ud83d\ude00"', "\U0001f600"),
        (rb'"\ud800x"', "\ufffdx"),
        (rb'"x\uDC00"', "x\ufffd"),
        (rb'"\\ud800"', "\\ud800"),
        (b'"\xff"', "\ufffd"),
        ('"\u2028"'.encode(), "\u2028"),
    ],
)
def test_text_that_is_none_is_made_readable_and_nothing_else_changes(
    plane: Plane, sent: bytes, kept: str
) -> None:
    answer = plane.send(
        "POST", "/v1/batch", b'{"batch":[{"type":"track","userId":"u","event":' + sent + b"}]}"
    )

    assert answer.status == 200
    assert [message["event"] for message in plane.kept()] == [kept]


def test_a_repeat_is_answered_ok_and_kept_once(plane: Plane) -> None:
    answers = [plane.post("/v1/batch", {"batch": [TRACK]}).status for _ in range(3)]

    assert answers == [200, 200, 200]
    assert len(plane.kept()) == 1


def test_the_log_knows_the_source(tmp_path: Path) -> None:
    with given.a_plane(tmp_path, keys={"ann": "a", "ben": "b"}) as plane:
        plane.post("/v1/track", TRACK, key="a")
        plane.post("/v1/track", TRACK, key="b")
        sources = [entry.source_id for entry in plane.parts.log.read(after=0)]

    assert sources == ["ann", "ben"]
