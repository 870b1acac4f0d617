"""Every row of the reference product is shown by tests that are there."""

import pytest

from tests.reference.rows import FOLDER, Row, missing, read_rows

ROWS = read_rows()
CASES = {f"9-{number}" for number in range(1, 57)}  # as the reference counts its own tests
SECTIONS = {"2", "3", "4", "5", "6", "9", "11"}
THERE = "reference/test_rows.py::test_every_row_names_tests_that_are_there"


def test_every_row_names_tests_that_are_there() -> None:
    assert {row.id: left for row in ROWS if (left := list(missing(row)))} == {}


def test_every_row_is_shown_by_rest_and_on_a_page_or_says_why_not() -> None:
    assert [row.id for row in ROWS if not row.is_shown] == []


def test_every_section_and_every_case_has_its_rows() -> None:
    ids = [row.id for row in ROWS]

    assert sorted(ids) == sorted(set(ids))
    assert {row_id.partition("-")[0].partition(".")[0] for row_id in ids} == SECTIONS
    assert CASES - set(ids) == set()


def test_a_row_is_one_sentence() -> None:
    assert [row.id for row in ROWS if not row.says.endswith(".") or len(row.says) > 120] == []


def test_a_file_of_rows_can_be_read_at_one_go() -> None:
    assert [path.name for path in FOLDER.glob("*.toml") if path.read_text().count("\n") > 250] == []


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        (Row("x", "Nothing.", both=(THERE,)), True),
        (Row("x", "Nothing.", rest=(THERE,), page=(THERE,)), True),
        (Row("x", "Nothing.", rest=(THERE,), why="no page"), True),
        (Row("x", "Nothing.", rest=(THERE,)), False),
        (Row("x", "Nothing.", both=(THERE,), why="no page"), False),
        (Row("x", "Nothing.", why="no page"), False),
    ],
)
def test_a_row_without_a_test_or_a_reason_is_found(row: Row, *, shown: bool) -> None:
    assert row.is_shown == shown


def test_a_test_that_is_not_there_is_found() -> None:
    row = Row("x", "Nothing.", both=("nowhere.py::test_x", THERE, THERE + "_and_more"))

    assert list(missing(row)) == ["nowhere.py::test_x", THERE + "_and_more"]
