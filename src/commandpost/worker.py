"""The background: relays the outbox lane by lane, and forgets what need not be kept."""

import threading
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from time import monotonic

import structlog

from commandpost.accounts.actions.sign_in import forget_old_failures
from commandpost.kit.clock import now
from commandpost.kit.db import Database
from commandpost.outbox.carrier import Carrier
from commandpost.outbox.keeping import forget_settled
from commandpost.outbox.record import TOPIC
from commandpost.outbox.relay import Relay
from commandpost.settings import Settings
from commandpost.telemetry.carrier import RudderCarrier
from commandpost.telemetry.queries import get_installation, is_open
from commandpost.telemetry.rules import LOCAL_LANE, VENDOR_LANE

LOOK_AGAIN = 1.0  # seconds; a deed wakes the relay at once, this is for what is due later
FLUSH = 5.0  # seconds that a stop may take to send what is queued
KEEP_SETTLED = timedelta(days=30)
TIDY_EVERY = 3600.0  # seconds

log = structlog.get_logger()


def carriers(database: Database, settings: Settings, local_url: str) -> Mapping[str, Carrier]:
    """Return the way out of each lane that has one."""
    with database.reading() as session:
        key = get_installation(session).local_write_key
    found: dict[str, Carrier] = {LOCAL_LANE: RudderCarrier(local_url, key)}
    if settings.telemetry_data_plane_url:
        found[VENDOR_LANE] = RudderCarrier(
            settings.telemetry_data_plane_url, settings.telemetry_write_key.get_secret_value()
        )
    return found


class Worker:
    """One thread a lane, so that a slow receiver never holds up another."""

    def __init__(self, database: Database, ways: Mapping[str, Carrier]) -> None:
        self._database = database
        self._relays = {
            lane: Relay(database, lane, carrier, is_open=partial(is_open, lane=lane))
            for lane, carrier in ways.items()
        }
        self._carriers = tuple(ways.values())
        self._stopping = threading.Event()
        self._wake = {lane: threading.Event() for lane in ways}
        self._threads = [
            threading.Thread(target=self._run, args=(lane,), name=f"relay-{lane}", daemon=True)
            for lane in ways
        ]
        self._threads.append(threading.Thread(target=self._tidy, name="tidy", daemon=True))
        database.listen(self._heard)

    def start(self) -> None:
        """Start relaying."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Send what is queued, for five seconds at the most, and stop."""
        self._stopping.set()
        for event in self._wake.values():
            event.set()
        deadline = monotonic() + FLUSH
        for thread in self._threads:
            if thread.is_alive():  # a worker that only drains never started them
                thread.join(max(0.0, deadline - monotonic()))
        for carrier in self._carriers:
            carrier.close()

    def drain(self, lane: str = LOCAL_LANE) -> int:
        """Send a lane's queue now; return how many messages are still open."""
        relay = self._relays[lane]
        relay.hurry()
        return relay.drain()

    def take_over(self) -> None:
        """Take every lane from a process that is known to be gone."""
        for relay in self._relays.values():
            relay.take_over()

    def _heard(self, topics: frozenset[str]) -> None:
        if TOPIC in topics:
            for event in self._wake.values():
                event.set()

    def _run(self, lane: str) -> None:
        while not self._stopping.is_set():
            self._wake[lane].wait(LOOK_AGAIN)
            self._wake[lane].clear()
            self._relay(lane)
        self._relay(lane, until=monotonic() + FLUSH)

    def _relay(self, lane: str, *, until: float | None = None) -> None:
        try:
            while self._relays[lane].step():
                if until is not None and monotonic() > until:
                    return
        except Exception:  # the loop must outlive a locked database and a full disk
            log.exception("relay failed, will try again", lane=lane)

    def _tidy(self) -> None:
        pause = 0.0  # at once, for who is restarted every hour would never do it
        while not self._stopping.wait(pause):
            pause = TIDY_EVERY
            try:
                with self._database.transaction() as session:
                    forget_settled(session, before=now() - KEEP_SETTLED)
                    forget_old_failures(session)
            except Exception:  # as above; there is another hour
                log.exception("tidying failed, will try again")
