"""An event out of the query string of an image address."""

from collections.abc import Mapping

import msgspec

from commandpost_telemetry.collector.ingest import Refusal, Taken, refusal, take_single
from commandpost_telemetry.collector.taking import Arrival
from commandpost_telemetry.rudder.message import rfc3339_ms


def take_pixel(kind: str, query: Mapping[str, str], arrival: Arrival) -> Taken | Refusal:
    """Take the event that an address holds, as the single path of its kind would."""
    at = rfc3339_ms(arrival.received_at)
    fields: dict[str, object] = {
        "channel": "web",
        "integrations": {"All": True},
        "originalTimestamp": at,
        "sentAt": at,
        **{name: value for name, value in query.items() if name != "writeKey"},
    }
    if kind == "page" and not fields.get("name"):
        fields["name"] = "Unknown Page"
    event = msgspec.json.encode(fields)
    if kind == "track" and not fields.get("event"):
        return refusal("event has no name", event, arrival)
    return take_single(event, kind, arrival)
