"""The table of figures says what was measured, beside its budget."""

from bench.figure import Figure, at_least, at_most, table


def test_a_small_figure_keeps_its_budget() -> None:
    figure = at_most("start", 1.5, 3, "s")

    assert figure == Figure("start", "< 3 s", "1.5 s", "0.50 of budget", kept=True)


def test_a_budget_reached_is_a_budget_missed() -> None:
    assert at_most("start", 3, 3, "s").kept is False


def test_a_large_figure_keeps_its_budget() -> None:
    figure = at_least("requests", 1234.5, 800, "/s", "0.40 of bare")

    assert figure == Figure("requests", ">= 800 /s", "1,234 /s", "0.40 of bare", kept=True)


def test_the_table_stands_in_columns() -> None:
    figures = [at_most("start", 3.5, 3, "s"), Figure("limit", "", "9 /s")]

    assert table(figures).splitlines() == [
        "what   budget  measured  ratio",
        "start  < 3 s   3.5 s     1.17 of budget  MISSED",
        "limit          9 /s",
    ]
