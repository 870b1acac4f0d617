"""Every row of a database as lines of JSON and back, alike for SQLite and PostgreSQL."""

import base64
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import msgspec
from sqlalchemy import Connection, DateTime, Integer, LargeBinary, MetaData, Table, func, select

BATCH = 500  # rows in memory
VERSION_TABLE = "alembic_version"


def tables_of(connection: Connection) -> list[Table]:
    """Return the tables as they are in the database, each after those that it refers to."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != VERSION_TABLE]


def has_rows(connection: Connection) -> bool:
    """Return whether any table holds anything."""
    return any(
        connection.execute(select(table).limit(1)).first() is not None
        for table in tables_of(connection)
    )


def lines_of(connection: Connection, table: Table) -> Iterator[bytes]:
    """Return each row as one line: times as RFC 3339 in UTC, bytes as Base64."""
    rows = connection.execute(select(table).execution_options(yield_per=BATCH))
    for row in rows.mappings():
        yield msgspec.json.encode({name: _plain(value) for name, value in row.items()}) + b"\n"


def insert_lines(connection: Connection, table: Table, lines: Iterable[bytes]) -> int:
    """Insert what `lines_of` returned, return how many rows, and let numbers go on after them."""
    count, left = 0, iter(lines)
    while some := [_row(table, line) for line in islice(left, BATCH)]:
        connection.execute(table.insert(), some)
        count += len(some)
    if count and connection.dialect.name == "postgresql":
        _go_on_after(connection, table)
    return count


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return value  # msgspec writes bytes as Base64


def _row(table: Table, line: bytes) -> Mapping[str, object]:
    values: dict[str, Any] = msgspec.json.decode(line)
    for column in table.columns:
        value = values.get(column.name)
        if isinstance(value, str) and isinstance(column.type, DateTime):
            values[column.name] = datetime.fromisoformat(value)
        elif isinstance(value, str) and isinstance(column.type, LargeBinary):
            values[column.name] = base64.b64decode(value)
    return values


def _go_on_after(connection: Connection, table: Table) -> None:
    """PostgreSQL counts beside the table, so it is told where to go on."""
    for column in table.primary_key.columns:
        sequence = func.pg_get_serial_sequence(table.name, column.name)
        if isinstance(column.type, Integer) and connection.scalar(select(sequence)):
            connection.execute(
                select(func.setval(sequence, select(func.max(column)).scalar_subquery()))
            )
