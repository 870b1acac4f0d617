"""Charts, sentences, topics: the small parts."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commandpost.incidents.chart import ChartRow, Tick, chart_of, ticks
from commandpost.incidents.place import Place
from commandpost.incidents.queries.one import ChecklistValue, ItemValue
from commandpost.incidents.rules import Happening, incident_name, name_of
from commandpost.incidents.told import SENTENCES, told

START = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def _item(title: str, minutes: int | None) -> ItemValue:
    at = None if minutes is None else START + timedelta(minutes=minutes)
    return ItemValue(title, title, at is not None, at, "ann" if at else None)


def test_a_chart_puts_each_dot_where_it_was_checked() -> None:
    lists = [ChecklistValue("x", "First", [_item("a", 0), _item("a", 30), _item("c", None)])]

    chart = chart_of(lists, START, START + timedelta(hours=1))

    assert chart is not None
    assert chart.rows == [
        ChartRow(30, "First", is_heading=True),
        ChartRow(70, "a", x=2.0, after="after 0 s"),
        ChartRow(110, "a", x=49.5, after="after 30 min"),
        ChartRow(150, "c", after="not checked"),
    ]
    assert chart.ticks == [
        Tick(2.0, "0"),
        Tick(25.75, "15 min"),
        Tick(49.5, "30 min"),
        Tick(73.25, "45 min"),
        Tick(97.0, "1 h 0 min"),
    ]
    assert chart.summary == (
        "2 of 3 items were checked, the first after 0 s, the last after 30 min."
    )


def test_a_chart_of_nothing_is_none_and_of_nothing_checked_says_so() -> None:
    empty = [ChecklistValue("x", "First", [])]
    unchecked = [ChecklistValue("x", "First", [_item("a", None)])]

    chart = chart_of(unchecked, START, START)

    assert chart_of(empty, START, START) is None
    assert chart is not None
    assert chart.summary == "The one item has not been checked."


@pytest.mark.parametrize("seconds", [0, 1, 59, 3_600, 86_400, 10_000_000, 10_000_000_000])
def test_an_axis_has_few_marks_whatever_it_spans(seconds: int) -> None:
    assert 1 <= len(ticks(max(1, seconds))) <= 16


def test_everything_that_can_happen_is_told() -> None:
    assert set(SENTENCES) == set(Happening)
    assert told(Happening.ITEM_RENAMED, {"was": "a {x}", "title": "%s"}) == (
        "renamed “a {x}” to “%s”"
    )


def test_a_conversation_keeps_the_team_in_every_address() -> None:
    channel, conversation = Place("c"), Place("d", "t")

    assert [channel.address(), channel.commands(), channel.fragment("/x")] == [
        "/channels/c#sidebar",
        "/channels/c/posts",
        "/x?here=c",
    ]
    assert [
        conversation.address(incident="i"),
        conversation.commands(),
        conversation.fragment("/x"),
    ] == ["/channels/d?team=t&incident=i#sidebar", "/channels/d/posts?team=t", "/x?team=t&here=d"]


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("Mail is slow", "Mail is slow"),
        ("\n\n> 1. **Mail** is `slow`\nsince noon", "Mail is slow"),
        ("- @ben: pay_db_2 __is__ down", "@ben: pay_db_2 is down"),
        ("!!!\nメール", "メール"),
        ("🔥🔥", ""),
        ("", ""),
        ("word " * 30, "word " * 11 + "word…"),
        ("x" * 70, "x" * 63 + "…"),
    ],
)
def test_an_incident_is_named_after_the_first_line_of_a_message(message: str, name: str) -> None:
    assert name_of(message) == name


@given(st.text(max_size=300))
def test_a_name_made_of_a_message_can_be_used(message: str) -> None:
    name = name_of(message)

    assert len(name) < 2 or incident_name(name) == name
