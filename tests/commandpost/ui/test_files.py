"""Tables as files: nothing in them runs, every value is readable."""

from datetime import UTC, datetime

import pytest

from commandpost.ui.files import Cell, attachment, cell, csv_file


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("a;=1", "a;'=1"),
        ('a;"=A1&";b', 'a;\'"=A1&";b'),
        ("a=1; b", "a=1; b"),
        ("", ""),
        (-1, "-1"),
        (True, "yes"),
        (None, ""),
        (datetime(2026, 11, 24, 12, 0, tzinfo=UTC), "2026-11-24T12:00:00.000Z"),
    ],
)
def test_no_cell_is_a_formula(value: Cell, written: str) -> None:
    assert cell(value) == written


def test_a_table_is_a_file_with_its_name() -> None:
    answer = csv_file("Slow; mail/x", ("a", "b"), [("1,2", 3)])

    assert bytes(answer.body) == b'a,b\r\n"1,2",3\r\n'
    assert answer.headers["content-disposition"] == (
        "attachment; filename*=UTF-8''Slow-%20mail-x.csv"
    )


def test_a_name_of_nothing_is_a_file_all_the_same() -> None:
    assert attachment(" ", "md") == {"Content-Disposition": "attachment; filename*=UTF-8''file.md"}
