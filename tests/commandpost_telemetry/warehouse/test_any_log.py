"""Any log: however it is cut into batches, repeated or broken off, it ends in the same tables."""

import random
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from commandpost_telemetry.kit.clock import clock
from commandpost_telemetry.rudder.naming import Naming
from commandpost_telemetry.settings import Settings
from commandpost_telemetry.warehouse.connect import open_destination
from commandpost_telemetry.warehouse.destinations.destination import Destination
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination
from commandpost_telemetry.warehouse.schema.sql import Sql, compose, ident, join
from commandpost_telemetry.warehouse.schema.types import ColumnType
from tests.commandpost_telemetry.warehouse import given as made

NAME = re.compile(r"[a-z_][a-z0-9_]{0,126}")
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)

texts = st.one_of(
    st.sampled_from(["", "x", "2026-11-24", "2026-11-24T11:30:00Z", "1", "true", "2026-13-45"]),
    st.text(max_size=8),
)
keys = st.one_of(
    st.sampled_from(["a", "A", "a_b", "aB", "id", "timestamp", "select", "name", "context", "0"]),
    st.text(max_size=5),
)
numbers = st.one_of(
    st.integers(-3, 3),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
)
values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)),
    max_leaves=6,
)
documents = st.dictionaries(keys, values, max_size=5)
messages = st.builds(
    lambda kind, number, event, user, minute, document, context: made.a_message(
        kind,
        messageId=f"m{number}",
        event=event,
        userId=user,
        receivedAt=(AT + timedelta(minutes=minute)).isoformat(),
        properties=document,
        traits=document,
        context=context,
    ),
    st.sampled_from(["track", "track", "track", "identify", "page", "group", "merge"]),
    st.integers(0, 12),
    st.one_of(st.sampled_from(["Sign Up", "signUp", "CreateIncident"]), texts),
    st.one_of(st.sampled_from(["ann", "ben"]), values),
    st.integers(0, 3),
    documents,
    documents,
)
logs = st.lists(st.lists(messages, min_size=1, max_size=3), min_size=1, max_size=5)


def tables(destination: Destination) -> dict[str, Any]:
    """Every table whole: columns with types, rows in a fixed order."""
    return {
        table: (dict(sorted(columns.items())), rows(destination, table, columns))
        for table, columns in destination.schema().items()
    }


def rows(
    destination: Destination, table: str, columns: Mapping[str, ColumnType]
) -> list[tuple[object, ...]]:
    names = sorted(columns)
    query = compose(
        "SELECT {columns} FROM {table}",
        columns=join(", ", (read(destination, name, columns[name]) for name in names)),
        table=there(destination, schema_of(destination), table),
    )
    found = [
        tuple(as_time(value, columns[name]) for name, value in zip(names, row, strict=True))
        for row in made.asked(destination, query)
    ]
    return sorted(found, key=repr)


def read(destination: Destination, name: str, kind: ColumnType) -> Sql:
    column = there(destination, name)
    if destination.naming is Naming.SNOWFLAKE and kind is ColumnType.DATETIME:
        # the fake answers 1970 for NULL when it is asked for the time itself
        return compose("DATE_PART(EPOCH_MILLISECOND, {c})", c=column)
    return column


def as_time(value: object, kind: ColumnType) -> object:
    if kind is ColumnType.DATETIME and isinstance(value, int):
        return datetime.fromtimestamp(value / 1000, UTC).replace(tzinfo=None)
    return value


def schema_of(destination: Destination) -> str:
    return "events" if destination.naming is Naming.SNOWFLAKE else "main"


def there(destination: Destination, *names: str) -> Sql:
    upper = destination.naming is Naming.SNOWFLAKE
    return ident(*(name.upper() if upper else name for name in names))


def loaded(
    log: made.MemoryLog, batch_bytes: Sequence[int], elsewhere: Settings | None = None
) -> dict[str, Any]:
    """Load the log in batches of these sizes, one sync after the other."""
    with tempfile.TemporaryDirectory() as folder:
        destination = open_destination(elsewhere) if elsewhere else DuckDBDestination(None)
        try:
            clock.set(AT)
            for size in batch_bytes:
                made.a_sync(log, destination, Path(folder), batch_bytes=size)
            return tables(destination)
        finally:
            clock.reset()
            destination.close()


# an example opens three warehouses: no time to shrink, the blob repeats what failed
quick = settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)


@quick
@given(logs)
def test_any_batches_and_repeats_end_in_the_same_tables(
    requests: list[list[dict[str, Any]]],
) -> None:
    whole = made.MemoryLog(*requests)
    again = made.MemoryLog(*requests, *requests[::-1])

    at_once = loaded(whole, [64 << 20])

    assert loaded(whole, [1]) == at_once
    assert loaded(again, [700]) == at_once


@quick
@given(logs)
def test_names_are_those_of_the_rules_and_every_message_is_there_once(
    requests: list[list[dict[str, Any]]],
) -> None:
    found = loaded(made.MemoryLog(*requests), [64 << 20])

    names = {name for table, (columns, _) in found.items() for name in (table, *columns)}
    sent = {
        message["messageId"]
        for request in requests
        for message in request
        if message["type"] == "track"
    }
    columns, rows_of_tracks = found["tracks"]
    ids = [row[list(columns).index("id")] for row in rows_of_tracks]
    assert {name for name in names if not NAME.fullmatch(name)} == set()
    assert sorted(ids) == sorted(sent)


def named_alike(found: dict[str, Any]) -> dict[str, Any]:
    """The tables without what is bound to differ.

    That is upper case, where the rows went, and the character 0, which PostgreSQL has no room for.
    """
    return {
        table.lower(): (
            sorted((name.lower(), kind) for name, kind in columns.items()),
            sorted(
                sorted((name.lower(), alike(v)) for name, v in zip(columns, row, strict=True))
                for row in rows
            ),
        )
        for table, (columns, rows) in found.items()
    }


def alike(value: object) -> str:
    if isinstance(value, str):
        return (
            "here"
            if value in {"DUCKDB", "POSTGRES", "SNOWFLAKE"}
            else value.lower().replace("\0", "")
        )
    return repr(value)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "batch_bytes"), [("empty_postgres", 900), ("empty_snowflake", 25_000)]
)
def test_the_same_log_gives_the_same_rows_elsewhere(
    kind: str, batch_bytes: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    chance = random.Random(1)  # noqa: S311 - not for secrets

    def some(depth: int = 0) -> Any:
        plain = [None, True, 0, 1.5, 2.0, 2**53 + 1, 2**70, "", "x", "2026-11-24", 'q"\n\\,é']
        if depth < 2 and chance.random() < 0.3:
            return {chance.choice("abc"): some(depth + 1) for _ in range(2)}
        return [some(3)] if chance.random() < 0.1 else chance.choice(plain)

    requests = [
        [
            made.a_message(
                chance.choice(["track", "identify", "page"]),
                messageId=f"m{chance.randrange(60)}",
                event=chance.choice(["Sign Up", "signUp", "CheckChecklistItem"]),
                userId=chance.choice(["ann", "ben", None]),
                receivedAt=(AT + timedelta(minutes=chance.randrange(3))).isoformat(),
                properties={key: some() for key in chance.sample("abcdef", 3)},
                traits={key: some() for key in chance.sample("abcdef", 3)},
            )
            for _ in range(3)
        ]
        for _ in range(30)
    ]
    on_duckdb = loaded(made.MemoryLog(*requests), [64 << 20])
    settings_there = Settings(data_dir=tmp_path, warehouse_url=request.getfixturevalue(kind))

    there = loaded(made.MemoryLog(*requests, *requests), [batch_bytes], settings_there)

    assert named_alike(there) == named_alike(on_duckdb)


class DiedError(BaseException):
    """Nothing in the loader catches it on purpose, as nothing catches kill -9."""


class Dying:
    """A destination, or a transaction of it, that dies at its n-th call and is dead from then on.

    Odd calls are done before it dies, even ones are not.
    """

    def __init__(self, inner: Any, calls: Iterator[int], dies_at: int) -> None:
        self._inner, self._calls, self._dies_at = inner, calls, dies_at

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found) or name == "engine":
            return found

        def called(*arguments: Any) -> Any:
            number = next(self._calls)
            is_last = number == self._dies_at
            if number > self._dies_at or (is_last and number % 2 == 0):
                raise DiedError
            answer = found(*arguments)
            if is_last:
                raise DiedError
            return Dying(answer, self._calls, self._dies_at) if name == "begin" else answer

        return called


def loaded_by_the_dying(
    log: made.MemoryLog, lives: Sequence[int], batch_bytes: int, where: Settings
) -> dict[str, Any]:
    """Load by one loader after the other, each dying at some call; the last one lives."""
    clock.set(AT)
    try:
        for dies_at in [*lives, 10**9]:
            destination = open_destination(where)
            dying = cast("Destination", Dying(destination, count(), dies_at))
            with closing(destination), suppress(DiedError):
                made.a_sync(log, dying, where.data_dir, batch_bytes=batch_bytes)
        destination = open_destination(where)
        with closing(destination):
            return tables(destination)
    finally:
        clock.reset()


@pytest.mark.parametrize("kind", ["duckdb", "postgres"])
@settings(quick, max_examples=6, suppress_health_check=list(HealthCheck))
@given(
    requests=logs,
    lives=st.lists(st.integers(0, 40), max_size=3),
    batch_bytes=st.sampled_from([1, 700, 64 << 20]),
)
def test_whoever_dies_wherever_the_next_ends_in_the_same_tables(
    request: pytest.FixtureRequest,
    kind: str,
    requests: list[list[dict[str, Any]]],
    lives: list[int],
    batch_bytes: int,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = request.getfixturevalue("postgres_url") if kind == "postgres" else ""
        where = Settings(data_dir=Path(folder), warehouse_url=url)
        if url:
            with psycopg.connect(url) as connection:
                connection.execute("DROP SCHEMA IF EXISTS main, loader CASCADE")
        again = made.MemoryLog(*requests, *requests[::-1])

        found = loaded_by_the_dying(again, lives, batch_bytes, where)

    assert named_alike(found) == named_alike(loaded(made.MemoryLog(*requests), [64 << 20]))
