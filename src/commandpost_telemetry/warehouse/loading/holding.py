"""Tables that refuse their rows: what they miss is kept until they take it or it is skipped."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from itertools import groupby

from duckdb import DuckDBPyConnection

from commandpost_telemetry.log.entry import Entry
from commandpost_telemetry.warehouse.destinations.destination import (
    Destination,
    Held,
    Released,
    is_of,
    label,
    without_namespace,
)
from commandpost_telemetry.warehouse.loading import sift
from commandpost_telemetry.warehouse.loading.messages import Batch
from commandpost_telemetry.warehouse.loading.staging import Share
from commandpost_telemetry.warehouse.schema.sql import compose, literal, moment
from commandpost_telemetry.warehouse.schema.tables import families

_EVER = datetime(9999, 12, 31, tzinfo=UTC)
_MOST = 10_000  # messages of one try
_TABLES = "SELECT DISTINCT table_name FROM loader.held"
_IDS = "SELECT message_id FROM loader.held WHERE table_name = {table}"
_MISSED = """
SELECT load_id, table_name, n, source_id, message_id, line FROM loader.held
WHERE table_name = {table} AND load_id = (
    SELECT load_id FROM loader.held WHERE table_name = {table} AND held_at < {before}
    ORDER BY held_at, load_id LIMIT 1)
ORDER BY n LIMIT {most}
"""
_TAKEN = """
SELECT count(*) FROM loader.loads AS loads
JOIN loader.load_tables AS filled ON filled.load_id = loads.load_id
WHERE filled.table_name = {table} AND loads.started_at > (
    SELECT min(held_at) FROM loader.held WHERE table_name = {table} AND load_id = {load_id})
"""


def held_tables(destination: Destination) -> frozenset[str]:
    """Return the tables that have missed something."""
    found = (str(table) for (table,) in destination.query(_TABLES).rows)
    return frozenset(without_namespace(each) for each in found if is_of(destination, each))


def already_held(
    engine: DuckDBPyConnection, destination: Destination, held: AbstractSet[str]
) -> int:
    """Remove messages that a table of everything misses already; return how many there were."""
    removed = 0
    for family in families:
        if family.table in held:
            table = literal(label(destination, family.table))
            found = destination.query(compose(_IDS, table=table)).rows
            ours = compose("message_type = {type}", type=literal(family.message_type))
            removed += sift.forget(engine, ours, {str(each) for (each,) in found})
    return removed


def missed(
    engine: DuckDBPyConnection,
    destination: Destination,
    batch: Batch,
    load_id: str,
    shares: Iterable[Share],
) -> list[Held]:
    """Return the messages of the shares whole, since their tables do not take them now."""
    found = []
    for share in shares:
        query = compose("SELECT n, id FROM messages WHERE {ours} ORDER BY n", ours=share.ours)
        for n, message_id in engine.execute(query).fetchall():
            line, source = batch.line(n).decode(), batch.entry(n).source_id
            table = label(destination, share.table)
            found.append(Held(load_id, table, n, source, message_id, line))
    return found


def waiting(destination: Destination, table: str, before: datetime | None = None) -> list[Held]:
    """Return the first messages that the table has missed before then, all of one load."""
    parts = {"table": literal(table), "before": moment(before or _EVER), "most": literal(_MOST)}
    query = compose(_MISSED, **parts)
    return [
        Held(str(load), str(name), int(str(n)), str(source), str(message_id), str(line))
        for load, name, n, source, message_id, line in destination.query(query).rows
    ]


def has_taken(destination: Destination, missed: Held) -> bool:
    """Whether the table has taken anything since it missed the message: only tries give it any."""
    query = compose(_TAKEN, table=literal(missed.table), load_id=literal(missed.load_id))
    [(loads,)] = destination.query(query).rows
    return int(str(loads)) > 0


def entries(messages: Sequence[Held], position: int, at: datetime) -> list[Entry]:
    """Return the messages as the log had them, neighbours of one source together."""
    return [
        Entry(position, source, at, len(lines), "".join(lines).encode())
        for source, run in groupby(messages, lambda each: each.source_id)
        if (lines := [f"{each.line}\n" for each in run])
    ]


def released(messages: Sequence[Held]) -> Released:
    """Return the range of the messages, which are neighbours of one load."""
    first, last = messages[0], messages[-1]
    return Released(first.load_id, first.table, first.n, last.n)
