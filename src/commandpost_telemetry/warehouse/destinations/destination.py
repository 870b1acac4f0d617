"""What a warehouse must be able to do; DuckDB, PostgreSQL and Snowflake implement it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from duckdb import DuckDBPyConnection

from commandpost_telemetry.rudder.naming import Naming
from commandpost_telemetry.warehouse.schema.sql import Sql
from commandpost_telemetry.warehouse.schema.types import ColumnType

Schema = Mapping[str, Mapping[str, ColumnType]]
_LONGEST_PAYLOAD = 65_536


@dataclass(frozen=True, slots=True)
class StagedTable:
    """Rows for one table: a query over the loader's own DuckDB connection."""

    name: str
    columns: Mapping[str, ColumnType]
    rows: int
    query: Sql


@dataclass(frozen=True, slots=True)
class Rejected:
    """A message that becomes no row, kept whole up to 64 KB with the reason."""

    source_id: str
    message_id: str | None
    reason: str
    payload: str

    @classmethod
    def of(cls, source_id: str, message_id: str | None, reason: str, line: bytes) -> "Rejected":
        """Return the message with as much of its line as is kept."""
        payload = line[:_LONGEST_PAYLOAD].decode("utf-8", "replace")
        return cls(source_id, message_id, reason, payload)


@dataclass(frozen=True, slots=True)
class Held:
    """A message that a table has not taken yet, by the load that it came with and its place."""

    load_id: str
    table: str
    n: int
    source_id: str
    message_id: str
    line: str


@dataclass(frozen=True, slots=True)
class Released:
    """Messages that are held no longer: a range of places of one load."""

    load_id: str
    table: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Load:
    """What one load did, as it is written into the table `loads` of the loader."""

    load_id: str
    reader: str
    started_at: datetime
    finished_at: datetime
    from_position: int
    to_position: int
    messages: int = 0
    loaded: int = 0
    repeated: int = 0
    discarded: int = 0
    discards: Mapping[str, int] = field(default_factory=dict)  # reason -> values
    rejected: Sequence[Rejected] = ()
    tables: Mapping[str, int] = field(default_factory=dict)  # table -> rows added
    new_columns: Sequence[tuple[str, str, ColumnType]] = ()
    dropped: Sequence[tuple[str, str, int]] = ()  # table, key, messages that lost it
    held: Sequence[Held] = ()
    namespace: str = ""
    steps: int = 0  # how many states it has reached before
    released: Released | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """The answer to a question an analyst asked."""

    columns: tuple[str, ...]
    rows: list[tuple[object, ...]]


class Transaction(Protocol):
    """An open load: all of it becomes visible with `commit`, or nothing."""

    def evolve(self, wanted: Schema) -> None:
        """Create these tables and columns; nothing is ever changed or removed."""
        ...

    def add(self, staged: StagedTable) -> int:
        """Add the rows to the table and return how many there were."""
        ...

    def renew_users(self, ids: Sql, columns: Sequence[str]) -> int:
        """Make the rows of `users` anew from `identifies`: per column the latest value there is.

        `ids` is a query on the loader's connection with one column `id`: whose rows.
        """
        ...

    def commit(self, load: Load) -> None:
        """Write the account of the load and the new position, and make it all visible."""
        ...

    def rollback(self) -> None:
        """Undo whatever was done."""
        ...


class Destination(Protocol):
    """One warehouse."""

    @property
    def naming(self) -> Naming:
        """By which rules tables and columns are named."""
        ...

    @property
    def namespace(self) -> str:
        """The schema that sources have set, "" for the one of all others."""
        ...

    def within(self, namespace: str) -> "Destination":
        """Return the same warehouse with its tables in this schema; it is closed with this one."""
        ...

    def engine(self) -> DuckDBPyConnection:
        """Return a new DuckDB connection on which the loader turns messages into rows."""
        ...

    def position(self, reader: str) -> int:
        """Return how far the reader of the log has got, 0 at first."""
        ...

    def schema(self) -> Schema:
        """Return the tables that exist, with the types of their columns."""
        ...

    def known(
        self, engine: DuckDBPyConnection, table: str, ids: Sql, since: datetime | None
    ) -> set[str]:
        """Return those of the ids (a query on `engine` with one column `id`) the table has.

        Only rows received `since` then are looked at; None: all of them.
        """
        ...

    def begin(self, engine: DuckDBPyConnection, reader: str, position: int) -> Transaction:
        """Open a load of what is staged on `engine`.

        Raises `AnotherLoader` when `position` is no longer true.
        """
        ...

    def qualified(self, table: str) -> Sql:
        """Return the table as statements name it."""
        ...

    def change(self, statements: Sequence[Sql]) -> None:
        """Run statements in one transaction: all or nothing."""
        ...

    def lighten(self) -> None:
        """Let go of what earlier loads have left in memory; no engine may be in use."""
        ...

    def compact(self) -> None:
        """Put in order what many small loads have left; for a moment when nobody waits."""
        ...

    def query(self, sql: str, parameters: Sequence[object] = ()) -> Rows:
        """Answer a question; safe from any thread while a load runs."""
        ...

    def close(self) -> None:
        """Let go of whatever is open."""
        ...


def label(destination: Destination, table: str) -> str:
    """Return the name of a table in the account, where those of all namespaces stand."""
    return f"{destination.namespace}.{table}" if destination.namespace else table


def is_of(destination: Destination, labelled: str) -> bool:
    """Whether the name in the account is that of a table of this namespace."""
    return labelled.rpartition(".")[0] == destination.namespace


def without_namespace(labelled: str) -> str:
    """Return the table that a name in the account means."""
    return labelled.rpartition(".")[2]
