"""Bounds on what is in flight and on what one source may send."""

import pytest

from commandpost_telemetry.collector.limits import CollectorLimits, RateLimit
from commandpost_telemetry.collector.pressure import InFlight, Overloaded, Rates
from commandpost_telemetry.collector.service import limits_of
from commandpost_telemetry.settings import Settings


def test_what_is_answered_no_longer_counts() -> None:
    inflight = InFlight(CollectorLimits(inflight_requests=1, inflight_bytes=10))

    for _ in range(3):
        with inflight.request() as held:
            held.hold(10)
            assert (inflight.requests, inflight.bytes) == (1, 10)

    assert (inflight.requests, inflight.bytes) == (0, 0)


def test_one_byte_too_many_is_refused_and_leaves_no_trace() -> None:
    inflight = InFlight(CollectorLimits(inflight_bytes=10))

    with inflight.request() as held:
        held.hold(6)
        with pytest.raises(Overloaded):
            held.hold(5)

    assert inflight.bytes == 0


def test_without_a_limit_nobody_waits() -> None:
    assert Rates(None).seconds_to_wait("ann", 1_000_000) == 0.0


def test_a_source_may_use_its_window_at_once_and_then_waits() -> None:
    rates = Rates(RateLimit(events=10, seconds=60))

    first = rates.seconds_to_wait("ann", 10)
    second = rates.seconds_to_wait("ann", 1)
    of_another = rates.seconds_to_wait("ben", 10)

    assert (first, of_another) == (0.0, 0.0)
    assert second == pytest.approx(6, abs=0.1)


def test_a_request_larger_than_the_window_passes_when_nothing_else_did() -> None:
    rates = Rates(RateLimit(events=10, seconds=60))

    first = rates.seconds_to_wait("ann", 25)
    second = rates.seconds_to_wait("ann", 25)

    assert first == 0.0
    assert second == pytest.approx(150, abs=0.1)


@pytest.mark.parametrize(("rate", "limit"), [(0, None), (90, RateLimit(events=90, seconds=60))])
def test_the_rate_is_set_in_events_a_minute(rate: int, limit: RateLimit | None) -> None:
    assert limits_of(Settings(collector_rate=rate)) == CollectorLimits(rate=limit)
