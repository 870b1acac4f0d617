"""Takes out of a staged batch what must not become rows: the unreadable, the odd and repeats."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec
from duckdb import DuckDBPyConnection

from commandpost_telemetry.warehouse.destinations.destination import Destination, Rejected
from commandpost_telemetry.warehouse.destinations.errors import LoadRefused
from commandpost_telemetry.warehouse.loading.messages import Batch
from commandpost_telemetry.warehouse.schema.json_paths import JsonPaths
from commandpost_telemetry.warehouse.schema.leaves import depth
from commandpost_telemetry.warehouse.schema.plan import Shape, width
from commandpost_telemetry.warehouse.schema.sql import Sql, compose, ident, join, literal
from commandpost_telemetry.warehouse.schema.tables import Document, Family, event_family, families

_DEEPEST = 100  # levels of a document; at 127 DuckDB breaks off

_REPEATS = """
DELETE FROM messages WHERE n IN (
    SELECT n FROM (
        SELECT n, row_number() OVER (PARTITION BY message_type, id ORDER BY n) AS copy
        FROM messages WHERE (message_type, id) IN (
            SELECT (message_type, id) FROM messages GROUP BY message_type, id HAVING count(*) > 1)
    ) WHERE copy > 1
)
"""
# messages of one form have one shape, which is then read from the first of them alone
_SHAPES = """
WITH contexts AS (
    SELECT context, form(context) AS form FROM (SELECT DISTINCT context FROM messages)
), forms AS (
    SELECT min(n) AS n, count(*) AS messages
    FROM messages JOIN contexts ON messages.context IS NOT DISTINCT FROM contexts.context
    GROUP BY message_type, CASE WHEN message_type = 'track' THEN event_text END,
        form(properties), form(user_properties), form(traits), contexts.form
)
SELECT message_type, CASE WHEN message_type = 'track' THEN event_text END AS event_text,
    json_structure(properties)::VARCHAR, json_structure(user_properties)::VARCHAR,
    json_structure(traits)::VARCHAR, json_structure(context)::VARCHAR, forms.messages
FROM forms JOIN messages USING (n) ORDER BY n
"""
_OF_SHAPE = """
SELECT n FROM messages WHERE message_type = {message_type}
    AND (message_type <> 'track' OR event_text IS NOT DISTINCT FROM {event})
    AND json_structure(properties)::VARCHAR IS NOT DISTINCT FROM {properties}
    AND json_structure(user_properties)::VARCHAR IS NOT DISTINCT FROM {user_properties}
    AND json_structure(traits)::VARCHAR IS NOT DISTINCT FROM {traits}
    AND json_structure(context)::VARCHAR IS NOT DISTINCT FROM {context}
"""


def unreadable(connection: DuckDBPyConnection, batch: Batch) -> list[Rejected]:
    """Remove and return the lines that are no messages."""
    [(count,)] = connection.execute("SELECT count(*) FROM messages").fetchall()
    if count != batch.size:
        raise LoadRefused(f"{batch.size} lines were read as {count} messages.")
    lost = connection.execute("SELECT n FROM messages WHERE id IS NULL ORDER BY n").fetchall()
    if lost:
        connection.execute("DELETE FROM messages WHERE id IS NULL")
    return [rejected(batch, n, "The line is not a JSON message.") for (n,) in lost]


def unknown_types(connection: DuckDBPyConnection, batch: Batch) -> list[Rejected]:
    """Remove and return messages of a type that has no table."""
    known = join(", ", (literal(family.message_type) for family in families))
    condition = compose("coalesce(message_type, '') NOT IN ({known})", known=known)
    rows = connection.execute(
        compose("SELECT n, message_type FROM messages WHERE {odd} ORDER BY n", odd=condition)
    ).fetchall()
    if rows:
        connection.execute(compose("DELETE FROM messages WHERE {odd}", odd=condition))
    return [rejected(batch, n, f'Unknown event type: "{kind or ""}".') for n, kind in rows]


def too_deep(connection: DuckDBPyConnection, batch: Batch) -> list[Rejected]:
    """Remove and return messages whose documents are nested deeper than DuckDB looks."""
    brackets = (compose("coalesce(brackets({d}), 0)", d=ident(each)) for each in _DOCUMENTS)
    suspects = connection.execute(
        compose(
            "SELECT n FROM messages WHERE greatest({brackets}) > {deepest} ORDER BY n",
            brackets=join(", ", brackets),
            deepest=literal(_DEEPEST),
        )
    ).fetchall()
    deep = [n for (n,) in suspects if depth(batch.line(n)) > _DEEPEST + 1]
    if deep:
        _delete(connection, deep)
    reason = f"The event is nested more than {_DEEPEST} levels deep."
    return [rejected(batch, number, reason) for number in deep]


def repeats(connection: DuckDBPyConnection) -> int:
    """Remove later copies of a message within the batch; return how many there were."""
    return _deleted(connection, Sql(_REPEATS))


def already_loaded(
    connection: DuckDBPyConnection, destination: Destination, window: timedelta | None
) -> int:
    """Remove messages that the destination has; return how many there were.

    A copy that came later than the window after the first one is not looked for.
    """
    removed = 0
    since = _first_received(connection) - window if window else None
    for family in families:
        ours = compose("message_type = {type}", type=literal(family.message_type))
        ids = compose("SELECT id FROM messages WHERE {ours}", ours=ours)
        if _any(connection, ours):
            known = destination.known(connection, family.table, ids, since)
            removed += forget(connection, ours, known)
    return removed


def shapes(connection: DuckDBPyConnection, json_paths: JsonPaths) -> list[Shape]:
    """Return the distinct forms of the messages, in the order in which they first came."""
    return [
        Shape(kind, event, dict(zip(_DOCUMENTS, structures, strict=True)), count, json_paths)
        for kind, event, *structures, count in connection.execute(_SHAPES).fetchall()
    ]


def too_wide(
    connection: DuckDBPyConnection, batch: Batch, found: Sequence[Shape], limit: int
) -> tuple[list[Shape], list[Rejected]]:
    """Remove messages that would need more columns than an event may have."""
    kept: list[Shape] = []
    wide: list[Rejected] = []
    for shape in found:
        if (columns := width(_widest(shape), shape)) <= limit:
            kept.append(shape)
            continue
        numbers = [n for (n,) in connection.execute(_of_shape(shape)).fetchall()]
        _delete(connection, numbers)
        reason = f"The event would need {columns} columns; {limit} are allowed."
        wide += [rejected(batch, number, reason) for number in numbers]
    return kept, wide


def columns_of(found: Iterable[Shape]) -> int:
    """Return how many columns the messages fill, those of every table counted."""
    widest: Counter[tuple[str, str | None]] = Counter()
    for shape in found:
        key = shape.message_type, shape.event
        widest[key] = max(widest[key], width(_widest(shape), shape))
    return widest.total()


_DOCUMENTS = (Document.PROPERTIES, Document.USER_PROPERTIES, Document.TRAITS, Document.CONTEXT)


def _widest(shape: Shape) -> Family:
    if shape.message_type == "track":
        return event_family
    return next(family for family in families if family.message_type == shape.message_type)


def _of_shape(shape: Shape) -> Sql:
    return compose(
        _OF_SHAPE,
        message_type=literal(shape.message_type),
        event=literal(shape.event),
        **{str(name): literal(text) for name, text in shape.structures.items()},
    )


def _any(connection: DuckDBPyConnection, condition: Sql) -> bool:
    query = compose("SELECT 1 FROM messages WHERE {condition} LIMIT 1", condition=condition)
    return connection.execute(query).fetchone() is not None


def already_there(connection: DuckDBPyConnection, destination: Destination, table: str) -> None:
    """Remove messages that the one table has."""
    known = destination.known(connection, table, Sql("SELECT id FROM messages"), None)
    forget(connection, Sql("true"), known)


def forget(connection: DuckDBPyConnection, ours: Sql, known: set[str]) -> int:
    """Remove those of our messages whose ids are known; return how many there were."""
    if not known:
        return 0
    listed = join(", ", (literal(each) for each in sorted(known)))
    return _deleted(
        connection,
        compose("DELETE FROM messages WHERE {ours} AND id IN ({ids})", ours=ours, ids=listed),
    )


def _first_received(connection: DuckDBPyConnection) -> datetime:
    [(first,)] = connection.execute("SELECT min(received_at) FROM messages").fetchall()
    return first if isinstance(first, datetime) else datetime.max  # noqa: DTZ901 - UTC as all there


def _delete(connection: DuckDBPyConnection, numbers: Iterable[int]) -> None:
    listed = join(", ", (literal(number) for number in numbers))
    connection.execute(compose("DELETE FROM messages WHERE n IN ({listed})", listed=listed))


def _deleted(connection: DuckDBPyConnection, statement: Sql) -> int:
    [(count,)] = connection.execute(statement).fetchall()
    return int(count)


class _Head(msgspec.Struct):
    messageId: str | None = None  # noqa: N815 - the name on the wire


def rejected(batch: Batch, number: int, reason: str) -> Rejected:
    """Return a message of the batch as one that becomes no row."""
    line = batch.line(number)
    try:
        message_id = msgspec.json.decode(line, type=_Head).messageId
    except (msgspec.MsgspecError, RecursionError):
        message_id = None
    return Rejected.of(batch.entry(number).source_id, message_id, reason, line)
