"""Which language the pages of the pipeline speak, and how they write numbers and days."""

from datetime import UTC, date, datetime

import pytest

from commandpost_telemetry.kit import formats
from commandpost_telemetry.kit.words import (
    ENGLISH,
    _,
    gettext,
    language,
    plural,
    preferred,
    speaking,
)

NOON = datetime(2026, 3, 5, 12, 4, 9, tzinfo=UTC)
DAY = date(2026, 3, 5)


@pytest.mark.parametrize(
    ("accepted", "wanted"),
    [
        ("", "en"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("fr, DE;q=0.5", "de"),
        ("en-GB, de", "en"),
        ("en;q=0.1, de", "de"),
        ("de;q=0", "en"),
        ("../../etc, *", "en"),
    ],
)
def test_the_known_language_that_is_liked_best_is_spoken(accepted: str, wanted: str) -> None:
    assert preferred(accepted) == wanted


def test_a_language_is_spoken_for_a_while_and_ends_with_a_refusal_too() -> None:
    with speaking("de"):
        inside = language(), gettext("Syncs")
    with pytest.raises(ZeroDivisionError), speaking("de"):
        raise ZeroDivisionError

    assert inside == ("de", "Abgleiche")
    assert (language(), gettext("Syncs"), gettext("")) == (ENGLISH, "Syncs", "")


def test_a_language_without_a_catalogue_is_english() -> None:
    with speaking("tlh"):
        assert _("page %(page)s of %(pages)s", page=1, pages=2) == "page 1 of 2"
        assert plural("%(num)s server", "%(num)s servers", 2) == "2 servers"


def test_numbers_have_the_reader_s_marks() -> None:
    english = [formats.plain(value) for value in (1234567, 1234.56, 0.5)]
    with speaking("de"):
        german = [formats.plain(value) for value in (1234567, 1234.56, 0.5)]

    assert english == ["1,234,567", "1,234.6", "0.5"]
    assert german == ["1.234.567", "1.234,6", "0,5"]


def test_days_are_written_as_the_reader_does() -> None:
    def written() -> list[str]:
        return [
            formats.day(NOON),
            formats.minute(NOON),
            formats.second(NOON),
            formats.short_day(DAY),
            formats.long_day(DAY),
            formats.weekday(DAY),
            formats.month(DAY),
            formats.short_month(DAY),
            formats.duration(3_720),
        ]

    english = written()
    with speaking("de"):
        german = written()

    assert english == [
        "2026-03-05", "2026-03-05 12:04", "2026-03-05 12:04:09", "5 Mar", "5 March 2026", "Thu",
        "March 2026", "Mar 26", "1 h 2 min",
    ]  # fmt: skip
    assert german == [
        "05.03.2026", "05.03.2026 12:04", "05.03.2026 12:04:09", "5. März", "5. März 2026", "Do",
        "März 2026", "März 26", "1 h 2 min",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-1, "0 s"), (59.9, "59 s"), (60, "1 min"), (3_599.9, "59 min"), (90_000, "1 d 1 h")],
)
def test_a_length_of_time_is_cut_off_as_the_application_does(seconds: float, text: str) -> None:
    assert formats.duration(seconds) == text
