"""The schedule: on time, at once when asked, and alive whatever the sync throws."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from commandpost_telemetry.kit.clock import clock
from commandpost_telemetry.warehouse.destinations.errors import WarehouseUnavailable
from commandpost_telemetry.warehouse.syncing.calendar import Calendar
from commandpost_telemetry.warehouse.syncing.outcome import Outcome
from commandpost_telemetry.warehouse.syncing.schedule import Schedule, SyncFailed

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
LONG = 1800.0

Start = Callable[..., Schedule]


@pytest.fixture
def start(at_noon: datetime) -> Iterator[Start]:
    started: list[Schedule] = []

    def start(sync: Callable[[], Outcome], interval: float = LONG, **more: object) -> Schedule:
        schedule = Schedule(sync, every(interval), **more)  # type: ignore[arg-type] # what the test gives
        started.append(schedule)
        schedule.start()
        return schedule

    yield start
    for schedule in started:
        schedule.stop()


def every(seconds: float) -> Calendar:
    return Calendar(timedelta(seconds=seconds))


def an_outcome(loaded: int = 0) -> Outcome:
    return Outcome(started_at=AT, finished_at=AT, loaded=loaded)


class Counting:
    """A sync that answers how often it ran, and fails when told to."""

    def __init__(self) -> None:
        self.runs = 0
        self.failure: Exception | None = None
        self.ran = Event()

    def __call__(self) -> Outcome:
        self.runs += 1
        self.ran.set()
        if self.failure is not None:
            raise self.failure
        return an_outcome(self.runs)


def test_who_asks_before_the_first_sync_is_due_need_not_wait_for_it(at_noon: datetime) -> None:
    sync = Counting()
    schedule = Schedule(sync, every(LONG))
    schedule.start(first_in=LONG)

    assert (sync.runs, schedule.status().next_at) == (0, at_noon + timedelta(seconds=LONG))
    assert schedule.sync_now().loaded == 1
    schedule.stop()


def test_the_first_sync_runs_at_once_and_the_next_after_the_interval(start: Start) -> None:
    sync = Counting()
    schedule = start(sync)

    assert sync.ran.wait(10)
    outcome = schedule.sync_now()

    assert outcome == an_outcome(2)
    assert schedule.status().next_at == AT + timedelta(seconds=LONG)
    assert schedule.status().last == an_outcome(2)


def test_a_short_interval_runs_again_and_again(start: Start) -> None:
    clock.reset()
    third = Event()
    sync = Counting()

    def counted() -> Outcome:
        outcome = sync()
        if sync.runs >= 3:
            third.set()
        return outcome

    start(counted, 0.01)

    assert third.wait(10)


def test_asking_runs_a_sync_that_began_after_the_question(start: Start) -> None:
    began, may_end = Event(), Event()
    runs: list[int] = []

    def sync() -> Outcome:
        runs.append(len(runs) + 1)
        number = runs[-1]
        if number == 1:
            began.set()
            assert may_end.wait(10)
        return an_outcome(number)

    schedule = start(sync)
    assert began.wait(10)
    with pytest.raises(SyncFailed, match="has not ended yet"):
        schedule.sync_now(timeout=0.01)
    may_end.set()

    assert schedule.sync_now().loaded >= 2


def test_a_failure_is_told_and_the_next_sync_comes_sooner(start: Start) -> None:
    sync = Counting()
    sync.failure = WarehouseUnavailable("The warehouse does not answer; nothing was loaded.")
    schedule = start(sync)

    with pytest.raises(SyncFailed, match="does not answer"):
        schedule.sync_now()

    status = schedule.status()
    assert status.error == "The warehouse does not answer; nothing was loaded."
    assert status.next_at is not None
    assert AT + timedelta(seconds=60) <= status.next_at <= AT + timedelta(seconds=120)


def test_the_thread_outlives_whatever_is_thrown(start: Start) -> None:
    sync = Counting()
    sync.failure = RuntimeError("no space left")
    schedule = start(sync)
    with pytest.raises(SyncFailed, match="no space left"):
        schedule.sync_now()
    sync.failure = None

    outcome = schedule.sync_now()

    assert outcome.loaded == sync.runs
    assert schedule.status().error == ""


def test_what_must_come_before_comes_before_and_may_fail(start: Start) -> None:
    calls: list[str] = []

    def before() -> None:
        calls.append("before")
        if len(calls) > 4:
            raise WarehouseUnavailable("The outbox is stuck.")

    def sync() -> Outcome:
        calls.append("sync")
        return an_outcome()

    schedule = start(sync, before=before)
    while len(calls) < 4:
        schedule.sync_now()

    assert calls[:4] == ["before", "sync", "before", "sync"]
    with pytest.raises(SyncFailed, match="stuck"):
        schedule.sync_now()


def test_what_comes_after_keeps_nobody_waiting_and_may_fail(start: Start) -> None:
    began, may_end = Event(), Event()

    def after() -> None:
        began.set()
        assert may_end.wait(10)
        raise RuntimeError("no space left")

    sync = Counting()
    schedule = start(sync, after=after)
    assert began.wait(10)
    told = schedule.status()
    may_end.set()
    asked = schedule.sync_now()

    assert told.last == an_outcome(1)
    assert (asked.loaded, schedule.status().error) == (2, "")


def test_a_schedule_that_is_stopped_or_not_started_says_so(start: Start) -> None:
    schedule = start(Counting())
    schedule.stop()
    schedule.stop()

    with pytest.raises(SyncFailed, match="not running"):
        schedule.sync_now()
    with pytest.raises(SyncFailed, match="not running"):
        Schedule(Counting(), every(LONG)).sync_now()
    Schedule(Counting(), every(LONG)).stop()
