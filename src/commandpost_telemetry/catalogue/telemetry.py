"""The event of telemetry itself: sent on request, to see the way that every event takes."""

from commandpost_telemetry.catalogue.event import Event, event


@event(
    label="Test event sent",
    triggers=(
        "An administrator clicks on “Send a test event” on the page Telemetry of the backstage.",
        "An administrator posts to /api/v1/telemetry/test.",
        "Somebody at the server's command line runs commandpost telemetry test.",
    ),
    purpose="To see an event take its way without starting an incident; no figure counts it.",
    owner="telemetry",
    since="0.4.0",
    is_counted=False,
)
class SendTestEvent(Event):
    """Somebody tried out telemetry. It says nothing but the metadata of every event."""
