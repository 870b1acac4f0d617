"""How answers of a data plane are read."""

from datetime import UTC, datetime

import pytest

from commandpost.outbox.carrier import Outcome
from commandpost.telemetry.carrier import RudderCarrier, retry_after
from tests.commandpost.telemetry.receiver import Reply, a_receiver

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.DELIVERED),
        (204, Outcome.DELIVERED),
        (302, Outcome.TRANSIENT),
        (400, Outcome.REFUSED),
        (401, Outcome.HELD),
        (403, Outcome.HELD),
        (404, Outcome.HELD),
        (408, Outcome.TRANSIENT),
        (413, Outcome.REFUSED),
        (429, Outcome.TRANSIENT),
        (500, Outcome.TRANSIENT),
        (503, Outcome.TRANSIENT),
    ],
)
def test_a_status_means_one_of_four_things(status, outcome):
    with a_receiver() as receiver:
        receiver.otherwise = Reply(status, b"" if status == 204 else b"said")
        carrier = RudderCarrier(receiver.url, "key")
        answer = carrier.send(carrier.pack([b'{"a":1}'], sent_at=NOON))
        carrier.close()

    assert (answer.outcome, answer.status) == (outcome, status)


def test_garbage_with_200_is_still_delivered():
    with a_receiver() as receiver:
        receiver.otherwise = Reply(200, b"\xff\xfe<html>")
        carrier = RudderCarrier(receiver.url, "key")
        answer = carrier.send(carrier.pack([b'{"a":1}'], sent_at=NOON))
        carrier.close()

    assert answer.outcome is Outcome.DELIVERED


def test_nobody_listening_is_a_passing_failure():
    with a_receiver() as receiver:
        url = receiver.url
    carrier = RudderCarrier(url, "key")

    answer = carrier.send(b"x")

    carrier.close()
    assert (answer.outcome, answer.status) == (Outcome.TRANSIENT, None)
    assert "ConnectError" in answer.text


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("7", 7.0),
        ("Tue, 24 Nov 2026 12:00:30 GMT", 30.0),
        ("Tue, 24 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(header, seconds, at_noon):
    assert retry_after(header) == seconds
