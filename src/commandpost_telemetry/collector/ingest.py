"""From the bytes of a request to what the log keeps, or to the refusal; no I/O."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from commandpost_telemetry.collector.taking import (
    MESSAGE_ID,
    Arrival,
    EventBytes,
    Head,
    NoIdentityError,
    NotAnEventError,
    Taking,
    head_of,
)
from commandpost_telemetry.collector.text import is_json, mended, readable
from commandpost_telemetry.log.entry import Request
from commandpost_telemetry.log.rejects import Reject


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing of a request was taken, as the sender is told."""

    status: int
    message: str
    kept: Sequence[Reject] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What a request holds: messages for the log, and what cannot be a message."""

    request: Request
    rejects: Sequence[Reject] = ()


class _Batch(msgspec.Struct):
    batch: list[msgspec.Raw] = msgspec.field(default_factory=list)
    sentAt: Any = None  # noqa: N815 - the name on the wire


class _Heads(msgspec.Struct):
    batch: list[Head]


class _OddBatch(msgspec.Struct):
    batch: msgspec.Raw = msgspec.Raw(b"null")
    sentAt: Any = None  # noqa: N815 - the name on the wire


class _Keyed(msgspec.Struct):
    writeKey: Any = None  # noqa: N815 - the name on the wire


_BATCH = msgspec.json.Decoder(_Batch)
_HEADS = msgspec.json.Decoder(_Heads)
_ODD_BATCH = msgspec.json.Decoder(_OddBatch)
_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_KEYED = msgspec.json.Decoder(_Keyed)

Events = Iterable[tuple[EventBytes, Head | None]]


class _RefusedError(Exception):
    """A body that holds nothing to take."""


def take_batch(body: bytes, arrival: Arrival) -> Taken | Refusal:
    """Take the body of a batch path; one bad event refuses the whole batch."""
    try:
        found = _found_in_batch(body)
    except _RefusedError as refused:
        return refusal(str(refused), body, arrival)
    taking = Taking(
        arrival,
        kind=None,
        sent_at=found.sent_at if arrival.uses_batch_sent_at else None,
        has_each_id_once=found.has_each_id_once,
    )
    return _taken(found.events, taking, body, arrival)


def take_single(body: bytes, kind: str, arrival: Arrival) -> Taken | Refusal:
    """Take the body of a single-event path, whose name is the type of the event."""
    try:
        event = _json(body).strip()
    except _RefusedError as refused:
        return refusal(str(refused), body, arrival)
    return _taken(_with_heads([event]), Taking(arrival, kind=kind, sent_at=None), body, arrival)


def write_key_in(body: bytes) -> str:
    """Return the write key that Segment's SDKs put into the body, "" if there is none."""
    try:
        found = _KEYED.decode(_json(body)).writeKey
    except (_RefusedError, msgspec.ValidationError, RecursionError):
        return ""
    return found if isinstance(found, str) else ""


def refusal(message: str, body: bytes, arrival: Arrival) -> Refusal:
    """Return the refusal of a whole body, which is kept as a reject."""
    kept = Reject(arrival.source_id, arrival.received_at, message, body)
    return Refusal(400, message, [kept])


def _taken(events: Events, taking: Taking, body: bytes, arrival: Arrival) -> Taken | Refusal:
    try:
        for event, head in events:
            taking.take(event, head)
    except NotAnEventError:
        return refusal("event is not a valid rudder event", body, arrival)
    except NoIdentityError:
        return refusal("request neither has anonymousId nor userId", body, arrival)
    return Taken(taking.request(), taking.rejects)


@dataclass(frozen=True, slots=True)
class _Found:
    events: Events
    sent_at: str | None
    has_each_id_once: bool = False


def _found_in_batch(body: bytes) -> _Found:
    text = _readable(body)
    try:
        batch = _BATCH.decode(text)
    except (msgspec.DecodeError, RecursionError):
        # no list of events, or no JSON unless it can be mended
        return _found_in_odd_batch(_json(body))
    if not batch.batch:
        raise _RefusedError("empty batch payload")
    try:
        events: Events = zip(batch.batch, _HEADS.decode(text).batch, strict=True)
    except (msgspec.DecodeError, RecursionError):
        events = _with_heads(batch.batch)
    return _Found(events, _text(batch.sentAt), text.count(MESSAGE_ID) == len(batch.batch))


def _found_in_odd_batch(text: bytes) -> _Found:
    """Find a batch that was mended or is no list: an object counts as one event."""
    try:
        odd = _ODD_BATCH.decode(text)
    except msgspec.ValidationError:
        odd = _OddBatch()
    except RecursionError as error:
        raise _RefusedError("invalid json") from error
    batch = bytes(odd.batch)
    events = _LIST.decode(batch) if batch.startswith(b"[") else [odd.batch]
    if not events or batch[:1] not in {b"[", b"{"}:
        raise _RefusedError("empty batch payload")
    return _Found(_with_heads(events), _text(odd.sentAt))


def _with_heads(events: Sequence[EventBytes]) -> Events:
    return ((event, head_of(event)) for event in events)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _readable(body: bytes) -> bytes:
    try:
        return readable(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise _RefusedError("invalid json") from error


def _json(body: bytes) -> bytes:
    """Return the body as JSON, mended if that is what it takes."""
    for candidate in (body, mended(body)) if b"\\u" in body else (body,):
        try:
            text = readable(candidate)
        except (msgspec.DecodeError, RecursionError):
            continue
        if is_json(text):
            return text
    raise _RefusedError("invalid json")
