"""When syncs are due: by interval, at fixed times, and never in the hours that are excluded."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from commandpost_telemetry.settings import Settings
from commandpost_telemetry.warehouse.connect import calendar_of
from commandpost_telemetry.warehouse.syncing.calendar import Calendar


def at(clock: str, day: int = 24) -> datetime:
    return datetime.combine(datetime(2026, 11, day, tzinfo=UTC), time.fromisoformat(clock), UTC)


@pytest.mark.parametrize(
    ("minutes", "start_at", "exclude", "last", "due"),
    [
        (30, "", "", at("12:07"), at("12:37")),
        (30, "", "", at("23:50"), at("00:20", 25)),
        # fixed times
        (180, "02:15", "", at("02:14"), at("02:15")),
        (180, "02:15", "", at("02:15"), at("05:15")),
        (180, "02:15", "", at("12:00"), at("14:15")),
        (180, "02:15", "", at("23:30"), at("02:15", 25)),
        (180, "02:15", "", at("01:00"), at("02:15")),
        (1440, "02:15", "", at("02:16"), at("02:15", 25)),
        (420, "02:15", "", at("23:30"), at("02:15", 25)),  # a day begins anew
        # hours without syncs
        (30, "", "13:00-15:00", at("12:29"), at("12:59")),
        (30, "", "13:00-15:00", at("12:30"), at("15:00")),
        (30, "", "13:00-15:00", at("14:30"), at("15:00")),
        (30, "", "23:30-04:00", at("23:10"), at("04:00", 25)),
        (30, "", "23:30-04:00", at("03:00"), at("04:00")),
        (30, "", "23:30-04:00", at("03:45"), at("04:15")),
        (180, "02:15", "02:00-03:00", at("23:30"), at("03:00", 25)),
    ],
)
def test_the_next_sync_is_due(
    tmp_path: Path, minutes: int, start_at: str, exclude: str, last: datetime, due: datetime
) -> None:
    settings = Settings(
        data_dir=tmp_path,
        sync_interval=minutes * 60,
        sync_start_at=start_at,
        sync_exclude=exclude,
    )

    assert calendar_of(settings).following(last) == due


def test_a_start_in_the_hours_without_syncs_waits_for_their_end() -> None:
    calendar = Calendar(timedelta(minutes=30), exclude=(time(23, 30), time(4)))

    assert calendar.allowed(at("01:00")) == at("04:00")
    assert calendar.allowed(at("04:00")) == at("04:00")
