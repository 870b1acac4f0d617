"""Waits for the outcome of a test event, for somebody at a terminal."""

from collections.abc import Sequence
from time import monotonic, sleep

from commandpost.kit.db import Database
from commandpost.outbox.models import Message, State
from commandpost.telemetry.view import latest_test

LOOK_AGAIN = 0.1  # seconds; another process relays, and tells only its own


def watch_test(database: Database, *, seconds: float) -> Sequence[Message]:
    """Return the newest test event once every receiver has answered, or as it is by then."""
    deadline = monotonic() + seconds
    while True:
        with database.reading() as session:
            ways = latest_test(session)
        if monotonic() >= deadline or all(way.state in _SETTLED for way in ways):
            return ways
        sleep(LOOK_AGAIN)


_SETTLED = (State.DELIVERED, State.PARKED)
