"""Builders for the warehouse: messages as the collector writes them, a log, a destination."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import count as counting
from pathlib import Path
from typing import Any

import duckdb
import pytest

from commandpost_telemetry.log.entry import Entry
from commandpost_telemetry.rudder.naming import Naming
from commandpost_telemetry.warehouse.destinations.destination import Destination, StagedTable
from commandpost_telemetry.warehouse.destinations.duckdb.transaction import DuckDBTransaction
from commandpost_telemetry.warehouse.schema.sql import Sql, compose, ident, join
from commandpost_telemetry.warehouse.schema.tables import event_family, standard_columns
from commandpost_telemetry.warehouse.syncing.outcome import Outcome
from commandpost_telemetry.warehouse.syncing.sync import Sync

RECEIVED = "2026-11-24T12:00:00.500Z"
_numbers = counting(1)


def a_message(kind: str = "track", **fields: Any) -> dict[str, Any]:
    """A message with all that the collector adds; a field that is given wins."""
    message = {
        "type": kind,
        "messageId": f"any{next(_numbers)}",
        "userId": "server1",
        "anonymousId": "anonymous1",
        "channel": "server",
        "originalTimestamp": "2026-11-24T11:59:58.000Z",
        "sentAt": "2026-11-24T12:00:00.000Z",
        "receivedAt": RECEIVED,
        "request_ip": "192.0.2.7",
        "rudderId": "00000000-0000-4000-8000-000000000000",
    }
    if kind == "track":
        message["event"] = "Something Done"
    return message | fields


def a_line(message: dict[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


class MemoryLog:
    """A log that lives in a list; one entry per request."""

    def __init__(self, *requests: Iterable[dict[str, Any]]) -> None:
        self.entries: list[Entry] = []
        self.released = 0
        for request in requests:
            self.append(request)

    def append(self, request: Iterable[dict[str, Any]], source: str = "commandpost") -> None:
        self.append_lines([a_line(message) for message in request], source)

    def append_lines(self, lines: Sequence[bytes], source: str = "commandpost") -> None:
        at = datetime(2026, 11, 24, 12, tzinfo=UTC)
        position = len(self.entries) + 1
        self.entries.append(Entry(position, source, at, len(lines), b"".join(lines)))

    def read(self, *, after: int, max_bytes: int = 64 << 20) -> list[Entry]:
        found: list[Entry] = []
        for entry in self.entries[after:]:
            found.append(entry)
            max_bytes -= len(entry.lines)
            if max_bytes <= 0:
                break
        return found

    def last_position(self) -> int:
        return len(self.entries)

    def release(self, up_to: int) -> None:
        self.released = up_to


def a_sync(
    log: MemoryLog, destination: Destination, folder: Path, *, batch_bytes: int = 64 << 20
) -> Outcome:
    return Sync(log, destination, folder, batch_bytes=batch_bytes).run()


def loaded(destination: Destination, folder: Path, *messages: dict[str, Any]) -> Outcome:
    """Load the messages, each as a request of its own."""
    return a_sync(MemoryLog(*([message] for message in messages)), destination, folder)


def fill_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let DuckDB find no room until `undo()`, which cannot be had in a test in any other way."""

    def full(self: DuckDBTransaction, staged: StagedTable) -> int:
        raise duckdb.IOException(f"no space left for {staged.name} {self!r}"[:40])

    monkeypatch.setattr(DuckDBTransaction, "add", full)


def rows(destination: Destination, table: str, *columns: str) -> list[tuple[object, ...]]:
    """The rows of a table in the order of their ids."""
    query = compose(
        "SELECT {columns} FROM {table} ORDER BY {id}",
        columns=join(", ", (named(destination, each) for each in columns)),
        table=destination.qualified(table),
        id=named(destination, "id"),
    )
    return asked(destination, query)


def count(destination: Destination, table: str) -> int:
    """How many rows a table has."""
    query = compose("SELECT COUNT(*) FROM {table}", table=destination.qualified(table))
    [(found,)] = destination.query(query).rows
    return int(str(found))


def asked(destination: Destination, sql: str) -> list[tuple[object, ...]]:
    """The answer, with times in UTC without a zone, as DuckDB gives them."""
    return [tuple(map(_plain, row)) for row in destination.query(sql).rows]


def by_hand(destination: Destination, template: str, table: str) -> list[tuple[object, ...]]:
    """Do to a table what somebody may do; `{table}` in the statement is where it stands."""
    return destination.query(compose(template, table=destination.qualified(table))).rows


def named(destination: Destination, name: str) -> Sql:
    """Quote a column as the warehouse has it."""
    return ident(name.upper() if destination.naming is Naming.SNOWFLAKE else name)


def name_of(value: object) -> str:
    """The name of a table or a column that a row tells, in lower case."""
    return str(value).lower()


def tables(outcome: Outcome) -> dict[str, int]:
    """The rows added to each table, by its name in lower case, as on DuckDB and PostgreSQL."""
    return {name.lower(): added for name, added in outcome.tables.items()}


def held(outcome: Outcome) -> dict[str, int]:
    """The messages that each table misses, in the same way."""
    return {name.lower(): messages for name, messages in outcome.held.items()}


def _plain(value: object) -> object:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


def columns(destination: Destination, table: str) -> dict[str, str]:
    """The columns of a table with their types, without the standard ones."""
    schema = {name.lower(): found for name, found in destination.schema().items()}.get(table, {})
    plain = {name.lower(): str(kind) for name, kind in sorted(schema.items())}
    standard = standard_columns(event_family)
    return {name: kind for name, kind in plain.items() if name not in standard}


def sign_ups(*plans: str) -> MemoryLog:
    """A log of an event whose table somebody may alter, and of one that should not mind."""
    return MemoryLog(
        [
            a_message(messageId=f"m{n}", event="Sign Up", properties={"plan": plan})
            for n, plan in enumerate(plans)
        ],
        [a_message(messageId="other")],
    )


def a_pair(number: int) -> list[dict[str, object]]:
    """An event whose table has a bad day, and one that should not mind."""
    plan = {"plan": f"p{number}"}
    return [
        a_message(messageId=f"s{number}", event="Sign Up", properties=plan),
        a_message(messageId=f"o{number}", event="Other"),
    ]


def assert_all_there_once(warehouse: Destination, pairs: int) -> None:
    signed, others = ([(f"{x}{n}",) for n in range(pairs)] for x in "so")
    assert rows(warehouse, "sign_up", "id") == signed
    assert rows(warehouse, "other", "id") == others
    assert rows(warehouse, "tracks", "id") == others + signed
    assert warehouse.query("SELECT count(*) FROM loader.rejects").rows == [(0,)]
