"""How numbers are said in words."""

import pytest

from commandpost_telemetry.insights.formats import change


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (5, 0, "none before"),
        (5, 5, "5 before, no change"),
        (6, 4, "4 before, +50 %"),
        (1, 4, "4 before, \N{MINUS SIGN}75 %"),
        (0, 4, "4 before, \N{MINUS SIGN}100 %"),
        (37_492, 61, "61 before"),
    ],
)
def test_a_number_is_compared_with_the_one_before(now: int, before: int, said: str) -> None:
    assert change(now, before) == said
