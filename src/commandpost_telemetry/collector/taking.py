"""From events as they were sent to lines as the log keeps them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, get_args
from uuid import uuid4

import msgspec

from commandpost_telemetry.collector.identity import cleaned, ids_of, ids_of_texts
from commandpost_telemetry.collector.text import MAY_BE_DEEP, is_too_deep
from commandpost_telemetry.log.entry import Request
from commandpost_telemetry.log.rejects import Reject
from commandpost_telemetry.rudder.message import rfc3339_ms

_NEED_NO_ID = frozenset({"extract", "record"})

EventBytes = bytes | msgspec.Raw


class NotAnEventError(Exception):
    """An event is no JSON object."""


class NoIdentityError(Exception):
    """An event says neither who nor which device."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is known of a request beside its body."""

    source_id: str
    received_at: datetime
    request_ip: str
    uses_batch_sent_at: bool = True


Kind = Literal["track", "identify", "page", "screen", "group", "alias", "merge", "extract"]
TYPES = frozenset(get_args(Kind))


class Plain(msgspec.Struct, gc=False):
    """An event of which nothing has to change, or it would not decode as one."""

    type: Kind
    messageId: Annotated[str, msgspec.Meta(min_length=1)]  # noqa: N815 - the name on the wire
    userId: str | None = None  # noqa: N815 - the name on the wire
    anonymousId: str | None = None  # noqa: N815 - the name on the wire
    sentAt: str | msgspec.UnsetType = msgspec.UNSET  # noqa: N815 - the name on the wire
    # what only the data plane may say
    receivedAt: msgspec.UnsetType = msgspec.UNSET  # noqa: N815 - the name on the wire
    request_ip: msgspec.UnsetType = msgspec.UNSET
    rudderId: msgspec.UnsetType = msgspec.UNSET  # noqa: N815 - the name on the wire


class _PlainBatch(msgspec.Struct):
    batch: list[Plain]


class Head(msgspec.Struct):
    """What must be known of any other event."""

    type: Any = None
    messageId: Any = None  # noqa: N815 - the name on the wire
    userId: Any = None  # noqa: N815 - the name on the wire
    anonymousId: Any = None  # noqa: N815 - the name on the wire
    sentAt: Any = None  # noqa: N815 - the name on the wire
    request_ip: Any = None


_PLAIN = msgspec.json.Decoder(_PlainBatch)
_HEAD = msgspec.json.Decoder(Head)
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_MESSAGE_ID = b'"messageId"'
_ESCAPED_LETTER = re.compile(rb"\\u00[467]")  # a key that has one is not found by its name


def plain_events(batch: bytes) -> Sequence[Plain] | None:
    """Return the events of a batch if nothing has to change of any of them."""
    try:
        events = _PLAIN.decode(batch).batch
    except (msgspec.DecodeError, RecursionError):
        return None
    ids = "".join([event.messageId for event in events])
    is_clean = ids.isascii() and ids.isprintable() and " " not in ids
    return events if is_clean and _is_one_each(batch, len(events)) else None


def _is_one_each(batch: bytes, events: int) -> bool:
    """Whether it is sure that each event of a batch has one id, and none the id of another."""
    if b"\\" in batch and _ESCAPED_LETTER.search(batch):
        return False
    return batch.count(_MESSAGE_ID) == events


class Taking:
    """Goes through the events of one request; `kind` is the type that the path demands."""

    def __init__(self, arrival: Arrival, *, kind: str | None, sent_at: str | None) -> None:
        self._arrival = arrival
        self._kind = kind
        self._sent_at = sent_at
        self._received_at = rfc3339_ms(arrival.received_at)
        self._pieces: list[bytes | memoryview] = []
        self._ids: list[str] = []
        self.rejects: list[Reject] = []

    def take(self, events: Sequence[EventBytes], plain: Sequence[Plain] | None) -> None:
        """Take events into the lines or to the rejects; `plain` if all may stay as they are."""
        if plain is not None and self._kind in {None, plain[0].type}:
            self._take_as_sent(events, plain)
        else:
            for event in events:
                self._take_anew(bytes(event))

    def _take_as_sent(self, events: Sequence[EventBytes], plain: Sequence[Plain]) -> None:
        """Let what is added simply stand before what was sent."""
        stamps = msgspec.json.encode(
            {"receivedAt": self._received_at, "request_ip": self._arrival.request_ip}
        )
        start = b'%b,"rudderId":"' % stamps[:-1]
        late = start
        if self._sent_at is not None:
            sent_at = msgspec.json.encode(self._sent_at)
            late = b'%b,"sentAt":%b,"rudderId":"' % (stamps[:-1], sent_at)
        for event, read in zip(events, plain, strict=True):
            view = memoryview(event)
            if len(view) > MAY_BE_DEEP and is_too_deep(bytes(view)):
                self._reject(bytes(view), "nested too deeply")
                continue
            has_id, both_ids = ids_of_texts(read.userId or "", read.anonymousId or "")
            if not has_id and read.type not in _NEED_NO_ID:
                raise NoIdentityError
            first = late if read.sentAt is msgspec.UNSET else start
            self._pieces += (first, both_ids, b'",', view[1:], b"\n")
            self._ids.append(read.messageId)

    def request(self) -> Request:
        """Return what was taken."""
        return Request(
            source_id=self._arrival.source_id,
            received_at=self._arrival.received_at,
            count=len(self._ids),
            lines=b"".join(self._pieces),
            message_ids=self._ids,
        )

    def _reject(self, event: bytes, reason: str) -> None:
        arrival = self._arrival
        self.rejects.append(Reject(arrival.source_id, arrival.received_at, reason, event))

    def _take_anew(self, event: bytes) -> None:
        try:
            head = _HEAD.decode(event)
        except RecursionError:
            self._reject(event, "nested too deeply")
            return
        except msgspec.DecodeError as error:
            raise NotAnEventError from error
        kind = self._kind or head.type
        if not isinstance(kind, str):
            kind = ""
        has_id, both_ids = ids_of(head.userId, head.anonymousId)
        if not has_id and kind not in _NEED_NO_ID:
            raise NoIdentityError
        if kind not in TYPES:
            self._reject(event, "unknown type of event")
        elif len(event) > MAY_BE_DEEP and is_too_deep(event):
            self._reject(event, "nested too deeply")
        else:
            self._rewrite(event, head, kind, both_ids)

    def _rewrite(self, event: bytes, head: Head, kind: str, both_ids: bytes) -> None:
        given = cleaned(head.messageId) if isinstance(head.messageId, str) else ""
        message_id = given or str(uuid4())
        fields: dict[str, object] = {**_OBJECT.decode(event)}
        fields |= {
            "messageId": message_id,
            "rudderId": both_ids.decode(),
            "receivedAt": self._received_at,
            "type": kind,
        }
        if not isinstance(head.request_ip, str):
            fields["request_ip"] = self._arrival.request_ip
        if self._sent_at is not None and head.sentAt is None:
            fields["sentAt"] = self._sent_at
        self._pieces += (msgspec.json.encode(fields), b"\n")
        self._ids.append(message_id)
