"""The worker: a deed is relayed at once, a bad day delays it, a stop sends what it can."""

import threading
import time
from datetime import timedelta

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from commandpost.kit.clock import clock
from commandpost.kit.db import Database
from commandpost.outbox.models import State
from commandpost.outbox.queries import count_by_state, count_open
from commandpost.settings import TelemetryMode
from commandpost.telemetry.carrier import RudderCarrier
from commandpost.worker import FLUSH, KEEP_SETTLED, Worker, carriers
from tests.commandpost.telemetry.given import an_installation, recorded_events
from tests.commandpost.telemetry.receiver import Receiver, Reply, a_receiver

SOON = 10.0  # seconds; far more than it takes, so that a busy machine fails nothing


@pytest.fixture
def receiver(database: Database):
    with a_receiver() as listening:
        yield listening
    for thread in threading.enumerate():  # none outlives its database
        if thread.name.startswith("relay-"):
            thread.join(SOON)


def a_worker(database: Database, receiver: Receiver, *, timeout: float = 10.0) -> Worker:
    carrier = RudderCarrier(receiver.url, "key", timeout=httpx.Timeout(timeout))
    return Worker(database, {"local": carrier})


def delivered(database: Database) -> int:
    with database.reading() as session:
        return count_by_state(session, "local")[State.DELIVERED]


def wait_until(condition) -> None:
    deadline = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        threading.Event().wait(0.01)


def test_a_deed_is_relayed_without_anybody_asking(database, receiver):
    an_installation(database)
    worker = a_worker(database, receiver)
    worker.start()

    recorded_events(database)

    wait_until(lambda: delivered(database) == 1)
    worker.stop()
    assert len(receiver.bodies) == 1


def test_what_was_settled_long_ago_is_forgotten_at_the_next_start(database, receiver, at_noon):
    an_installation(database)
    recorded_events(database)
    first = a_worker(database, receiver)
    first.start()
    wait_until(lambda: delivered(database) == 1)
    first.stop()
    clock.set(at_noon + KEEP_SETTLED + timedelta(seconds=1))

    second = a_worker(database, receiver)
    second.start()

    wait_until(lambda: delivered(database) == 0)
    second.stop()
    assert len(receiver.bodies) == 1


def test_a_failed_try_is_repeated_without_anybody_asking(database, receiver):
    an_installation(database)
    receiver.replies = [Reply(503)]
    worker = a_worker(database, receiver)
    worker.start()

    recorded_events(database)

    wait_until(lambda: delivered(database) == 1)
    worker.stop()
    assert receiver.bodies[0] == receiver.bodies[1]


def test_a_stop_sends_what_is_queued(database, receiver):
    an_installation(database)
    worker = a_worker(database, receiver)
    recorded_events(database, 3)

    worker.start()
    worker.stop()

    assert delivered(database) == 3


def test_a_stop_does_not_wait_for_a_receiver_that_hangs(database, receiver):
    an_installation(database)
    receiver.otherwise = Reply(hangs=True)
    worker = a_worker(database, receiver, timeout=60)
    worker.start()
    recorded_events(database)
    wait_until(lambda: receiver.bodies)

    started = time.monotonic()
    worker.stop()

    assert time.monotonic() - started < FLUSH + 2
    with database.reading() as session:
        assert count_open(session, "local") == 1


def test_a_receiver_that_hangs_is_given_up_and_tried_again(database, receiver):
    an_installation(database)
    receiver.replies = [Reply(hangs=True)]
    worker = a_worker(database, receiver, timeout=0.2)
    worker.start()

    recorded_events(database)

    wait_until(lambda: delivered(database) == 1)
    worker.stop()
    assert len(receiver.bodies) == 2


def test_two_workers_send_each_event_and_settle_it_once(database, receiver):
    an_installation(database)
    workers = [a_worker(database, receiver) for _ in range(2)]
    for worker in workers:
        worker.start()

    recorded_events(database, 20)

    wait_until(lambda: delivered(database) == 20)
    for worker in workers:
        worker.stop()
    assert len({message["messageId"] for message in receiver.messages()}) == 20
    assert len(receiver.messages()) == 20


def test_a_drain_waits_for_the_outcome(database, receiver):
    an_installation(database)
    worker = a_worker(database, receiver)
    recorded_events(database, 2)

    assert worker.drain() == 0

    assert delivered(database) == 2
    worker.stop()


def test_there_is_a_way_out_to_each_configured_receiver(database):
    alone = an_installation(database)
    sending = an_installation(
        database,
        telemetry_mode=TelemetryMode.SEND,
        telemetry_data_plane_url="http://127.0.0.1:9",
    )

    assert list(carriers(database, alone, "http://127.0.0.1:8")) == ["local"]
    assert list(carriers(database, sending, "http://127.0.0.1:8")) == ["local", "vendor"]


def test_on_a_full_disk_a_deed_fails_whole_and_works_again_later(database):
    if not database.is_sqlite:
        pytest.skip("the size of a PostgreSQL database is not ours to limit")
    an_installation(database)

    def used_pages(limit: int) -> None:
        with database.engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {limit}")

    with database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    used_pages(pages)
    with pytest.raises(OperationalError, match="full"):
        recorded_events(database, 200, at_once=True)
    used_pages(1_000_000)

    with database.reading() as session:
        assert count_open(session, "local") == 0
    recorded_events(database)
    with database.reading() as session:
        assert count_open(session, "local") == 1
