"""Whatever comes as a body: an answer of the table, no crash, and every event accounted for."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from commandpost_telemetry.collector.body import TooLarge, Unreadable, inflated
from commandpost_telemetry.collector.ingest import (
    Refusal,
    Taken,
    take_batch,
    take_single,
    write_key_in,
)
from commandpost_telemetry.collector.taking import TYPES, Arrival
from commandpost_telemetry.collector.text import is_too_deep

ARRIVAL = Arrival("ann", datetime(2026, 11, 24, 12, tzinfo=UTC), "203.0.113.7")
MESSAGES = {
    "invalid json",
    "event is not a valid rudder event",
    "request neither has anonymousId nor userId",
    "empty batch payload",
}

anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
ids = st.none() | st.text() | st.integers() | anything
events = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(sorted(TYPES)) | st.just("shout") | anything,
        "userId": ids,
        "anonymousId": ids,
        "messageId": st.text() | anything,
        "sentAt": anything,
        "receivedAt": anything,
        "request_ip": anything,
        "rudderId": anything,
        "event": st.text(),
        "properties": anything,
    },
)
as_json: list[Callable[[Any], bytes]] = [
    lambda content: json.dumps(content).encode(),
    lambda content: json.dumps(content, indent=1).encode(),
    lambda content: json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass"),
]


def taken_or_refused(taken: Taken | Refusal, body: bytes) -> Taken | None:
    if isinstance(taken, Taken):
        return taken
    assert (taken.status, taken.message in MESSAGES) == (400, True)
    assert [reject.body for reject in taken.kept] == [body]
    return None


def lines_of(taken: Taken) -> list[dict[str, Any]]:
    request = taken.request
    lines = request.lines.splitlines()
    assert request.lines == b"".join(line + b"\n" for line in lines)
    messages = [msgspec.json.decode(line) for line in lines]
    assert [message["messageId"] for message in messages] == list(request.message_ids)
    assert len(messages) == request.count
    return messages


@settings(deadline=None)
@given(st.binary(max_size=200))
@example(b'{"batch":[{"userId":"\xed\xa0\x80"}]}')
@example(b"\xef\xbb\xbf{}")
@example(b"[" * 100_000)
@example(b'{"batch":' + b"[" * 100_000)
@example(b'{"a":' * 50_000 + b"1" + b"}" * 50_000)
def test_any_bytes_get_an_answer(body: bytes) -> None:
    for taken in (take_batch(body, ARRIVAL), take_single(body, "track", ARRIVAL)):
        if (found := taken_or_refused(taken, body)) is not None:
            lines_of(found)
    assert isinstance(write_key_in(body), str)


@settings(deadline=None)
@given(
    batch=st.lists(events, min_size=1, max_size=6),
    sent_at=anything,
    write=st.sampled_from(as_json),
)
def test_every_event_of_a_batch_is_a_line_or_a_reject_or_the_batch_is_refused(
    batch: list[dict[str, Any]], sent_at: object, write: Callable[[Any], bytes]
) -> None:
    body = write({"batch": batch, "sentAt": sent_at})

    found = taken_or_refused(take_batch(body, ARRIVAL), body)

    if found is not None:
        messages = lines_of(found)
        assert len(messages) + len(found.rejects) == len(batch)
        assert all(message["type"] in TYPES for message in messages)
        assert all(message["receivedAt"] == "2026-11-24T12:00:00.000Z" for message in messages)
        assert all(isinstance(message["request_ip"], str) for message in messages)
        assert all(message["messageId"].strip() for message in messages)


@settings(deadline=None)
@given(event=events, kind=st.sampled_from(sorted(TYPES)), write=st.sampled_from(as_json))
def test_a_single_event_keeps_what_it_said(
    event: dict[str, Any], kind: str, write: Callable[[Any], bytes]
) -> None:
    body = write(event)

    found = taken_or_refused(take_single(body, kind, ARRIVAL), body)

    if found is not None:
        (message,) = lines_of(found)
        assert message["type"] == kind
        assert {"properties", "event"} & event.keys() == {"properties", "event"} & message.keys()


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(0, 400), st.integers(0, 100))
def test_any_gzip_is_inflated_whole_refused_or_unreadable(
    content: bytes, most: int, cut: int
) -> None:
    raw = gzip.compress(content)
    broken = raw[: len(raw) - cut]

    try:
        whole = inflated(broken, most)
    except TooLarge:
        assert len(content) > most
    except Unreadable:
        assert cut > 0
    else:
        assert whole == content or broken == b""


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_inflated_or_unreadable(raw: bytes) -> None:
    try:
        found = inflated(raw, 1000)
    except (TooLarge, Unreadable):
        return
    assert found == (gzip.decompress(raw) if raw else b"")


@settings(deadline=None)
@given(st.integers(1, 800))
def test_depth_is_told_exactly(depth: int) -> None:
    nested = b'{"a":"}]\\"[[","b":' + b"[" * depth + b"]" * depth + b"}"

    assert is_too_deep(nested) is (depth + 1 > 500)
