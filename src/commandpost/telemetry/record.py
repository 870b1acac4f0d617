"""Record an event in the deed's own transaction, in the form in which it would be sent."""

import uuid
from functools import cache
from importlib.metadata import version

from sqlalchemy.orm import Session

from commandpost.kit.clock import now
from commandpost.outbox.record import add
from commandpost.telemetry.pseudonyms import under_pseudonyms
from commandpost.telemetry.queries import find_recording
from commandpost.telemetry.rules import lanes
from commandpost_telemetry.catalogue.event import Event
from commandpost_telemetry.rudder.message import track_message


@cache
def product_version() -> str:
    """Return the version of this distribution."""
    return version("commandpost")


def record(session: Session, event: Event) -> None:
    """Queue the event in every lane of the mode in force; in `off` there is none."""
    recording = find_recording(session)
    going = lanes(recording.mode) if recording else ()
    if recording is None or not going:
        return
    if recording.salt:
        event = under_pseudonyms(event, recording.salt)
    message_id, at = str(uuid.uuid4()), now()
    payload = track_message(
        event,
        message_id=message_id,
        diagnostic_id=recording.diagnostic_id,
        server_version=product_version(),
        plugin_version=product_version(),
        at=at,
    )
    for lane in going:
        add(
            session,
            lane=lane,
            message_id=message_id,
            label=event.definition.name,
            payload=payload,
            at=at,
        )
