"""From the bytes of a request to what the log keeps, or to the refusal; no I/O."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import msgspec

from commandpost_telemetry.collector.identity import as_text, cleaned, rudder_id
from commandpost_telemetry.collector.text import is_json, is_too_deep, mended, readable
from commandpost_telemetry.log.entry import Request
from commandpost_telemetry.log.rejects import Reject
from commandpost_telemetry.rudder.message import rfc3339_ms

TYPES = frozenset({"track", "identify", "page", "screen", "group", "alias", "merge", "extract"})
_NEED_NO_ID = frozenset({"extract", "record"})


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is known of a request beside its body."""

    source_id: str
    received_at: datetime
    request_ip: str
    uses_batch_sent_at: bool = True


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


INVALID_JSON = Refusal(400, "invalid json")
NOT_AN_EVENT = Refusal(400, "event is not a valid rudder event")
NO_IDENTITY = Refusal(400, "request neither has anonymousId nor userId")
EMPTY_BATCH = Refusal(400, "empty batch payload")


class _Batch(msgspec.Struct):
    batch: list[msgspec.Raw] = msgspec.field(default_factory=list)
    sentAt: Any = None  # noqa: N815 - the name on the wire


class _AnyBatch(msgspec.Struct):
    batch: msgspec.Raw = msgspec.Raw(b"null")
    sentAt: Any = None  # noqa: N815 - the name on the wire


class _Head(msgspec.Struct):
    """What must be known of a message; the rest stays the bytes that were sent."""

    userId: Any = None  # noqa: N815 - the name on the wire
    anonymousId: Any = None  # noqa: N815 - the name on the wire
    messageId: Any = None  # noqa: N815 - the name on the wire
    type: Any = None
    sentAt: Any = msgspec.UNSET  # noqa: N815 - the name on the wire
    receivedAt: Any = msgspec.UNSET  # noqa: N815 - the name on the wire
    request_ip: Any = msgspec.UNSET
    rudderId: Any = msgspec.UNSET  # noqa: N815 - the name on the wire


class _Keyed(msgspec.Struct):
    writeKey: Any = None  # noqa: N815 - the name on the wire


_KEYED = msgspec.json.Decoder(_Keyed)
_BATCH = msgspec.json.Decoder(_Batch)
_ANY_BATCH = msgspec.json.Decoder(_AnyBatch)
_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_HEAD = msgspec.json.Decoder(_Head)
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])


class _RefusedError(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


def take_batch(body: bytes, arrival: Arrival) -> Taken | Refusal:
    """Take the body of a batch path; one bad event refuses the whole batch."""
    try:
        events, sent_at = _events(_text(body))
        stamp = sent_at if arrival.uses_batch_sent_at and isinstance(sent_at, str) else None
        return _Taking(arrival, kind=None, sent_at=stamp).all_of(events)
    except _RefusedError as refused:
        return _with_body(refused.refusal, body, arrival)


def take_single(body: bytes, kind: str, arrival: Arrival) -> Taken | Refusal:
    """Take the body of a single-event path, whose name is the type of the event."""
    try:
        return _Taking(arrival, kind=kind, sent_at=None).all_of([_text(body).strip()])
    except _RefusedError as refused:
        return _with_body(refused.refusal, body, arrival)


def write_key_in(body: bytes) -> str:
    """Return the write key that Segment's SDKs put into the body, "" if there is none."""
    try:
        found = _KEYED.decode(_text(body)).writeKey
    except (_RefusedError, msgspec.ValidationError):
        return ""
    return found if isinstance(found, str) else ""


class _Taking:
    """Goes through the events of one request."""

    def __init__(self, arrival: Arrival, *, kind: str | None, sent_at: str | None) -> None:
        self._arrival = arrival
        self._kind = kind
        self._sent_at = sent_at
        self._received_at = rfc3339_ms(arrival.received_at)
        received_at = msgspec.json.encode(self._received_at)
        self._stamps = b'{"receivedAt":' + received_at
        self._ip = b',"request_ip":' + msgspec.json.encode(arrival.request_ip)
        self._sent = b',"sentAt":' + msgspec.json.encode(sent_at) if sent_at is not None else b""
        self._lines: list[bytes] = []
        self._ids: list[str] = []
        self._rejects: list[Reject] = []

    def all_of(self, events: Sequence[msgspec.Raw | bytes]) -> Taken:
        for event in events:
            self._one(bytes(event))
        self._lines.append(b"")
        request = Request(
            source_id=self._arrival.source_id,
            received_at=self._arrival.received_at,
            count=len(self._ids),
            lines=b"\n".join(self._lines),
            message_ids=self._ids,
        )
        return Taken(request, self._rejects)

    def _one(self, event: bytes) -> None:
        head = _head(event)
        kind = self._kind or head.type
        user_id, anonymous_id = as_text(head.userId), as_text(head.anonymousId)
        if not user_id and not anonymous_id and kind not in _NEED_NO_ID:
            raise _RefusedError(NO_IDENTITY)
        if not isinstance(kind, str) or kind not in TYPES:
            self._reject(event, "unknown type of event")
        elif is_too_deep(event):
            self._reject(event, "nested too deeply")
        else:
            self._keep(event, head, rudder_id(user_id, anonymous_id))

    def _reject(self, event: bytes, reason: str) -> None:
        arrival = self._arrival
        self._rejects.append(Reject(arrival.source_id, arrival.received_at, reason, event))

    def _keep(self, event: bytes, head: _Head, both_ids: str) -> None:
        message_id = head.messageId
        if self._is_plain(event, head, message_id):
            sent = self._sent if head.sentAt is msgspec.UNSET else b""
            start = self._stamps + self._ip + sent + b',"rudderId":"' + both_ids.encode() + b'",'
            self._lines.append(start + event[1:].lstrip())
        else:
            message_id = (cleaned(message_id) if isinstance(message_id, str) else "") or str(
                uuid4()
            )
            self._lines.append(self._rewritten(event, head, message_id, both_ids))
        self._ids.append(message_id)

    def _is_plain(self, event: bytes, head: _Head, message_id: object) -> bool:
        """Whether nothing of the event has to change: what we add can simply stand before it."""
        return (
            isinstance(message_id, str)
            and cleaned(message_id) == message_id != ""
            and event.count(b'"messageId"') == 1
            and (self._kind is None or self._kind == head.type)
            and head.receivedAt is msgspec.UNSET
            and head.request_ip is msgspec.UNSET
            and head.rudderId is msgspec.UNSET
            and head.sentAt is not None
        )

    def _rewritten(self, event: bytes, head: _Head, message_id: str, both_ids: str) -> bytes:
        fields: dict[str, object] = {**_OBJECT.decode(event)}
        fields |= {
            "messageId": message_id,
            "rudderId": both_ids,
            "receivedAt": self._received_at,
            "type": self._kind or head.type,
        }
        if not isinstance(head.request_ip, str):
            fields["request_ip"] = self._arrival.request_ip
        if self._sent_at is not None and head.sentAt in (msgspec.UNSET, None):
            fields["sentAt"] = self._sent_at
        return msgspec.json.encode(fields)


def _text(body: bytes) -> bytes:
    for candidate in (body, mended(body)) if b"\\u" in body else (body,):
        try:
            text = readable(candidate)
        except (msgspec.DecodeError, RecursionError):
            continue
        if is_json(text):
            return text
    raise _RefusedError(INVALID_JSON)


def _events(text: bytes) -> tuple[Sequence[msgspec.Raw], object]:
    try:
        batch = _BATCH.decode(text)
        events, sent_at = batch.batch, batch.sentAt
    except msgspec.ValidationError:
        events, sent_at = _odd_events(text)
    if not events:
        raise _RefusedError(EMPTY_BATCH)
    return events, sent_at


def _odd_events(text: bytes) -> tuple[list[msgspec.Raw], object]:
    """Take a batch that is no list: an object counts as one event, anything else as none."""
    try:
        odd = _ANY_BATCH.decode(text)
    except msgspec.ValidationError:
        return [], None
    return ([odd.batch] if bytes(odd.batch).startswith(b"{") else []), odd.sentAt


def _head(event: bytes) -> _Head:
    try:
        return _HEAD.decode(event)
    except (msgspec.DecodeError, RecursionError) as error:
        raise _RefusedError(NOT_AN_EVENT) from error


def _with_body(refusal: Refusal, body: bytes, arrival: Arrival) -> Refusal:
    kept = Reject(arrival.source_id, arrival.received_at, refusal.message, body)
    return Refusal(refusal.status, refusal.message, [kept])
