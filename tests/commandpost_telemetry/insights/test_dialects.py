"""The same metrics give the same answers on DuckDB, PostgreSQL and Snowflake."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as given_that
from hypothesis import strategies as st

from commandpost_telemetry.insights.licences import COLUMNS, import_licences
from commandpost_telemetry.insights.metrics.catalogue import Metric, all_metrics, get_metric
from commandpost_telemetry.insights.models.catalogue import all_models
from commandpost_telemetry.insights.quality import history, latest, run_checks
from commandpost_telemetry.insights.questions import ask, ask_metric, sql_to_copy
from commandpost_telemetry.insights.source import DuckDBSource
from commandpost_telemetry.insights.upkeep import Upkeep
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination
from tests.commandpost_telemetry.insights.counted import COUNTED, Deed
from tests.commandpost_telemetry.insights.counted_more import MORE
from tests.commandpost_telemetry.insights.given import NAMES, Column, Events, a_month, at
from tests.commandpost_telemetry.insights.test_metrics import NOVEMBER, expected, rounded
from tests.commandpost_telemetry.insights.test_quality import (
    INTERVAL,
    a_spy,
    clean,
    said,
    violations,
)
from tests.commandpost_telemetry.insights.test_upkeep import LoadDeed, a_load, contents
from tests.commandpost_telemetry.insights.test_upkeep import deeds as loads
from tests.commandpost_telemetry.insights.warehouses import KINDS, Kind

METRICS = all_metrics()
# of fakesnow itself, at every answer
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Arrow output on a DB-API result:UserWarning"),
]


@pytest.fixture(scope="module", params=sorted(KINDS))
def kind(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Kind]:
    with KINDS[request.param](tmp_path_factory.mktemp("warehouse")) as made:
        yield made


@pytest.fixture
def filled(kind: Kind) -> Kind:
    """Hold the month, filled anew only when another test has filled it with its own."""
    if not kind.holds_month:
        kind.fill(a_month())
        kind.holds_month = True
    return kind


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_metric_says_the_same_on_each_kind(metric: Metric, filled: Kind) -> None:
    assert rounded(ask_metric(filled.source, metric, NOVEMBER)) == expected(metric.name)


def test_every_metric_can_be_narrowed_and_copied_on_each_kind(filled: Kind) -> None:
    scope = replace(NOVEMBER, server="s1", version="0.5.0", licence="unlicensed")

    for metric in METRICS:
        answer = filled.source.ask(sql_to_copy(filled.source, metric, scope))
        assert answer.columns == tuple(metric.labels)


def test_checks_and_licences_work_on_each_kind(filled: Kind) -> None:
    licence = "s1,L-1,O'Hara,Team,2026-01-01,2026-12-31"
    import_licences(filled.source, "\n".join([",".join(COLUMNS), licence]))
    buyers = "SELECT customer, licence_ends_on FROM servers ORDER BY server_id"

    assert ask(filled.source, buyers, {}).rows[0][0] == "O'Hara"
    assert {each.name for each in latest(history(filled.source))} >= {"empty_ids", "lag"}
    import_licences(filled.source, ",".join(COLUMNS))


def test_each_check_finds_what_was_planted_on_each_kind(kind: Kind, at_noon: datetime) -> None:
    del at_noon
    kind.fill(clean())
    kind.source.change(said(len(NAMES)))
    quiet = run_checks(kind.source, INTERVAL)

    events = violations()
    rows = len(events.rows)
    kind.fill(events)
    kind.source.change([*said(7), *a_spy(kind.source.events_schema)])
    found = {each.name: each.found for each in run_checks(kind.source, INTERVAL)}
    kind.source.change(said(0))

    assert [each.name for each in quiet if each.found] == []
    assert found == {
        "counts": rows + 1 - 7,
        "empty_ids": 1,
        "future_times": 1,
        "lag": 1,
        "unknown_events": 1,
        "unseen_events": 1,
    }


MINUTES = 40 * 24 * 60
EVENTS = (*NAMES, "CreateIncident", "EndIncident", "CheckChecklistItem", "SendTestEvent")
deeds = st.lists(
    st.builds(
        # ids of people are random, so no two servers share one
        lambda event, minutes, server, version, thing, by, *others: Deed(
            event,
            at("2026-10-20 00:00") + timedelta(minutes=minutes),
            server,
            version,
            thing,
            f"{by} of {server}",
            *others,
        ),
        st.sampled_from(EVENTS),
        st.integers(0, MINUTES),
        st.sampled_from(["s1", "s2"]),
        st.sampled_from(["0.4.0", "0.5.0"]),
        st.sampled_from(["i1", "i2", "i3", "i4"]),
        st.sampled_from(["ann", "ben", "cid"]),
        st.integers(0, 4),
        st.booleans(),
    ),
    max_size=25,
)


EXAMPLES = {"duckdb": 25, "postgres": 8, "snowflake": 3}  # as many as are quick there


def test_metrics_equal_a_plain_count_over_random_events(kind: Kind) -> None:
    @settings(
        max_examples=EXAMPLES[kind.source.dialect],
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given_that(happened=deeds)
    def check(happened: list[Deed]) -> None:
        kind.fill(as_events(happened))

        for name, count in {**COUNTED, **MORE}.items():
            answer = rounded(ask_metric(kind.source, get_metric(name), NOVEMBER))
            assert answer == count(happened, NOVEMBER.first, NOVEMBER.last), name

    check()


@settings(
    max_examples=2,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given_that(happened=st.lists(loads, min_size=2, max_size=2))
def test_bringing_up_load_by_load_gives_what_making_anew_gives(
    happened: list[list[LoadDeed]], kind: Kind
) -> None:
    kind.fill(Events())
    whole = DuckDBDestination(None, threads=1)
    for number, items in enumerate(happened):
        kind.load(a_load(items, number))
        a_load(items, number).into(whole.cursor())
    Upkeep(DuckDBSource(whole.cursor)).refresh()

    assert contents(kind.source) == contents(DuckDBSource(whole.cursor))
    whole.close()


def test_views_of_an_earlier_version_give_way_to_tables(kind: Kind) -> None:
    kind.fill(a_month())
    before = contents(kind.source)
    first = [
        f"DROP VIEW insights.{name}" for name in ("servers", "server_versions", "active_users")
    ]
    kind.source.change(
        [
            *first,
            "DROP TABLE insights.server_life",
            "CREATE VIEW insights.server_life AS SELECT 1 AS one",
            "UPDATE insights.model_state SET definition = 'old'",
        ]
    )
    kind.holds_month = False
    Upkeep(kind.source).refresh()

    assert contents(kind.source) == before


def test_every_metric_is_counted_in_python_too() -> None:
    assert sorted([*COUNTED, *MORE]) == sorted(metric.name for metric in METRICS)


def as_events(happened: list[Deed]) -> Events:
    events = Events()
    for deed in happened:
        events.add(deed.event, deed.at, deed.server, deed.version, **_columns(deed))
        events.load(deed.at, 8, 2, 1, 4, 5)
    return events


def _columns(deed: Deed) -> dict[str, Column]:
    if deed.event == "SendTestEvent":
        return {}
    if deed.event.endswith("Playbook"):
        return {"playbook_id": deed.thing}
    who = "commander_user_id" if deed.event == "CreateIncident" else "user_actual_id"
    own: dict[str, Column] = {"incident_id": deed.thing, who: deed.by}
    if deed.event.endswith("ChecklistItem"):
        return own
    return own | {"total_checklist_items": deed.items, "post_id": "p" if deed.has_post else ""}


def test_every_model_answers_on_an_empty_warehouse_of_each_kind(kind: Kind) -> None:
    kind.fill(Events())

    for model in all_models():
        query = f"SELECT COUNT(*) AS found FROM {model.name}"  # noqa: S608 - names of our own
        assert ask(kind.source, query, {}).rows == ((0,),)
    for name in ("totals", "time_to_end", "funnel", "active_users"):
        ask_metric(kind.source, get_metric(name), NOVEMBER)


def test_a_page_on_a_server_counts_anew_only_after_a_while(kind: Kind) -> None:
    kind.fill(Events())
    upkeep, asked = Upkeep(kind.source), "SELECT COUNT(*) AS found FROM incidents"
    nothing = upkeep.ready()
    kind.load(a_month())
    upkeep.refresh()
    kind.source.change([f"DELETE FROM {kind.source.events_schema}.tracks"])  # noqa: S608 - a name of ours

    is_ready, later = upkeep.ready(), Upkeep(kind.source).ready()

    assert (nothing, later) == (False, False)
    assert is_ready is (kind.source.dialect != "duckdb")
    assert ask(kind.source, asked, {}).rows == ((4,),)  # the tables of the events have them still
