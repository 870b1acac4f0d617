"""`make bench` runs the modules that measure, and says so when one is asked for that does not."""

import pytest

from bench.__main__ import benchmarks, main


def test_every_module_that_measures_is_run_and_no_other() -> None:
    assert benchmarks() == ["collector", "lists", "live", "serve", "telemetry", "warehouse"]


def test_a_name_that_measures_nothing_is_refused_before_anything_runs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["serve", "insights"]) == 2
    said = capsys.readouterr().out
    assert said.startswith("No benchmark is called insights; there are collector, lists, ")
