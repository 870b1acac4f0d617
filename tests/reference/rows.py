"""The rows of the reference product and the tests that show each here, read from rows/*.toml.

A row has an id, one sentence, and tests: `both` show it by REST and on a page, `rest` and `page`
at one door. Where a row has no test at one of them, `why` says the reason.
"""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "rows"
TESTS = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that the reference product did, or that was settled otherwise."""

    id: str
    says: str
    both: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()
    page: tuple[str, ...] = ()
    why: str = ""

    @property
    def tests(self) -> tuple[str, ...]:
        return (*self.both, *self.rest, *self.page)

    @property
    def is_shown(self) -> bool:
        """Return whether it is shown at both doors, or at one with a reason for the other."""
        by_rest, by_page = bool(self.both or self.rest), bool(self.both or self.page)
        return by_rest and by_page if not self.why else by_rest != by_page


def read_rows(folder: Path = FOLDER) -> list[Row]:
    """Return every row, file by file."""
    files = [tomllib.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.toml"))]
    return [_row(row_id, said) for rows in files for row_id, said in rows.items()]


def _row(row_id: str, said: dict[str, Any]) -> Row:
    listed = {name: tuple(value) for name, value in said.items() if isinstance(value, list)}
    return Row(id=row_id, **{**said, **listed})


@cache
def tests_in(path: Path) -> frozenset[str]:
    """Return the names of the test functions of a file."""
    if not path.is_file():
        return frozenset()
    found = ast.walk(ast.parse(path.read_text("utf-8")))
    return frozenset(
        node.name
        for node in found
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    )


def missing(row: Row) -> Iterator[str]:
    """Return the tests that a row names and that are not there."""
    for test in row.tests:
        path, _, name = test.partition("::")
        if name not in tests_in(TESTS / path):
            yield test
