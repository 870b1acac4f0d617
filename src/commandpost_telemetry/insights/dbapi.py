"""PostgreSQL and Snowflake as sources: the same questions over a connection of their own."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Protocol

from commandpost_telemetry.insights.source import (
    Answer,
    Cell,
    Parameter,
    SourceRefused,
    SourceUnavailable,
)

POSTGRES = "postgres"
SNOWFLAKE = "snowflake"
_OF_ROWS = ("INSERT", "DELETE")


class Cursor(Protocol):
    """What is needed of a cursor of PEP 249."""

    @property
    def description(self) -> Sequence[Sequence[object]] | None: ...
    def execute(self, operation: str, /) -> object: ...
    def fetchall(self) -> Sequence[Sequence[object]]: ...


class Connection(Protocol):
    """What is needed of a connection of PEP 249."""

    def cursor(self) -> Cursor: ...
    def commit(self) -> None: ...
    def rollback(self) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class DbApiSource:
    """Opens a connection for each question.

    `unreachable` are the errors that time may heal, unless they are among `refused`: what is said
    of a statement is a matter of the statement.
    The session of the connection must be in UTC and commit by itself. Values are written into the
    statements, since each warehouse has its own marks for parameters.
    """

    connect: Callable[[], Connection]
    dialect: str
    events_schema: str
    unreachable: tuple[type[Exception], ...]
    refused: tuple[type[Exception], ...]

    def ask(self, sql: str, parameters: Mapping[str, Parameter] | None = None) -> Answer:
        if parameters:
            raise ValueError("Parameters are written into the statement before it comes here.")
        with self._connection() as connection:
            cursor = connection.cursor()
            cursor.execute(sql)
            columns = tuple(str(column[0]).lower() for column in cursor.description or ())
            return Answer(columns, tuple(_row(row) for row in cursor.fetchall()))

    def change(self, statements: Sequence[str]) -> None:
        with self._connection() as connection:
            cursor = connection.cursor()
            alone = self._committed_alone(statements)
            for statement in statements[:alone]:
                cursor.execute(statement)
            cursor.execute("BEGIN")
            try:
                for statement in statements[alone:]:
                    cursor.execute(statement)
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def _committed_alone(self, statements: Sequence[str]) -> int:
        """Return how many come first that Snowflake commits one by one: it defines so."""
        if self.dialect != SNOWFLAKE:
            return 0
        rows = (i for i, each in enumerate(statements) if each.lstrip().startswith(_OF_ROWS))
        return next(rows, len(statements))

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        try:
            connection = self.connect()
        except self.unreachable as error:
            raise SourceUnavailable(str(error)) from error
        try:
            yield connection
        except self.refused as error:
            raise SourceRefused(str(error)) from error
        except self.unreachable as error:
            raise SourceUnavailable(str(error)) from error
        finally:
            connection.close()


def _row(row: Sequence[object]) -> tuple[Cell, ...]:
    return tuple(_cell(value) for value in row)


def _cell(value: object) -> Cell:
    """Return a value as DuckDB would: whole decimals as int, moments as naive UTC."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    if value is None or isinstance(value, str | int | float | datetime):
        return value
    return value if hasattr(value, "isoformat") else str(value)  # type: ignore[return-value]  # a date
