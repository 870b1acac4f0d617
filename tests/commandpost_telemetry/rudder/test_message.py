"""Messages and batches byte by byte."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from commandpost_telemetry.catalogue.checklist import CheckChecklistItem
from commandpost_telemetry.rudder.message import (
    MAX_BATCH_BYTES,
    MAX_MESSAGE_BYTES,
    MessageTooLargeError,
    batch_body,
    batches,
    rfc3339_ms,
    track_message,
)
from tests.commandpost_telemetry.catalogue import given

QUEUED = datetime(2026, 11, 24, 12, 0, 0, 123_456, tzinfo=UTC)
SENT = datetime(2026, 11, 24, 12, 0, 1, tzinfo=UTC)


def checked(plugin_version: str = "0.4.0") -> bytes:
    return track_message(
        CheckChecklistItem(incident_id=given.INCIDENT, user_id=given.BEN),
        message_id="m-1",
        diagnostic_id="diagnosticdiagnosticdiag01",
        server_version="5.28.0",
        plugin_version=plugin_version,
        at=QUEUED,
    )


def test_an_event_becomes_a_track_message() -> None:
    message = json.loads(checked())

    assert message == {
        "type": "track",
        "channel": "server",
        "messageId": "m-1",
        "userId": "diagnosticdiagnosticdiag01",
        "anonymousId": "diagnosticdiagnosticdiag01",
        "event": "CheckChecklistItem",
        "properties": {
            "IncidentID": given.INCIDENT,
            "UserID": given.BEN,
            "UserActualID": given.BEN,
            "ServerVersion": "5.28.0",
            "PluginVersion": "0.4.0",
        },
        "integrations": None,
        "context": {"library": {"name": "commandpost", "version": "0.4.0"}},
        "originalTimestamp": "2026-11-24T12:00:00.123Z",
    }


def test_a_batch_has_the_moment_of_sending_on_itself_and_on_every_message() -> None:
    message = checked()

    body = json.loads(batch_body([message, message], sent_at=SENT))

    sent = json.loads(message) | {"sentAt": "2026-11-24T12:00:01.000Z"}
    assert body == {"batch": [sent, sent], "sentAt": "2026-11-24T12:00:01.000Z"}


def test_the_stored_bytes_are_the_sent_bytes() -> None:
    message = checked()

    assert message[:-1] in batch_body([message], sent_at=SENT)


def test_a_message_over_the_limit_of_data_planes_is_refused() -> None:
    with pytest.raises(MessageTooLargeError) as refused:
        checked(plugin_version="9" * MAX_MESSAGE_BYTES)

    assert "The event CheckChecklistItem needs" in str(refused.value)


def test_batches_keep_order_count_and_size() -> None:
    small, large = b"{" + b" " * 98 + b"}", b"{" + b" " * 199_998 + b"}"

    by_count = list(batches([small] * 250))
    by_size = list(batches([large, large, large, small]))

    assert [len(group) for group in by_count] == [100, 100, 50]
    assert by_size == [[large, large], [large, small]]


def test_a_full_batch_is_below_the_limit() -> None:
    message = checked()

    groups = list(batches([message] * 3000, max_count=3000))

    assert len(groups) > 1  # so that it was the size that divided them
    assert max(len(batch_body(group, sent_at=SENT)) for group in groups) <= MAX_BATCH_BYTES


def test_nothing_makes_no_batch() -> None:
    assert list(batches([])) == []


def test_a_moment_is_written_in_utc() -> None:
    in_berlin = datetime(2026, 11, 24, 13, 0, tzinfo=timezone(timedelta(hours=1)))

    assert rfc3339_ms(in_berlin) == "2026-11-24T12:00:00.000Z"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        rfc3339_ms(datetime(2026, 11, 24, 13, 0))  # noqa: DTZ001 - the mistake under test
