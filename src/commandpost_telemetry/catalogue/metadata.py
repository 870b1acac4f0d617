"""What accompanies every event, whatever the event is: who sent it, and the fields of the wire."""

from dataclasses import dataclass

from commandpost_telemetry.catalogue.field import Sensitivity


@dataclass(frozen=True, slots=True)
class Metadata:
    """One piece of metadata: its public name, where it stands in the message, its column."""

    name: str
    wire: str
    column: str
    says: str
    sensitivity: Sensitivity
    example: str
    by_rudder: bool


METADATA: tuple[Metadata, ...] = (
    Metadata(
        name="diagnosticID",
        wire="userId",
        column="diagnostic_id",
        says="unique identifier of the server the product is running on",
        sensitivity=Sensitivity.TECHNICAL,
        example="d8q5wk1zx7mcbn3ryhf6tgso2u",
        by_rudder=False,
    ),
    Metadata(
        name="serverVersion",
        wire="properties.ServerVersion",
        column="server_version",
        says="version of the server the product is running on",
        sensitivity=Sensitivity.TECHNICAL,
        example="5.28.0",
        by_rudder=False,
    ),
    Metadata(
        name="pluginVersion",
        wire="properties.PluginVersion",
        column="plugin_version",
        says="version of the product",
        sensitivity=Sensitivity.TECHNICAL,
        example="0.4.0",
        by_rudder=False,
    ),
    Metadata(
        name="eventTimeStamp",
        wire="originalTimestamp",
        column="event_time_stamp",
        says="timestamp on when the event was queued to send to the server",
        sensitivity=Sensitivity.USAGE,
        example="2020-11-24T07:14:56.123Z",
        by_rudder=True,
    ),
    Metadata(
        name="createdAt",
        wire="sentAt",
        column="created_at",
        says="timestamp on when the event was sent to the server",
        sensitivity=Sensitivity.USAGE,
        example="2020-11-24T07:14:56.702Z",
        by_rudder=True,
    ),
    Metadata(
        name="id",
        wire="messageId",
        column="id",
        says="unique identifier of the event",
        sensitivity=Sensitivity.TECHNICAL,
        example="0b7f1a52-6f0e-4d3c-9a66-3c5d6a1e8f47",
        by_rudder=True,
    ),
    Metadata(
        name="event integrations",
        wire="integrations",
        column="event_integrations",
        says="unused field; it always contains the value null",
        sensitivity=Sensitivity.TECHNICAL,
        example="null",
        by_rudder=True,
    ),
    Metadata(
        name="event originalTimestamp",
        wire="originalTimestamp",
        column="event_original_timestamp",
        says="timestamp on when the event actually happened; it always equals eventTimeStamp",
        sensitivity=Sensitivity.USAGE,
        example="2020-11-24T07:14:56.123Z",
        by_rudder=True,
    ),
    Metadata(
        name="type",
        wire="type",
        column="type",
        says='type of the event; it always contains the string "track"',
        sensitivity=Sensitivity.TECHNICAL,
        example="track",
        by_rudder=True,
    ),
)

# What Rudder's protocol has beside it. The page of v0.4.0 does not name these, but they are sent.
ENVELOPE: tuple[Metadata, ...] = (
    Metadata(
        name="event",
        wire="event",
        column="event_text",
        says="name of the event, as listed here",
        sensitivity=Sensitivity.USAGE,
        example="CheckChecklistItem",
        by_rudder=True,
    ),
    Metadata(
        name="channel",
        wire="channel",
        column="channel",
        says='where the message was made; it always contains the string "server"',
        sensitivity=Sensitivity.TECHNICAL,
        example="server",
        by_rudder=True,
    ),
    Metadata(
        name="anonymousId",
        wire="anonymousId",
        column="anonymous_id",
        says="the diagnosticID once more: the protocol has two places for who sends",
        sensitivity=Sensitivity.TECHNICAL,
        example="d8q5wk1zx7mcbn3ryhf6tgso2u",
        by_rudder=True,
    ),
    Metadata(
        name="library name",
        wire="context.library.name",
        column="context_library_name",
        says="what made the message; it always contains the name of the product",
        sensitivity=Sensitivity.TECHNICAL,
        example="commandpost",
        by_rudder=True,
    ),
    Metadata(
        name="library version",
        wire="context.library.version",
        column="context_library_version",
        says="version of the product once more",
        sensitivity=Sensitivity.TECHNICAL,
        example="0.4.0",
        by_rudder=True,
    ),
)
