"""An event out of the query string of an image address."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from commandpost_telemetry.rudder.message import rfc3339_ms


def event_of(kind: str, query: Mapping[str, str], at: datetime) -> bytes | None:
    """Return the event as a body for the single path of its kind, None if it has no name."""
    fields: dict[str, object] = {
        "channel": "web",
        "integrations": {"All": True},
        "originalTimestamp": rfc3339_ms(at),
        "sentAt": rfc3339_ms(at),
        **{name: value for name, value in query.items() if name != "writeKey"},
    }
    if kind == "page" and not fields.get("name"):
        fields["name"] = "Unknown Page"
    if kind == "track" and not fields.get("event"):
        return None
    return msgspec.json.encode(fields)
