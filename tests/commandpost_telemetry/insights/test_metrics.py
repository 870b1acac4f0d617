"""Every metric says of a month of fifteen events what one finds when counting by hand."""

from dataclasses import replace
from datetime import date

import pytest
from sqlglot import exp, parse_one

from commandpost_telemetry.catalogue.registry import all_events
from commandpost_telemetry.insights.errors import NotFound
from commandpost_telemetry.insights.figures import FORMS, draw
from commandpost_telemetry.insights.metrics.catalogue import Metric, all_metrics, get_metric
from commandpost_telemetry.insights.questions import ask_metric, narrowed, sql_to_copy
from commandpost_telemetry.insights.scope import Scope, Step
from commandpost_telemetry.insights.source import Answer, Cell, DuckDBSource
from tests.commandpost_telemetry.insights.expected import ANSWERS

NOVEMBER = Scope(date(2026, 11, 1), date(2026, 11, 24), today=date(2026, 11, 24), by=Step.WEEK)
OF_ALL_SERVERS = {"loads"}  # a load holds rows of many servers, and the metric says so


def rounded(answer: Answer) -> list[tuple[Cell, ...]]:
    return [
        tuple(round(cell, 6) if isinstance(cell, float) else cell for cell in row)
        for row in answer.rows
    ]


def parsed(sql: str) -> exp.Expr:
    return parse_one(sql, read="duckdb")


def expected(name: str) -> list[tuple[Cell, ...]]:
    return rounded(Answer((), tuple(ANSWERS[name])))


@pytest.mark.parametrize("metric", all_metrics(), ids=lambda metric: metric.name)
def test_a_metric_says_what_was_counted_by_hand(metric: Metric, november: DuckDBSource) -> None:
    assert rounded(ask_metric(november, metric, NOVEMBER)) == expected(metric.name)


def test_every_metric_was_counted_by_hand_and_none_says_nothing() -> None:
    assert sorted(ANSWERS) == sorted(metric.name for metric in all_metrics())
    assert all(ANSWERS.values())


@pytest.mark.parametrize("metric", all_metrics(), ids=lambda metric: metric.name)
def test_the_sql_to_copy_gives_the_same_answer(metric: Metric, november: DuckDBSource) -> None:
    scope = replace(NOVEMBER, version="0.5.0", licence="unlicensed", server="s1")

    copied = november.ask(sql_to_copy(november, metric, scope))

    assert copied == ask_metric(november, metric, scope)


@pytest.mark.parametrize("metric", all_metrics(), ids=lambda metric: metric.name)
def test_every_column_of_an_answer_has_its_heading(metric: Metric, november: DuckDBSource) -> None:
    answer = ask_metric(november, metric, NOVEMBER)

    assert tuple(metric.labels) == answer.columns
    named = {*metric.units, *metric.hides, *metric.counts_servers, *metric.draws[1:]}
    assert named <= set(answer.columns)


@pytest.mark.parametrize("metric", all_metrics(), ids=lambda metric: metric.name)
def test_a_metric_reads_only_events_of_the_catalogue(metric: Metric) -> None:
    known = {event.definition.name for event in all_events()} | {"all"}

    assert set(metric.events) <= known
    assert metric.question.endswith("?")


@pytest.mark.parametrize("metric", all_metrics(), ids=lambda metric: metric.name)
def test_a_metric_names_a_form_that_is_drawn(metric: Metric) -> None:
    assert set(metric.draws[:1]) <= FORMS


def test_a_form_that_nobody_draws_is_no_chart_of_another(november: DuckDBSource) -> None:
    metric = replace(get_metric("incidents_started_ended"), draws=("pies",))

    with pytest.raises(KeyError, match="pies"):
        draw(metric, ask_metric(november, metric, NOVEMBER), NOVEMBER)


@pytest.mark.parametrize("metric", all_metrics(), ids=lambda metric: metric.name)
def test_every_relation_that_a_metric_reads_is_narrowed(metric: Metric) -> None:
    read = {table.name for table in parsed(metric.sql).find_all(exp.Table)}
    within_s1 = parsed(narrowed(metric.sql, replace(NOVEMBER, server="s1")))

    assert read - OF_ALL_SERVERS <= {cte.alias for cte in within_s1.find_all(exp.CTE)}


def test_filters_narrow_to_a_server_a_version_and_a_licence(november: DuckDBSource) -> None:
    metric = get_metric("incidents_started_ended")

    on_s2 = ask_metric(november, metric, replace(NOVEMBER, server="s2"))
    of_version = ask_metric(november, metric, replace(NOVEMBER, version="0.5.0"))
    licensed = ask_metric(november, metric, replace(NOVEMBER, licence="Enterprise"))

    assert on_s2.rows == ((date(2026, 11, 2), 1, 0),)
    assert of_version.rows == ((date(2026, 11, 9), 1, 1),)
    assert licensed.rows == ()


def test_a_metric_that_nobody_defined_is_not_found() -> None:
    with pytest.raises(NotFound, match="There is no metric “mean_time”"):
        get_metric("mean_time")
