"""Fills the tables of a load one after the other: columns first, then rows, then what misfits."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from duckdb import DuckDBPyConnection

from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.rudder.naming import Naming
from commandpost_telemetry.warehouse.destinations.destination import (
    Load,
    Schema,
    StagedTable,
    Transaction,
)
from commandpost_telemetry.warehouse.destinations.errors import rows_lost
from commandpost_telemetry.warehouse.destinations.refusals import of_table
from commandpost_telemetry.warehouse.loading.staging import Share, Staging
from commandpost_telemetry.warehouse.schema.plan import Shape, plan_columns
from commandpost_telemetry.warehouse.schema.sql import Sql
from commandpost_telemetry.warehouse.schema.tables import (
    discards_table,
    event_family,
    event_table,
    families,
    identifies_table,
    not_of_users,
    users_table,
)
from commandpost_telemetry.warehouse.schema.types import ColumnType

_IDENTIFIED = """
SELECT user_id AS id FROM messages WHERE message_type = 'identify' AND user_id IS NOT NULL
"""


class Filling:
    """One open load and what its tables have got so far."""

    def __init__(
        self,
        transaction: Transaction,
        staging: Staging,
        schema: Schema,
        declared: Mapping[str, Mapping[str, ColumnType]],
        named: Callable[[str], str],
    ) -> None:
        self._named = named
        self._transaction = transaction
        self._staging = staging
        self._schema = schema
        self._declared = declared
        self._tables: Counter[str] = Counter()
        self._discards: Counter[str] = Counter()
        self._new_columns: list[tuple[str, str, ColumnType]] = []

    def fill(self, share: Share) -> None:
        """Give the table its rows; a refusal is told as one by this table."""
        with of_table(share.table):
            self._fill(share)

    def account(self, load: Load) -> Load:
        """Return the account with what was done."""
        return replace(
            load,
            finished_at=now(),
            discarded=self._tables[discards_table],
            discards=dict(self._discards),
            tables={self._named(table): added for table, added in (+self._tables).items()},
            new_columns=[(self._named(t), name, kind) for t, name, kind in self._new_columns],
        )

    def _fill(self, share: Share) -> None:
        known = self._schema.get(share.table, {})
        declared = self._declared.get(share.table, {})  # also where somebody dropped it
        types = self._staging.types(share, {**declared, **known})
        staged = self._staging.rows(share, types)
        wanted = {**declared, **staged.columns}
        missing = {name: kind for name, kind in wanted.items() if name not in known}
        if missing:
            self._transaction.evolve({share.table: missing})
            self._new_columns += [(share.table, name, kind) for name, kind in missing.items()]
        self._tables[share.table] = _added(self._transaction, staged)
        if misfits := self._staging.misfits(share, types):
            discards = self._staging.discards(share, types, misfits)
            self._tables[discards_table] += _added(self._transaction, discards)
            for name, found in misfits.items():
                self._discards[f"not_{types[name]}"] += found
        if share.table == identifies_table:
            identified = {**known, **missing}
            self._tables[users_table] = _renew_users(self._transaction, self._schema, identified)


def shares_of(engine: DuckDBPyConnection, found: Sequence[Shape], naming: Naming) -> list[Share]:
    """Return what each table takes of the batch that is staged on the engine."""
    shares = [
        Share(f.table, f, (), plan_columns(f, mine, naming), count(mine))
        for f in families
        if (mine := [shape for shape in found if shape.message_type == f.message_type])
    ]
    by_table: dict[str, list[Shape]] = {}
    for shape in found:
        if shape.event and (table := event_table(shape.event, naming)):
            by_table.setdefault(table, []).append(shape)
    _name_events(engine, by_table)
    for table, mine in by_table.items():
        events = tuple(sorted({shape.event for shape in mine if shape.event}))
        plan = plan_columns(event_family, mine, naming)
        shares.append(Share(table, event_family, events, plan, count(mine)))
    return shares


def _added(transaction: Transaction, staged: StagedTable) -> int:
    added = transaction.add(staged)
    if added != staged.rows:
        raise rows_lost(staged.name, staged.rows, added)
    return added


def _renew_users(
    transaction: Transaction, schema: Schema, identified: Mapping[str, ColumnType]
) -> int:
    columns = {name: kind for name, kind in identified.items() if name not in not_of_users}
    known = schema.get(users_table, {})
    wanted = {"id": ColumnType.STRING, **columns}
    missing = {name: kind for name, kind in wanted.items() if name not in known}
    if missing:
        transaction.evolve({users_table: missing})
    return transaction.renew_users(Sql(_IDENTIFIED), list(columns))


def count(shapes: Iterable[Shape]) -> int:
    """Return how many messages have these shapes."""
    return sum(shape.count for shape in shapes)


def _name_events(engine: DuckDBPyConnection, by_table: dict[str, list[Shape]]) -> None:
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE event_names (event_text VARCHAR, event_table VARCHAR)"
    )
    pairs = {(shape.event, table) for table, shapes in by_table.items() for shape in shapes}
    if pairs:
        texts, tables = zip(*sorted(pairs), strict=True)
        engine.execute(
            "INSERT INTO event_names SELECT unnest(?), unnest(?)", [list(texts), list(tables)]
        )
