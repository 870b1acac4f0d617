"""Models are made once and then brought up: the outcome is the same as making them anew."""

import pytest
from hypothesis import strategies as st

from commandpost_telemetry.insights.models.catalogue import all_models, find_model
from commandpost_telemetry.insights.source import DuckDBSource, Source
from commandpost_telemetry.insights.upkeep import Upkeep
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination
from tests.commandpost_telemetry.insights.given import Events, a_month, at

LoadDeed = tuple[str, str, str, str, int]  # what, incident, server, version, minute
KEPT = [model for model in all_models() if model.key]


def contents(source: Source) -> dict[str, list[str]]:
    return {
        model.name: sorted(map(str, source.ask(f"SELECT * FROM insights.{model.name}").rows))  # noqa: S608 - names of our own
        for model in all_models()
    }


def test_an_incident_is_one_row_with_what_was_done_in_it(november: DuckDBSource) -> None:
    found = november.ask("SELECT * FROM insights.incidents WHERE incident_id = 'i1'")

    [row] = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    assert row == {
        "server_id": "s1",
        "incident_id": "i1",
        "team_id": None,
        "version": "0.4.0",
        "first_day": at("2026-11-02 00:00").date(),
        "started_at": at("2026-11-02 09:00"),
        "ended_at": at("2026-11-02 10:00"),
        "seconds_to_end": 3600,
        "is_ended": True,
        "is_from_post": True,
        "is_from_playbook": True,
        "items_at_start": 3,
        "items_at_end": 4,
        "first_checked_at": at("2026-11-02 09:10"),
        "added": 1,
        "removed": 0,
        "renamed": 0,
        "moved": 0,
        "checks": 3,
        "unchecks": 1,
        "items_checked": 2,
    }


def test_an_incident_whose_start_was_not_seen_is_dated_by_what_its_end_says(
    source: DuckDBSource, warehouse: DuckDBDestination
) -> None:
    events = Events()
    events.end("2026-11-02 10:00", "i1", created_at=1793610000000)  # 09:00 of that day
    events.into(warehouse.cursor())

    Upkeep(source).refresh()

    asked = "SELECT started_at, seconds_to_end FROM insights.incidents"
    assert source.ask(asked).rows == ((at("2026-11-02 09:00"), 3600),)


def test_before_the_first_load_there_is_nothing_to_make_models_of() -> None:
    with DuckDBSourceWithoutTables() as source:
        assert not Upkeep(source).refresh()


class DuckDBSourceWithoutTables:
    """A warehouse that no sync has ever opened."""

    def __enter__(self) -> DuckDBSource:
        import duckdb  # noqa: PLC0415 - only this test opens a file of its own

        self._connection = duckdb.connect()
        return DuckDBSource(self._connection.cursor)

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def test_a_refresh_without_new_events_changes_nothing(november: DuckDBSource) -> None:
    before = november.ask("SELECT COUNT(*) FROM insights.quality_runs").rows

    assert Upkeep(november).refresh()

    assert november.ask("SELECT COUNT(*) FROM insights.quality_runs").rows == before


def test_events_that_were_removed_vanish_from_the_models(
    source: DuckDBSource, warehouse: DuckDBDestination
) -> None:
    a_month().into(warehouse.cursor())
    upkeep = Upkeep(source)
    upkeep.refresh()

    warehouse.cursor().execute("DELETE FROM end_incident")
    warehouse.cursor().execute("DELETE FROM tracks WHERE event_text = 'EndIncident'")
    upkeep.refresh()

    assert source.ask("SELECT COUNT(*) FROM insights.incidents WHERE is_ended").rows == ((0,),)


deeds = st.lists(
    st.tuples(
        st.sampled_from(["start", "end", "check", "uncheck", "playbook"]),
        st.sampled_from(["i1", "i2", "i3"]),
        st.sampled_from(["s1", "s2"]),
        st.sampled_from(["0.4.0", "0.5.0"]),
        st.integers(0, 60 * 24 * 60),  # minutes of two months
    ),
    min_size=1,
    max_size=12,
)


def a_load(items: list[LoadDeed], number: int) -> Events:
    events = Events()
    for index, (kind, incident, server, version, minute) in enumerate(items):
        day, rest = divmod(minute, 24 * 60)
        when = f"2026-{10 + day // 30:02d}-{1 + day % 30:02d} {rest // 60:02d}:{rest % 60:02d}"
        own = {"server": server, "version": version}
        if kind == "start":
            events.start(when, incident, **own)
        elif kind == "end":
            events.end(when, incident, **own)
        elif kind == "playbook":
            events.playbook("update", when, f"p{incident}", **own)
        else:
            events.item(kind, when, incident, **own)
        columns = events.rows[-1][1]
        columns["id"] = f"load{number}-{index}"
        columns["uuid_ts"] = at(f"2026-12-01 0{number}:00")
    return events


@pytest.mark.parametrize("slice_events", [1, 3, 1000])
def test_making_some_servers_at_a_time_gives_the_same(
    slice_events: int,
    source: DuckDBSource,
    warehouse: DuckDBDestination,
    november: DuckDBSource,
) -> None:
    a_month().into(warehouse.cursor())

    Upkeep(source, slice_events=slice_events).refresh()

    assert contents(source) == contents(november)


@pytest.mark.parametrize("model", KEPT, ids=lambda model: model.name)
def test_a_kept_model_has_one_row_for_each_key(model: object, november: DuckDBSource) -> None:
    found = find_model(getattr(model, "name", ""))
    assert found is not None
    keys = ", ".join(found.key)

    if found.name.startswith("user_"):
        keys += ", user_id"
    twice = f"SELECT {keys} FROM insights.{found.name} GROUP BY {keys} HAVING COUNT(*) > 1"  # noqa: S608 - names of our own

    assert november.ask(twice).rows == ()
