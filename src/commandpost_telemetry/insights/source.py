"""Where the numbers come from: a small port over DuckDB, PostgreSQL and Snowflake."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

import duckdb

Cell = str | int | float | bool | date | datetime | None
Parameter = str | int | datetime | date


class SourceUnavailable(Exception):
    """The warehouse does not answer; nothing was changed, and the next try may work."""


class SourceRefused(Exception):
    """The warehouse answers that it will not do what a statement asks; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows with the names of their columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Source(Protocol):
    """A warehouse that answers questions; safe from any thread."""

    @property
    def dialect(self) -> str:
        """Return sqlglot's name of the SQL it speaks."""
        ...

    @property
    def events_schema(self) -> str:
        """Return the schema of the event tables."""
        ...

    def ask(self, sql: str, parameters: Mapping[str, Parameter] | None = None) -> Answer:
        """Answer one statement of its own dialect; `$name` stands for a parameter."""
        ...

    def change(self, statements: Sequence[str]) -> None:
        """Run statements in one transaction: all or nothing."""
        ...


@dataclass(frozen=True, slots=True)
class DuckDBSource:
    """Reads through cursors of the process that owns the file, one for each question."""

    cursor: Callable[[], duckdb.DuckDBPyConnection]
    events_schema: str = "main"
    dialect: str = "duckdb"

    def ask(self, sql: str, parameters: Mapping[str, Parameter] | None = None) -> Answer:
        try:
            with self.cursor() as cursor:
                cursor.execute("SET TimeZone = 'UTC'")
                cursor.execute(sql, dict(parameters or {}))
                columns = tuple(column[0] for column in cursor.description or ())
                return Answer(columns, tuple(cursor.fetchall()))
        except (duckdb.IOException, duckdb.ConnectionException) as error:
            raise SourceUnavailable(str(error)) from error

    def change(self, statements: Sequence[str]) -> None:
        with self.cursor() as cursor:
            cursor.execute("SET TimeZone = 'UTC'")
            cursor.execute("BEGIN")
            try:
                for statement in statements:
                    cursor.execute(statement)
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
            cursor.execute("COMMIT")
