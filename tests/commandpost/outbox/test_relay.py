"""The relay against a receiver that misbehaves: nothing is lost, nothing is sent otherwise."""

import gzip
import json
from datetime import datetime, timedelta

import pytest

from commandpost.kit.clock import clock
from commandpost.kit.db import Database
from commandpost.outbox.models import State
from commandpost.outbox.queries import (
    count_by_state,
    find_lane,
    list_batches,
    list_recent,
)
from commandpost.outbox.relay import Limits, Relay
from commandpost.telemetry.carrier import RudderCarrier
from tests.commandpost.telemetry.given import an_installation, recorded_events
from tests.commandpost.telemetry.receiver import Receiver, Reply, a_receiver

LANE = "local"


@pytest.fixture
def receiver():
    with a_receiver() as listening:
        yield listening


@pytest.fixture
def carrier(receiver: Receiver):
    made = RudderCarrier(receiver.url, "the-write-key")
    yield made
    made.close()


@pytest.fixture
def relay(database: Database, carrier: RudderCarrier, at_noon: datetime) -> Relay:
    an_installation(database)
    return Relay(database, LANE, carrier)


def counts(database: Database) -> dict[State, int]:
    with database.reading() as session:
        return {s: n for s, n in count_by_state(session, LANE).items() if n}


def later(at: datetime, seconds: float) -> None:
    clock.set(at + timedelta(seconds=seconds))


def test_what_is_queued_is_posted_as_one_rudder_batch(relay, receiver, database):
    recorded_events(database, 3)

    assert relay.drain() == 0

    (headers,) = receiver.headers
    assert headers["content-encoding"] == "gzip"
    assert headers["authorization"] == "Basic dGhlLXdyaXRlLWtleTo="
    assert [m["event"] for m in receiver.messages()] == ["CheckChecklistItem"] * 3
    assert all(m["sentAt"] == "2026-11-24T12:00:00.000Z" for m in receiver.messages())
    assert counts(database) == {State.DELIVERED: 3}


def test_the_stored_body_is_what_was_posted(relay, receiver, database):
    recorded_events(database)

    relay.drain()

    with database.reading() as session:
        (batch,) = list_batches(session, lanes=[LANE])
    assert batch.body == receiver.bodies[0]
    assert (batch.status, batch.answer, batch.state) == (200, "ok", State.DELIVERED)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(500, b"broken"),
        Reply(503, b"busy"),
        Reply(408, b"slow"),
        Reply(429, b"too many"),
        Reply(drops=True),
    ],
    ids=["500", "503", "408", "429", "dropped after reading"],
)
def test_a_passing_failure_is_retried_within_two_seconds_with_the_same_bytes(
    reply, relay, receiver, database, at_noon
):
    receiver.replies = [reply]
    recorded_events(database)

    assert relay.drain() == 1
    later(at_noon, 2)
    assert relay.drain() == 0

    first, second = receiver.bodies
    assert first == second
    assert counts(database) == {State.DELIVERED: 1}


def test_a_connection_that_is_reset_half_way_is_tried_again(relay, receiver, database, at_noon):
    receiver.replies = [Reply(resets=True)]
    recorded_events(database)

    assert relay.drain() == 1
    later(at_noon, 2)
    assert relay.drain() == 0

    assert len(receiver.bodies) == 1
    assert counts(database) == {State.DELIVERED: 1}


def test_a_batch_that_is_too_large_for_the_receiver_is_halved_until_it_fits(
    relay, receiver, database
):
    receiver.most = 3
    recorded_events(database, 8)

    assert relay.drain() == 0

    assert counts(database) == {State.DELIVERED: 8}
    sizes = [len(json.loads(gzip.decompress(body))["batch"]) for body in receiver.bodies]
    assert sizes == [8, 4, 4, 2, 2, 2, 2]


def test_a_message_that_is_too_large_alone_is_parked(relay, receiver, database):
    receiver.most = 0
    recorded_events(database, 2)

    assert relay.drain() == 0

    with database.reading() as session:
        reasons = [m.reason for m in list_recent(session, lanes=[LANE], state=State.PARKED)]
    assert reasons == ["refused with 413: request is too large\n"] * 2


def test_retry_after_is_honoured(relay, receiver, database, at_noon):
    receiver.replies = [Reply(429, b"later", {"Retry-After": "40"})]
    recorded_events(database)
    relay.drain()

    later(at_noon, 39)
    assert relay.drain() == 1
    later(at_noon, 41)
    assert relay.drain() == 0

    assert len(receiver.bodies) == 2


def test_a_bad_message_is_found_by_halving_and_parked_with_the_answer(relay, receiver, database):
    recorded_events(database, 8)
    with database.reading() as session:
        bad = list_recent(session, lanes=[LANE])[3].id
    receiver.refuses = bad

    assert relay.drain() == 0

    assert counts(database) == {State.DELIVERED: 7, State.PARKED: 1}
    with database.reading() as session:
        (parked,) = list_recent(session, lanes=[LANE], state=State.PARKED)
    assert parked.id == bad
    assert parked.reason == "refused with 400: event is not a valid rudder event\n"


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_receiver_that_does_not_know_us_holds_the_lane_and_costs_nothing(
    status, relay, receiver, database, at_noon
):
    receiver.replies = [Reply(status, b"invalid write key\n")]
    recorded_events(database, 2)

    assert relay.drain() == 2
    with database.reading() as session:
        lane = find_lane(session, LANE)
    assert lane is not None
    assert (lane.held, lane.answer) == (True, "invalid write key\n")
    later(at_noon, 30)
    assert relay.drain() == 2
    later(at_noon, 61)
    assert relay.drain() == 0

    assert len(receiver.bodies) == 2
    assert counts(database) == {State.DELIVERED: 2}


def test_a_week_without_a_receiver_loses_nothing(relay, receiver, database, at_noon):
    receiver.otherwise = Reply(503)
    for day in range(7):
        later(at_noon, day * 86_400)
        recorded_events(database, 2)
        relay.drain()

    receiver.otherwise = Reply()
    later(at_noon, 7 * 86_400)
    assert relay.drain() == 0

    assert counts(database) == {State.DELIVERED: 14}
    delivered = {m["messageId"] for m in receiver.messages()}
    assert len(delivered) == 14


def test_past_the_limit_the_oldest_are_parked_and_say_why(database, carrier, receiver, at_noon):
    an_installation(database)
    receiver.otherwise = Reply(503)
    relay = Relay(database, LANE, carrier, limits=Limits(rows=2, age=timedelta(days=30)))
    recorded_events(database, 5)

    relay.step()

    assert counts(database) == {State.PARKED: 3, State.SENDING: 2}
    with database.reading() as session:
        reasons = {m.reason for m in list_recent(session, lanes=[LANE], state=State.PARKED)}
    assert reasons == {"withheld: the queue is longer or older than its limit"}


def test_what_is_older_than_the_limit_is_parked(database, carrier, receiver, at_noon):
    an_installation(database)
    relay = Relay(database, LANE, carrier, limits=Limits(age=timedelta(days=1)))
    recorded_events(database)
    later(at_noon, 86_401)
    recorded_events(database)

    relay.drain()

    assert counts(database) == {State.PARKED: 1, State.DELIVERED: 1}


def test_two_relays_never_send_the_same_batch_at_once(database, carrier, receiver, at_noon):
    an_installation(database)
    first, second = (Relay(database, LANE, carrier) for _ in range(2))
    recorded_events(database)

    claimed = first.claim()
    assert claimed is not None
    assert second.step() is False
    later(at_noon, 61)
    assert second.step() is True

    assert receiver.bodies == [claimed.body]


def test_a_relay_killed_between_sending_and_settling_sends_the_same_bytes_again(
    relay, database, carrier, receiver, at_noon
):
    recorded_events(database)
    claimed = relay.claim()
    assert claimed is not None
    carrier.send(claimed.body)

    later(at_noon, 61)
    Relay(database, LANE, carrier).drain()

    assert receiver.bodies == [claimed.body, claimed.body]
    assert counts(database) == {State.DELIVERED: 1}


def test_who_knows_that_the_other_is_gone_need_not_wait_for_its_lease(
    relay, database, carrier, receiver
):
    recorded_events(database)
    relay.claim()
    other = Relay(database, LANE, carrier)
    assert other.drain() == 1

    other.take_over()

    assert other.drain() == 0


@pytest.mark.parametrize("before", [Reply(200), Reply(503)], ids=["delivered", "to be retried"])
def test_a_clock_that_jumps_back_an_hour_delays_nothing(before, relay, receiver, database, at_noon):
    receiver.replies = [before]
    recorded_events(database)
    relay.drain()
    later(at_noon, -3600)
    recorded_events(database)

    assert relay.drain() == 0

    assert counts(database) == {State.DELIVERED: 2}


def test_a_batch_stays_under_what_data_planes_document(relay, receiver, database):
    recorded_events(database, 1200, at_once=True)

    relay.drain()

    sizes = [len(gzip.decompress(body)) for body in receiver.bodies]
    assert max(sizes) <= 500 * 1024
    assert sum(len(json.loads(gzip.decompress(b))["batch"]) for b in receiver.bodies) == 1200
