"""Every row of the reference of the wire is shown by tests that are there, or says why not."""

import pytest

from tests.reference.rows import FOLDER, TESTS, Row, missing, read_rows

WIRE = FOLDER.parent / "wire"
ROWS = read_rows(WIRE)
ANSWERS = {f"1.4-{number}" for number in range(1, 19)}  # as the reference numbers them
CHECKLIST = {f"8-{number}" for number in (*range(1, 27), 46)}  # what a gateway answers for
QUIRKS = {f"9-{number}" for number in range(1, 19)}
FIELDS = {f"1.5-{name}" for name in ("type", "rudderId", "receivedAt", "request_ip", "messageId")}
THERE = "reference/test_wire.py::test_every_row_names_tests_that_are_there"


def test_every_row_names_tests_that_are_there() -> None:
    assert {row.id: left for row in ROWS if (left := list(lacking(row)))} == {}


def lacking(row: Row) -> list[str]:
    """Return the tests of a row that are not there, and the cases that their files do not name."""
    cases = [test.removesuffix("]").partition("[") for test in row.tests]
    functions = Row(row.id, row.says, rest=tuple(name for name, _, _ in cases))
    unnamed = [f"{name}[{case}]" for name, _, case in cases if case and not is_named(name, case)]
    return [*missing(functions), *unnamed]


def is_named(test: str, case: str) -> bool:
    path = TESTS / test.partition("::")[0]
    return path.is_file() and f'"{case}"' in path.read_text("utf-8")


def test_every_row_has_a_test_or_says_why_not() -> None:
    assert [row.id for row in ROWS if bool(row.tests) == bool(row.why)] == []


def test_every_line_of_the_reference_has_its_row() -> None:
    ids = [row.id for row in ROWS]

    assert sorted(ids) == sorted(set(ids))
    assert (ANSWERS | CHECKLIST | QUIRKS | FIELDS) - set(ids) == set()


def test_a_row_is_one_sentence() -> None:
    assert [row.id for row in ROWS if not row.says.endswith(".") or len(row.says) > 120] == []


@pytest.mark.parametrize(
    ("test", "is_there"),
    [
        (THERE, True),
        (f"{THERE}_and_more", False),
        ("nowhere.py::test_x", False),
        (f"{THERE}[messageId]", True),
        (f"{THERE}[{'message'}Ids]", False),
        ("nowhere.py::test_x[messageId]", False),
    ],
)
def test_a_test_or_a_case_that_is_not_there_is_found(test: str, *, is_there: bool) -> None:
    assert (lacking(Row("x", "Nothing.", rest=(test,))) == []) is is_there
