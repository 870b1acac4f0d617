"""When to sync: every so many seconds, at once when somebody asks, later when it failed."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Condition, Lock, Thread

from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.warehouse.destinations.errors import WarehouseError
from commandpost_telemetry.warehouse.loading.backoff import pause
from commandpost_telemetry.warehouse.syncing.calendar import Calendar
from commandpost_telemetry.warehouse.syncing.outcome import Outcome

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Status:
    """What the schedule can say of itself."""

    next_at: datetime | None
    last: Outcome | None
    error: str  # of the last sync, empty when it went well


class SyncFailed(WarehouseError):
    """The sync that was asked for did not go through; the sentence is that of its cause."""


class Schedule:
    """Runs the sync in a thread of its own; no failure ends it."""

    def __init__(
        self,
        sync: Callable[[], Outcome],
        calendar: Calendar,
        *,
        before: Callable[[], object] | None = None,
        after: Callable[[], object] | None = None,
    ) -> None:
        self._sync = sync
        self._before = before
        self._after = after  # who asked for a sync does not wait for it
        self._calendar = calendar
        self._changed = Condition()
        self._at_work = Lock()
        self._thread: Thread | None = None
        self._stopping = False
        self._asked = 0  # how often somebody asked for a sync
        self._answered = 0  # the highest ask that a finished sync has answered
        self._next_at: datetime | None = None
        self._last: Outcome | None = None
        self._done: Outcome | None = None  # what came of the last one, None where nothing did
        self._error = ""
        self._failures = 0  # in a row

    def start(self, first_in: float = 0.0) -> None:
        """Start the thread; the first sync is due in so many seconds, however long it was off.

        Only the hours without syncs put it off; who asks for one meanwhile gets it at once.
        """
        self._next_at = self._calendar.allowed(now() + timedelta(seconds=first_in))
        self._thread = Thread(target=self._loop, name="warehouse-sync", daemon=True)
        self._thread.start()

    def stop(self, timeout: float = 30.0) -> None:
        """Let a running sync end, for `timeout` seconds at the most; safe to call twice."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(timeout)

    def status(self) -> Status:
        with self._changed:
            return Status(self._next_at, self._last, self._error)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let a running sync end and none begin while the block runs."""
        with self._at_work:
            yield

    def sync_now(self, timeout: float = 600.0) -> Outcome:
        """Sync and return what it did, all or part; one under way may have missed the newest.

        Raises `SyncFailed` when nothing was done, or it has not ended after `timeout` seconds.
        """
        with self._changed:
            if self._thread is None or self._stopping:
                raise SyncFailed("The sync is not running, so nothing was loaded. Start it first.")
            self._asked += 1
            mine = self._asked
            self._changed.notify_all()
            done = self._changed.wait_for(lambda: self._answered >= mine or self._stopping, timeout)
            if not done or self._answered < mine:
                raise SyncFailed(
                    "The sync has not ended yet; what it has loaded is kept and it goes on."
                )
            if self._done is None:
                raise SyncFailed(self._error)
            return self._done

    def _loop(self) -> None:
        while self._wait_until_due():
            with self._changed:
                asked = self._asked
            outcome, error = self._run()
            with self._changed:
                self._answered = asked
                self._done = outcome
                self._last = outcome or self._last
                self._error = error
                self._failures = self._failures + 1 if error else 0
                self._next_at = self._following()
                self._changed.notify_all()
            self._tidy()

    def _tidy(self) -> None:
        if self._after is None or self._stopping:
            return
        try:
            with self._at_work:
                self._after()
        except Exception:  # what was loaded is loaded whatever becomes of this
            logger.exception("What follows a sync failed")

    def _wait_until_due(self) -> bool:
        with self._changed:
            while not self._stopping and self._asked == self._answered:
                left = ((self._next_at or now()) - now()).total_seconds()
                if left <= 0:
                    break
                self._changed.wait(left)
            return not self._stopping

    def _run(self) -> tuple[Outcome | None, str]:
        try:
            if self._before is not None:
                self._before()
            with self._at_work:
                outcome = self._sync()
        except WarehouseError as refusal:
            logger.warning("The sync failed: %s", refusal)
            return None, str(refusal)
        except Exception as failure:  # the thread must outlive whatever a destination throws
            logger.exception("The sync failed")
            return None, f"The sync failed: {failure}. The log keeps what was not loaded."
        error = " ".join(dict.fromkeys(outcome.failed.values()))
        if error:
            logger.warning("A part of the sync failed: %s", error)
        return outcome, error

    def _following(self) -> datetime:
        due = self._calendar.following(now())
        if not self._failures:
            return due
        return min(due, self._calendar.allowed(now() + pause(self._failures)))
