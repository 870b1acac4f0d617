"""Each check finds the violation that was planted for it, and is quiet without."""

import re
from datetime import datetime, timedelta

import pytest

from commandpost_telemetry.insights.metrics.catalogue import get_metric
from commandpost_telemetry.insights.quality import (
    Finding,
    Verdict,
    all_checks,
    are_fine,
    history,
    latest,
    run_checks,
    runs,
)
from commandpost_telemetry.insights.source import DuckDBSource
from commandpost_telemetry.insights.upkeep import Upkeep
from commandpost_telemetry.kit.clock import clock
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination
from commandpost_telemetry.warehouse.schema.sql import compose, literal
from tests.commandpost_telemetry.insights.given import NAMES, Events

INTERVAL = 1800.0


def clean() -> Events:
    """Return every event of the catalogue once, today."""
    events = Events()
    for name in NAMES:
        own = {"playbook_id": "p1"} if name.endswith("Playbook") else {"incident_id": "i1"}
        events.add(name, "2026-11-24 09:00", "s1", **own)
    return events


def said(rows: int) -> list[str]:
    """What the loads say that they have added."""
    added = compose("INSERT INTO loader.load_tables VALUES ('l1', 'tracks', {n})", n=literal(rows))
    return ["DELETE FROM loader.load_tables", added]


def a_spy(schema: str) -> list[str]:
    spy = "(id, user_id, event_text) VALUES ('x', 's1', 'Spy')"
    return [f"INSERT INTO {schema}.tracks {spy}"]


def violations() -> Events:
    """One of each kind that is looked for among events; nothing was ever moved."""
    events = clean()
    events.rows = [row for row in events.rows if row[0] != "MoveChecklistItem"]
    events.start("2026-11-24 09:00", "", by="ann")
    events.received_after = timedelta(hours=-2)
    events.start("2026-11-24 09:00", "i2")
    events.received_after = timedelta(seconds=2)
    events.loaded_after = timedelta(minutes=36)
    events.start("2026-11-24 09:00", "i3")
    return events


def check(
    source: DuckDBSource, warehouse: DuckDBDestination, events: Events, said: int | None = None
) -> dict[str, Finding]:
    cursor = warehouse.cursor()
    count = len(events.rows) if said is None else said
    cursor.execute("INSERT INTO loader.load_tables VALUES ('l1', 'tracks', ?)", [count])
    events.into(cursor)
    Upkeep(source, INTERVAL).refresh()
    return {each.name: each for each in latest(history(source))}


def broken(findings: dict[str, Finding]) -> list[str]:
    return [name for name, each in findings.items() if each.verdict is not Verdict.FINE]


def test_clean_data_passes_every_check(source: DuckDBSource, warehouse: DuckDBDestination) -> None:
    findings = check(source, warehouse, clean())

    assert broken(findings) == []
    assert sorted(findings) == [
        "counts",
        "empty_ids",
        "future_times",
        "lag",
        "unknown_events",
        "unseen_events",
    ]


def test_each_counted_event_of_the_catalogue_is_looked_for_and_listed_once() -> None:
    looked_for = next(each.sql for each in all_checks() if each.name == "unseen_events")
    listed = get_metric("events_received").sql

    for sql in (looked_for, listed):
        assert sorted(re.findall(r"SELECT '(\w+)'", sql)) == sorted(NAMES)


def test_an_event_that_nobody_declared_is_found(
    source: DuckDBSource, warehouse: DuckDBDestination
) -> None:
    warehouse.cursor().execute(
        "INSERT INTO tracks (id, user_id, event_text) VALUES ('x', 's1', 'Spy')"
    )

    findings = check(source, warehouse, clean(), said=len(NAMES) + 1)

    assert broken(findings) == ["unknown_events"]
    assert findings["unknown_events"].sentence == (
        "1 events are not in the catalogue, such as “Spy”. Declare them or stop sending them."
    )


def test_an_event_that_is_never_recorded_is_advice(
    source: DuckDBSource, warehouse: DuckDBDestination
) -> None:
    events = clean()
    events.rows = [row for row in events.rows if row[0] != "MoveChecklistItem"]

    findings = check(source, warehouse, events)

    assert broken(findings) == ["unseen_events"]
    assert findings["unseen_events"].verdict is Verdict.ADVICE
    assert "MoveChecklistItem" in findings["unseen_events"].sentence
    assert are_fine(list(findings.values()))


def test_what_happens_tomorrow_is_found(source: DuckDBSource, warehouse: DuckDBDestination) -> None:
    events = clean()
    events.received_after = timedelta(hours=-2)
    events.start("2026-11-24 09:00", "i2")

    findings = check(source, warehouse, events)

    assert broken(findings) == ["future_times"]
    assert findings["future_times"].found == 1


@pytest.mark.parametrize("own", [{"incident_id": None}, {"incident_id": ""}, {"user_id": None}])
def test_an_empty_id_is_found(
    own: dict[str, str | None], source: DuckDBSource, warehouse: DuckDBDestination
) -> None:
    events = clean()
    events.start("2026-11-24 09:00", "i2")
    events.rows[-1][1].update(own)

    findings = check(source, warehouse, events)

    assert broken(findings) == ["empty_ids"]
    assert not are_fine(list(findings.values()))


def test_an_event_that_waited_longer_than_the_interval_is_found(
    source: DuckDBSource, warehouse: DuckDBDestination
) -> None:
    events = clean()
    events.loaded_after = timedelta(minutes=36)
    events.start("2026-11-24 09:00", "i2")

    assert broken(check(source, warehouse, events)) == ["lag"]


def test_rows_that_no_load_has_added_are_found(
    source: DuckDBSource, warehouse: DuckDBDestination
) -> None:
    findings = check(source, warehouse, clean(), said=7)

    assert broken(findings) == ["counts"]
    assert findings["counts"].found == len(NAMES) - 7


def test_what_was_found_is_kept_by_run_for_a_season(
    source: DuckDBSource, warehouse: DuckDBDestination, at_noon: datetime
) -> None:
    check(source, warehouse, clean(), said=7)
    clock.set(at_noon + timedelta(days=1))
    run_checks(source, INTERVAL)

    lines = runs(history(source))

    assert [line[:2] for line in lines] == [
        ["2026-11-25 12:00", "5 of 6"],
        ["2026-11-24 12:00", "5 of 6"],
    ]
    clock.set(at_noon + timedelta(days=90, minutes=1))
    run_checks(source, INTERVAL)
    assert [line[0] for line in runs(history(source))] == ["2027-02-22 12:01", "2026-11-25 12:00"]


def test_a_warehouse_without_an_account_of_loads_is_checked_without_it(
    source: DuckDBSource, warehouse: DuckDBDestination
) -> None:
    warehouse.cursor().execute("ALTER TABLE loader.loads RENAME TO earlier_loads")

    findings = check(source, warehouse, clean())

    assert "counts" not in findings
