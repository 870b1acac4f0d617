"""The range of a page: what the address may say, and which steps it is cut into."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commandpost_telemetry.insights.scope import Scope, Step, first_of, next_of, read_scope

TODAY = date(2026, 11, 24)


def test_without_words_it_is_the_last_28_days_by_day() -> None:
    assert read_scope({}, TODAY) == Scope(date(2026, 10, 28), TODAY, TODAY, Step.DAY)


@pytest.mark.parametrize(
    ("first", "by"),
    [("2026-10-11", Step.DAY), ("2026-10-10", Step.WEEK), ("2025-10-20", Step.MONTH)],
)
def test_longer_ranges_get_longer_steps(first: str, by: Step) -> None:
    assert read_scope({"from": first}, TODAY).by is by


def test_the_range_before_is_as_long_and_ends_where_this_one_begins() -> None:
    scope = Scope(date(2026, 11, 1), date(2026, 11, 10), TODAY)

    before = scope.before()

    assert (before.first, before.last) == (date(2026, 10, 22), date(2026, 10, 31))


def test_an_address_keeps_what_was_chosen_and_leaves_out_the_rest() -> None:
    words = {"from": "2026-11-01", "to": "2026-11-10", "by": "week", "server": "s 1"}

    scope = read_scope(words, TODAY)

    assert scope.address() == "?from=2026-11-01&to=2026-11-10&by=week&server=s+1"
    assert scope.address(server="", by="") == "?from=2026-11-01&to=2026-11-10"


def test_months_are_cut_on_their_first_day() -> None:
    scope = Scope(date(2026, 1, 31), date(2026, 4, 1), TODAY, Step.MONTH)

    assert scope.buckets() == [date(2026, month, 1) for month in (1, 2, 3, 4)]


@given(
    day=st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    length=st.integers(0, 900),
    by=st.sampled_from(list(Step)),
)
def test_each_day_of_a_range_lies_in_exactly_one_step(day: date, length: int, by: Step) -> None:
    last = date.fromordinal(day.toordinal() + length)

    steps = Scope(day, last, TODAY, by).buckets()

    assert first_of(day, by) == steps[0]
    assert first_of(last, by) == steps[-1]
    assert all(next_of(a, by) == b for a, b in pairwise(steps))
