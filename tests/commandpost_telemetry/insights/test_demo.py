"""The made-up year: the same wish gives the same deeds, and they come through the data plane."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from commandpost_telemetry.catalogue.registry import all_events
from commandpost_telemetry.insights.demo.year import Wish, deeds, fill
from commandpost_telemetry.insights.quality import Verdict, history, latest
from commandpost_telemetry.insights.source import DuckDBSource
from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination
from tests.commandpost_telemetry.insights.given import utc

TODAY = utc("2026-11-24 12:00")


def wish(servers: int, days: int, seed: int = 7) -> Wish:
    return Wish(servers=servers, days=days, seed=seed, until=TODAY)


def told(wished: Wish) -> list[str]:
    return [f"{deed.at} {deed.server.id} {deed.version} {deed.event}" for deed in deeds(wished)[1]]


def test_the_same_wish_gives_the_same_deeds_and_another_seed_others() -> None:
    assert told(wish(4, 60)) == told(wish(4, 60))
    assert told(wish(4, 60)) != told(wish(4, 60, seed=8))


def test_deeds_come_in_order_and_none_from_the_future() -> None:
    times = [deed.at for deed in deeds(wish(10, 90))[1]]

    assert times == sorted(times)
    assert times[-1] <= TODAY


def test_every_event_of_the_catalogue_happens_in_a_year() -> None:
    kinds = Counter(type(deed.event) for deed in deeds(wish(10, 365))[1])

    assert set(kinds) == {event for event in all_events() if event.definition.is_counted}


def test_working_days_are_busier_than_weekends_and_versions_change() -> None:
    happened = list(deeds(wish(10, 365))[1])

    by_day = Counter(deed.at.weekday() for deed in happened)
    assert min(by_day[day] for day in range(5)) > max(by_day[5], by_day[6])
    assert len({deed.version for deed in happened}) >= 4


def test_the_year_is_sent_synced_and_licensed(
    tmp_path: Path, warehouse: DuckDBDestination, at_noon: datetime
) -> None:
    said: list[str] = []
    wished = Wish(servers=3, days=12, seed=3, until=at_noon - timedelta(days=4))
    expected = len(list(deeds(wished)[1]))

    sent = fill(tmp_path, warehouse, wished, said.append)

    source = DuckDBSource(warehouse.cursor)
    assert sent == expected
    assert source.ask("SELECT COUNT(*) FROM main.telemetry_events").rows == ((expected,),)
    assert source.ask("SELECT MIN(received_at) < MAX(received_at) FROM tracks").rows == ((True,),)
    assert [each.name for each in latest(history(source)) if each.verdict is Verdict.BROKEN] == []
    assert said[0].startswith("November 2026: ")
    assert now() > at_noon  # the clock runs again
