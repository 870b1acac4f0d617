"""From events as they were sent to lines as the log keeps them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import msgspec

from commandpost_telemetry.collector.identity import cleaned, ids_of
from commandpost_telemetry.collector.text import MAY_BE_DEEP, is_too_deep
from commandpost_telemetry.log.entry import Request
from commandpost_telemetry.log.rejects import Reject
from commandpost_telemetry.rudder.message import rfc3339_ms

TYPES = frozenset({"track", "identify", "page", "screen", "group", "alias", "merge", "extract"})
_NEED_NO_ID = frozenset({"extract", "record"})


EventBytes = bytes | msgspec.Raw
MESSAGE_ID = b'"messageId"'


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


class Head(msgspec.Struct, gc=False):
    """What must be known of an event; the rest stays the bytes that were sent."""

    type: Any = None
    messageId: Any = None  # noqa: N815 - the name on the wire
    userId: Any = None  # noqa: N815 - the name on the wire
    anonymousId: Any = None  # noqa: N815 - the name on the wire
    sentAt: Any = msgspec.UNSET  # noqa: N815 - the name on the wire
    receivedAt: Any = msgspec.UNSET  # noqa: N815 - the name on the wire
    request_ip: Any = msgspec.UNSET
    rudderId: Any = msgspec.UNSET  # noqa: N815 - the name on the wire


_HEAD = msgspec.json.Decoder(Head)
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_UNSET = msgspec.UNSET


def head_of(event: EventBytes) -> Head | None:
    """Return the head of one event, None if it is nested too deeply to be looked into."""
    try:
        return _HEAD.decode(event)
    except RecursionError:
        return None
    except msgspec.DecodeError as error:
        raise NotAnEventError from error


class Taking:
    """Goes through the events of one request; `kind` is the type that the path demands.

    `has_each_id_once` says that no event of the request can hold its messageId twice.
    """

    def __init__(
        self,
        arrival: Arrival,
        *,
        kind: str | None,
        sent_at: str | None,
        has_each_id_once: bool = False,
    ) -> None:
        self._arrival = arrival
        self._kind = kind
        self._has_each_id_once = has_each_id_once
        self._sent_at = sent_at
        self._received_at = rfc3339_ms(arrival.received_at)
        stamps = msgspec.json.encode(
            {"receivedAt": self._received_at, "request_ip": arrival.request_ip}
        )
        start = stamps[:-1] + b","
        sent = b"" if sent_at is None else b'"sentAt":%b,' % msgspec.json.encode(sent_at)
        self._start = start + b'"rudderId":"'
        self._start_sent = start + sent + b'"rudderId":"'
        self._pieces: list[bytes | memoryview] = []
        self._ids: list[str] = []
        self.rejects: list[Reject] = []

    def take(self, event: EventBytes, head: Head | None) -> None:
        """Take one event: into the lines, or to the rejects."""
        if head is None:
            self._reject(event, "nested too deeply")
            return
        who, both_ids = ids_of(head.userId, head.anonymousId)
        message_id = head.messageId
        view = memoryview(event)
        if (
            who
            and type(head.type) is str
            and head.type in TYPES
            and (self._kind is None or self._kind == head.type)
            and type(message_id) is str
            and message_id.isascii()
            and message_id.isprintable()
            and message_id
            and " " not in message_id
            and head.receivedAt is head.request_ip is head.rudderId is _UNSET
            and head.sentAt is not None
            and (len(view) <= MAY_BE_DEEP or not is_too_deep(bytes(view)))
            and (self._has_each_id_once or bytes(view).count(MESSAGE_ID) == 1)
        ):
            # nothing of the event has to change: what is added can simply stand before it
            start = self._start_sent if head.sentAt is _UNSET else self._start
            self._pieces += (start, both_ids, b'",', view[1:], b"\n")
            self._ids.append(message_id)
        else:
            self._take_odd(bytes(view), head, both_ids, has_id=who)

    def request(self) -> Request:
        """Return what was taken."""
        return Request(
            source_id=self._arrival.source_id,
            received_at=self._arrival.received_at,
            count=len(self._ids),
            lines=b"".join(self._pieces),
            message_ids=self._ids,
        )

    def _reject(self, event: EventBytes, reason: str) -> None:
        arrival = self._arrival
        self.rejects.append(Reject(arrival.source_id, arrival.received_at, reason, bytes(event)))

    def _take_odd(self, event: bytes, head: Head, both_ids: bytes, *, has_id: bool) -> None:
        kind = self._kind or head.type
        if not isinstance(kind, str):
            kind = ""
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
        if self._sent_at is not None and head.sentAt in (_UNSET, None):
            fields["sentAt"] = self._sent_at
        self._pieces += (msgspec.json.encode(fields), b"\n")
        self._ids.append(message_id)
