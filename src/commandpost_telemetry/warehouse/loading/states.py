"""The table that says which tables are held, since when, and when they are tried again."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.warehouse.destinations.destination import Destination, is_of
from commandpost_telemetry.warehouse.loading.backoff import is_given_up, pause
from commandpost_telemetry.warehouse.schema.sql import Sql, compose, literal

_HELD = """
SELECT held.table_name, held.messages, states.state, states.attempts, states.first_failed_at,
    states.next_at, states.error
FROM (SELECT table_name, count(*) AS messages FROM loader.held GROUP BY table_name) AS held
LEFT JOIN loader.table_states AS states ON states.table_name = held.table_name
ORDER BY held.table_name
"""
_NOTE = """
INSERT INTO loader.table_states SELECT {table}, {state}, {attempts}, {first}, {next}, {error}
"""


class State(StrEnum):
    """How it stands with a load, or with a table that misses messages."""

    WAITING = "waiting"  # in the log
    GENERATING = "generating_upload_schema"  # staging it, finding its shapes
    GENERATING_FAILED = "generating_upload_schema_failed"
    GENERATED = "generated_upload_schema"
    CREATING = "creating_table_uploads"  # leaving out what is there, dividing the rest by table
    CREATING_FAILED = "creating_table_uploads_failed"
    CREATED = "created_table_uploads"
    EXPORTING = "exporting_data"  # table by table: columns, then rows
    EXPORTED = "exported_data"
    FAILED = "exporting_data_failed"  # tried again by itself
    ABORTED = "aborted"  # waits for a person


@dataclass(frozen=True, slots=True)
class HeldTable:
    """A table that misses messages."""

    table: str
    messages: int
    state: State
    attempts: int
    first_failed_at: datetime | None
    next_at: datetime | None
    error: str

    def is_due(self, at: datetime) -> bool:
        """Whether it is to be tried again now."""
        if self.state is State.ABORTED:
            return False
        return self.next_at is None or self.next_at <= at


def list_held(destination: Destination) -> list[HeldTable]:
    """Return the tables that miss messages."""
    return [
        HeldTable(
            str(table),
            int(str(messages)),
            State(str(state)) if state else State.EXPORTING,
            int(str(attempts or 0)),
            _utc(first),
            _utc(following),
            str(error or ""),
        )
        for table, messages, state, attempts, first, following, error in destination.query(
            _HELD
        ).rows
        if is_of(destination, str(table))
    ]


def note_failure(destination: Destination, table: str, error: str) -> None:
    """Count a failed try and say when the next one is."""
    before = next((each for each in list_held(destination) if each.table == table), None)
    at = now()
    first = (before.first_failed_at if before else None) or at
    attempts = (before.attempts if before else 0) + 1
    state = State.ABORTED if is_given_up(attempts, at - first) else State.FAILED
    forget(destination, table)
    destination.query(
        compose(
            _NOTE,
            table=literal(table),
            state=literal(state),
            attempts=literal(attempts),
            first=_moment(first),
            next=_moment(at + pause(attempts)),
            error=literal(error.replace("\0", "")),
        )
    )


def forget(destination: Destination, table: str) -> None:
    """Begin anew with the table."""
    statement = compose(
        "DELETE FROM loader.table_states WHERE table_name = {table}", table=literal(table)
    )
    destination.query(statement)


def _moment(at: datetime) -> Sql:
    text = literal(at.strftime("%Y-%m-%d %H:%M:%S.%f"))
    return compose("CAST({text} AS TIMESTAMP)", text=text)


def _utc(value: object) -> datetime | None:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else None
