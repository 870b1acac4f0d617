"""From the bytes of a request to what the log keeps, or to the refusal; no I/O."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from commandpost_telemetry.collector.taking import (
    Arrival,
    EventBytes,
    NoIdentityError,
    NotAnEventError,
    Plain,
    Taking,
    plain_events,
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


class _OddBatch(msgspec.Struct):
    batch: msgspec.Raw = msgspec.Raw(b"null")
    sentAt: Any = None  # noqa: N815 - the name on the wire


class _Keyed(msgspec.Struct):
    writeKey: Any = None  # noqa: N815 - the name on the wire


_BATCH = msgspec.json.Decoder(_Batch)
_ODD_BATCH = msgspec.json.Decoder(_OddBatch)
_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_KEYED = msgspec.json.Decoder(_Keyed)


class _RefusedError(Exception):
    """A body that holds nothing to take."""


@dataclass(frozen=True, slots=True)
class _Found:
    events: Sequence[EventBytes]
    plain: Sequence[Plain] | None = None
    sent_at: str | None = None


def take_batch(body: bytes, arrival: Arrival) -> Taken | Refusal:
    """Take the body of a batch path; one bad event refuses the whole batch."""
    try:
        found = _found_in_batch(body)
    except _RefusedError as refused:
        return refusal(str(refused), body, arrival)
    sent_at = found.sent_at if arrival.uses_batch_sent_at else None
    return _taken(found, Taking(arrival, kind=None, sent_at=sent_at), body, arrival)


def take_single(body: bytes, kind: str, arrival: Arrival) -> Taken | Refusal:
    """Take the body of a single-event path, whose name is the type of the event."""
    try:
        event = _json(body).strip()
    except _RefusedError as refused:
        return refusal(str(refused), body, arrival)
    found = _Found([event], plain_events(b'{"batch":[%b]}' % event))
    return _taken(found, Taking(arrival, kind=kind, sent_at=None), body, arrival)


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


def _taken(found: _Found, taking: Taking, body: bytes, arrival: Arrival) -> Taken | Refusal:
    try:
        taking.take(found.events, found.plain)
    except NotAnEventError:
        return refusal("event is not a valid rudder event", body, arrival)
    except NoIdentityError:
        return refusal("request neither has anonymousId nor userId", body, arrival)
    return Taken(taking.request(), taking.rejects)


def _found_in_batch(body: bytes) -> _Found:
    text = _readable(body)
    try:
        batch = _BATCH.decode(text)
    except (msgspec.DecodeError, RecursionError):
        # no list of events, or no JSON unless it can be mended
        return _found_in_odd_batch(_json(body))
    if not batch.batch:
        raise _RefusedError("empty batch payload")
    return _Found(batch.batch, plain_events(text), _text(batch.sentAt))


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
    return _Found(events, sent_at=_text(odd.sentAt))


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
