"""Charts: round axes, what stands where, and what they say in words."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commandpost_telemetry.insights.charts.scale import Scale, scale_for
from commandpost_telemetry.insights.charts.shapes import Chart, Mark, dot, line, path, rect, words
from commandpost_telemetry.insights.charts.steps import (
    Series,
    Steps,
    draw_band,
    draw_columns,
    draw_lines,
)
from commandpost_telemetry.insights.charts.tables import (
    Bars,
    Intervals,
    Squares,
    draw_bars,
    draw_intervals,
    draw_squares,
)
from commandpost_telemetry.insights.scope import Step

THREE_DAYS = [date(2026, 11, 2), date(2026, 11, 3), date(2026, 11, 4)]
STARTED = Series("Started", [2, 0, 4])


def marks(chart: Chart, look: str) -> list[Mark]:
    every = [*chart.frame, *(mark for group in chart.groups for mark in group.marks)]
    return [mark for mark in every if look in str(mark.attributes["class"]).split()]


@pytest.mark.parametrize(
    ("highest", "unit", "whole", "scale"),
    [
        (0, "", True, Scale(1.0, 1.0)),
        (3, "", True, Scale(1.0, 3.0)),
        (9, "", True, Scale(5.0, 10.0)),
        (9, "", False, Scale(2.5, 10.0)),
        (130, "", True, Scale(50.0, 150.0)),
        (0.3, "", False, Scale(0.1, 0.3)),
        (61, "percent", False, Scale(25, 100, "percent")),
        (5400, "seconds", False, Scale(1800, 5400, "seconds")),
        (900_000, "seconds", False, Scale(432_000, 1_296_000, "seconds")),
    ],
)
def test_an_axis_has_few_round_steps(highest: float, unit: str, whole: bool, scale: Scale) -> None:
    found = scale_for(highest, unit, whole=whole)

    assert (round(found.step, 6), round(found.top, 6), found.unit) == (
        scale.step,
        scale.top,
        scale.unit,
    )


@given(highest=st.floats(0.001, 1e12), whole=st.booleans())
def test_every_value_fits_under_the_top_of_its_axis(highest: float, whole: bool) -> None:
    scale = scale_for(highest, whole=whole)

    assert scale.top >= highest * (1 - 1e-6)
    assert round(scale.top / scale.step) <= 4


def test_axes_are_written_short() -> None:
    assert [Scale(1, 1).label(value) for value in (0, 0.5, 1500, 2e6, 3e9)] == [
        "0",
        "0.5",
        "1.5k",
        "2M",
        "3G",
    ]
    assert Scale(1, 1, "percent").label(50) == "50%"
    assert [Scale(1, 1, "seconds").label(value) for value in (30, 3600, 90_000)] == [
        "30s",
        "1h",
        "1d1h",
    ]


def test_columns_stand_on_the_axis_and_zero_has_none() -> None:
    chart = draw_columns(Steps("Incidents", THREE_DAYS, Step.DAY, [STARTED]))

    assert [
        (mark.attributes["y"], mark.attributes["height"]) for mark in marks(chart, "series-1")
    ] == [
        (106.0, 90.0),
        (16.0, 180.0),
    ]
    assert [group.title for group in chart.groups] == [
        "Mon 2 Nov 2026: Started 2",
        "Tue 3 Nov 2026: Started 0",
        "Wed 4 Nov 2026: Started 4",
    ]
    assert chart.description == (
        "By day from 2026-11-02 to 2026-11-04. Started: lowest 0, highest 4."
    )
    assert chart.legend == ()


def test_stacked_columns_stand_on_one_another() -> None:
    steps = Steps("Both", THREE_DAYS, Step.DAY, [STARTED, Series("Ended", [2, 1, 0])])

    chart = draw_columns(steps, stacked=True)

    below, above = marks(chart, "series-1")[0], marks(chart, "series-2")[0]
    assert float(above.attributes["y"]) + float(above.attributes["height"]) == below.attributes["y"]
    assert [key.label for key in chart.legend] == ["Started", "Ended"]


def test_a_step_that_the_range_holds_in_part_is_marked() -> None:
    steps = Steps("Incidents", THREE_DAYS, Step.DAY, [STARTED], partial=frozenset({2}))

    chart = draw_columns(steps)

    assert len(marks(chart, "partial")) == 1
    assert chart.groups[2].title == "Wed 4 Nov 2026 (in part): Started 4"


def test_the_range_before_is_a_line_with_a_key() -> None:
    steps = Steps("Incidents", THREE_DAYS, Step.DAY, [STARTED], before=[1, 2, 3, 4])

    chart = draw_columns(steps)

    assert [mark.tag for mark in marks(chart, "previous")] == ["polyline"]
    assert chart.legend[-1].label == "Started, range before"


def test_a_line_breaks_where_nothing_is_known() -> None:
    share = Series("Share", [50.0, None, 75.0], "percent")
    steps = Steps("Share ended", THREE_DAYS, Step.DAY, [share])

    chart = draw_lines(steps)
    longer = draw_lines(replace(steps, series=[Series("Share", [50.0, 60.0, None], "percent")]))

    assert (len(marks(chart, "line")), len(marks(chart, "dot"))) == (0, 2)
    assert (len(marks(longer, "line")), len(marks(longer, "dot"))) == (1, 2)
    assert chart.groups[2].title == "Tue 3 Nov 2026: nothing"


def test_a_band_reaches_from_low_to_high_around_the_median() -> None:
    series = [
        Series("5 %", [60.0, None, 60.0], "seconds"),
        Series("Median", [120.0, None, 240.0], "seconds"),
        Series("95 %", [180.0, None, 600.0], "seconds"),
    ]

    chart = draw_band(Steps("Time to end", THREE_DAYS, Step.DAY, series))

    assert len(marks(chart, "span")) == 2
    assert [key.label for key in chart.legend] == ["Median", "the middle 90 %"]
    assert chart.groups[1].title == "Mon 2 Nov 2026: 5 % 1 min, Median 2 min, 95 % 3 min"


def test_releases_are_named_and_turn_inwards_at_the_edge() -> None:
    steps = Steps(
        "Incidents",
        THREE_DAYS,
        Step.DAY,
        [STARTED],
        releases={THREE_DAYS[0]: "0.5.0", THREE_DAYS[2]: "0.6.0", date(2026, 12, 1): "1.0"},
    )

    names = marks(draw_columns(steps), "release-name")
    many = [date.fromordinal(THREE_DAYS[0].toordinal() + n) for n in range(30)]
    edge = replace(
        steps, days=many, series=[Series("Started", [1] * 30)], releases={many[29]: "0.6.0"}
    )

    assert [(mark.text, mark.attributes["text-anchor"]) for mark in names] == [
        ("0.5.0", "start"),
        ("0.6.0", "start"),
    ]
    assert marks(draw_columns(edge), "release-name")[0].attributes["text-anchor"] == "end"


def test_months_and_weeks_are_named_as_such() -> None:
    months = Steps("Incidents", [date(2026, 11, 1)], Step.MONTH, [Series("Started", [1])])
    weeks = Steps("Incidents", [date(2026, 11, 2)], Step.WEEK, [Series("Started", [1])])

    assert draw_columns(months).groups[0].title == "November 2026: Started 1"
    assert draw_columns(weeks).groups[0].title == "Week of 2 Nov 2026: Started 1"


def test_bars_are_as_long_as_their_values_and_keep_to_a_dozen() -> None:
    values = [(f"version {n} with a very long name", 10.0 - n) for n in range(11)] + [
        ("z", 0),
        ("y", 1),
    ]

    chart = draw_bars(Bars("Versions", "Servers", "", values, [f"{n} %" for n in range(13)]))

    widths = [float(mark.attributes["width"]) for mark in marks(chart, "series-1")]
    assert len(widths) == 12
    assert widths == sorted(widths, reverse=True)
    assert marks(chart, "name")[0].text == "version 0 with a ve…"
    assert chart.groups[0].title == "version 0 with a very long name: 10 · 0 %"


def test_an_interval_says_its_median_and_its_ends() -> None:
    chart = draw_intervals(Intervals("Time", "days", [("0.5.0", 1.0, 4.0, 10.0)]))

    assert chart.groups[0].title == "0.5.0: median 4 days, 90 % between 1 days and 10 days"
    assert [mark.text for mark in marks(chart, "tick")] == ["1 days", "10 days"]


def test_squares_are_darker_where_there_is_more() -> None:
    squares = Squares(
        "Starts", "Incidents", "", ["Mon", "Tue"], ["9h", "10h"], {(0, 0): 0, (0, 1): 1, (1, 1): 8}
    )

    chart = draw_squares(squares)
    written = draw_squares(replace(squares, writes=True))
    empty = draw_squares(replace(squares, values={}))

    assert [str(mark.attributes["class"]) for group in chart.groups for mark in group.marks] == [
        "square shade-0",
        "square shade-1",
        "square shade-6",
    ]
    assert [mark.text for group in written.groups for mark in group.marks[1:]] == ["0", "1", "8"]
    assert chart.description == "Incidents. Most: Tue, 10h: 8."
    assert empty.description == "Incidents. Nothing yet."


def test_marks_are_rounded() -> None:
    assert [
        rect(1.234, 2, 3, 4, "fill"),
        line(0, 0, 1.06, 1, "rule"),
        path([(0, 1), (2.34, 3)], "line"),
        dot(1.06, 2, "dot"),
        words(1.06, 2, "9h", "tick"),
    ] == [
        Mark("rect", {"x": 1.2, "y": 2, "width": 3, "height": 4, "class": "fill"}),
        Mark("line", {"x1": 0, "y1": 0, "x2": 1.1, "y2": 1, "class": "rule"}),
        Mark("polyline", {"points": "0.0,1.0 2.3,3.0", "class": "line"}),
        Mark("circle", {"cx": 1.1, "cy": 2, "r": 2.5, "class": "dot"}),
        Mark("text", {"x": 1.1, "y": 2, "text-anchor": "start", "class": "tick"}, "9h"),
    ]
