"""Rudder's wire: an event of the catalogue becomes a track message, messages become a batch."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from commandpost_telemetry.catalogue.event import Event

LIBRARY_NAME = "commandpost"

# Below every limit that a data plane documents.
MAX_MESSAGE_BYTES = 32 * 1024
MAX_BATCH_BYTES = 500 * 1024

_SENT_AT_BYTES = len(b',"sentAt":"2020-11-24T07:14:56.123Z"')
_FRAME_BYTES = len(b'{"batch":[]}') + _SENT_AT_BYTES


class MessageTooLargeError(ValueError):
    """A message is over the limit that data planes document for one event."""


def rfc3339_ms(at: datetime) -> str:
    """Return a moment as data planes write it: UTC, milliseconds, Z."""
    if at.tzinfo is None:
        raise ValueError("A moment without a time zone cannot be sent.")
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def track_message(
    event: Event,
    *,
    message_id: str,
    diagnostic_id: str,
    server_version: str,
    plugin_version: str,
    at: datetime,
) -> bytes:
    """Return one event as the JSON object that is stored, shown and sent."""
    versions = {"ServerVersion": server_version, "PluginVersion": plugin_version}
    message = msgspec.json.encode(
        {
            "type": "track",
            "channel": "server",
            "messageId": message_id,
            "userId": diagnostic_id,
            "anonymousId": diagnostic_id,
            "event": event.definition.name,
            "properties": event.properties() | versions,
            "integrations": None,
            "context": {"library": {"name": LIBRARY_NAME, "version": plugin_version}},
            "originalTimestamp": rfc3339_ms(at),
        }
    )
    if len(message) + _SENT_AT_BYTES > MAX_MESSAGE_BYTES:
        raise MessageTooLargeError(
            f"The event {event.definition.name} needs {len(message)} bytes; "
            f"a data plane takes {MAX_MESSAGE_BYTES}."
        )
    return message


def batch_body(messages: Sequence[bytes], *, sent_at: datetime) -> bytes:
    """Return the body of POST /v1/batch: the stored messages, each with the moment of sending."""
    stamp = b'"sentAt":"' + rfc3339_ms(sent_at).encode() + b'"}'
    sent = b",".join(message[:-1] + b"," + stamp for message in messages)
    return b'{"batch":[' + sent + b"]," + stamp


def batches(messages: Sequence[bytes], *, max_count: int = 100) -> Iterator[list[bytes]]:
    """Yield the messages in order in groups whose body keeps below the limit of a batch."""
    group: list[bytes] = []
    size = _FRAME_BYTES
    for message in messages:
        added = len(message) + _SENT_AT_BYTES + 1
        if group and (len(group) == max_count or size + added > MAX_BATCH_BYTES):
            yield group
            group, size = [], _FRAME_BYTES
        group.append(message)
        size += added
    if group:
        yield group
