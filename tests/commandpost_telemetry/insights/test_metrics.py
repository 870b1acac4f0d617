"""Every metric says of a month of fifteen events what one finds when counting by hand."""

from dataclasses import replace
from datetime import date

import pytest

from commandpost_telemetry.catalogue.registry import all_events
from commandpost_telemetry.insights.errors import NotFound
from commandpost_telemetry.insights.metrics.catalogue import Metric, all_metrics, get_metric
from commandpost_telemetry.insights.questions import ask_metric, sql_to_copy
from commandpost_telemetry.insights.scope import Scope, Step
from commandpost_telemetry.insights.source import Answer, Cell, DuckDBSource
from tests.commandpost_telemetry.insights.expected import ANSWERS

NOVEMBER = Scope(date(2026, 11, 1), date(2026, 11, 24), today=date(2026, 11, 24), by=Step.WEEK)


def rounded(answer: Answer) -> list[tuple[Cell, ...]]:
    return [
        tuple(round(cell, 6) if isinstance(cell, float) else cell for cell in row)
        for row in answer.rows
    ]


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
