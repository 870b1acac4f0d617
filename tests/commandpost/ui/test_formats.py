"""How values look on a page."""

from datetime import UTC, datetime

import pytest

from commandpost.ui.formats import HUES, duration, hue, initial, iso

MOMENT = datetime(2026, 11, 24, 9, 5, 7, 42_000, tzinfo=UTC)


def test_a_moment_is_written_to_the_millisecond():
    assert iso(MOMENT) == "2026-11-24T09:05:07.042Z"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 s"),
        (12, "12 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3_900, "1 h 5 min"),
        (3 * 86_400 + 4 * 3_600, "3 d 4 h"),
        (100 * 86_400, "100 d 0 h"),
    ],
)
def test_a_duration_shows_its_two_largest_units(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(("name", "letter"), [("ann", "A"), ("_ben", "B"), ("…", "?"), ("", "?")])
def test_an_avatar_shows_the_first_letter(name, letter):
    assert initial(name) == letter


def test_a_hue_stays_with_its_key():
    assert hue("ann") == hue("ann")
    assert {hue(str(n)) for n in range(200)} == set(range(HUES))
