"""One load: a batch of log entries becomes rows of many tables, in one transaction."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

from duckdb import DuckDBPyConnection

from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.log.entry import Entry
from commandpost_telemetry.warehouse.destinations.destination import (
    Destination,
    Held,
    Load,
    Rejected,
    Transaction,
    label,
    without_namespace,
)
from commandpost_telemetry.warehouse.destinations.errors import (
    CountsDisagree,
    LoadRefused,
    TableRefused,
)
from commandpost_telemetry.warehouse.destinations.refusals import of_table, refusals_told
from commandpost_telemetry.warehouse.loading import holding, sift
from commandpost_telemetry.warehouse.loading.fill import Filling, count, shares_of
from commandpost_telemetry.warehouse.loading.messages import Batch, stage, sweep
from commandpost_telemetry.warehouse.loading.options import Options
from commandpost_telemetry.warehouse.loading.staging import Staging, Stamp
from commandpost_telemetry.warehouse.loading.states import State
from commandpost_telemetry.warehouse.loading.steps import Steps
from commandpost_telemetry.warehouse.schema.event_paths import marked
from commandpost_telemetry.warehouse.schema.plan import Plan, Shape
from commandpost_telemetry.warehouse.schema.tables import declared_tables

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch that is staged on a connection, so far without a look at the destination."""

    engine: DuckDBPyConnection
    to_position: int
    started_at: datetime
    messages: int
    repeated: int
    rejected: tuple[Rejected, ...]
    shapes: tuple[Shape, ...]
    batch: Batch
    steps: Steps


class Loader:
    """Loads batches into one destination; its caller sees to it that there is only one."""

    def __init__(
        self, destination: Destination, folder: Path, options: Options | None = None
    ) -> None:
        self._destination = destination
        self._folder = folder
        self._options = options or Options()
        self._declared = declared_tables(destination.naming)
        sweep(folder)

    def prepare(self, engine: DuckDBPyConnection, entries: Sequence[Entry]) -> Prepared:
        """Stage the entries; safe in another thread while an earlier batch is being loaded."""
        steps = Steps(self._destination, entries[-1].position)
        with steps.told(), refusals_told():
            steps.reach(State.WAITING, State.GENERATING)
            prepared = self._prepare(engine, entries, steps)
            columns = sift.columns_of(prepared.shapes)
            if columns > self._options.most_at_once and prepared.messages > 1:
                raise LoadRefused(f"It would fill {columns} columns, which is too much at once.")
        return prepared

    def _prepare(
        self, engine: DuckDBPyConnection, entries: Sequence[Entry], steps: Steps
    ) -> Prepared:
        started, batch = now(), Batch.of(entries)
        name, kept = self._destination.naming.upper(), self._options.json_paths
        mark = partial(marked, destination=name, kept=kept)
        stage(engine, batch, self._folder, started, mark)
        rejected = sift.unreadable(engine, batch) + sift.unknown_types(engine, batch)
        rejected += sift.too_deep(engine, batch)
        repeated = sift.repeats(engine)
        limit = self._options.most_columns
        shapes, wide = sift.too_wide(engine, batch, self._shapes(engine), limit)
        return Prepared(
            engine=engine,
            to_position=entries[-1].position,
            started_at=started,
            messages=batch.size,
            repeated=repeated,
            rejected=(*rejected, *wide),
            shapes=tuple(shapes),
            batch=batch,
            steps=steps,
        )

    def _shapes(self, engine: DuckDBPyConnection) -> list[Shape]:
        return sift.shapes(engine, self._options.json_paths)

    def load(self, reader: str, position: int, prepared: Prepared) -> Load:
        """Load what was prepared; all of it becomes visible at once, or nothing.

        A table that refuses its rows, or is held since earlier, is passed over and misses them.
        """
        with prepared.steps.told(), refusals_told():
            prepared.steps.reach(State.GENERATED, State.CREATING)
            held = holding.held_tables(self._destination)
            known = self._repeated(prepared, held)
            prepared.steps.reach(State.CREATED, State.EXPORTING)
            while True:
                try:
                    return self._load(reader, position, prepared, known, held)
                except TableRefused as refused:
                    logger.warning("A table is held: %s", refused)
                    held |= {refused.table}

    def retry(self, reader: str, position: int, missed: Sequence[Held]) -> Load:
        """Give a table what it has missed; all of it, or nothing and `TableRefused`."""
        table = without_namespace(missed[0].table)
        account = Load(
            load_id=uuid4().hex,
            reader=reader,
            started_at=(started := now()),
            finished_at=started,
            from_position=position,
            to_position=position,
            released=holding.released(missed),
        )
        with closing(self._destination.engine()) as engine, refusals_told():
            entries = holding.entries(missed, position, started)
            self._prepare(engine, entries, Steps(self._destination, position))
            with of_table(table):
                sift.already_there(engine, self._destination, table)
            with self._begun(engine, reader, position) as transaction:
                filling = self._filling(transaction, engine, account)
                naming = self._destination.naming
                for share in shares_of(engine, self._shapes(engine), naming):
                    if share.table == table:
                        filling.fill(share)
                account = filling.account(account)
                transaction.commit(account)
        return account

    @contextmanager
    def _begun(
        self, engine: DuckDBPyConnection, reader: str, position: int
    ) -> Iterator[Transaction]:
        """Open a load that is undone unless it was committed."""
        transaction = self._destination.begin(engine, reader, position)
        try:
            yield transaction
        except BaseException:
            transaction.rollback()
            raise

    def _load(
        self, reader: str, position: int, prepared: Prepared, known: int, held: AbstractSet[str]
    ) -> Load:
        found = self._shapes(prepared.engine) if known else prepared.shapes
        account = Load(
            load_id=prepared.steps.load_id,
            namespace=self._destination.namespace,
            steps=prepared.steps.turn,
            reader=reader,
            started_at=prepared.started_at,
            finished_at=prepared.started_at,
            from_position=position,
            to_position=prepared.to_position,
            messages=prepared.messages,
            loaded=count(found),
            repeated=prepared.repeated + known,
            rejected=prepared.rejected,
        )
        _check(account)
        with self._begun(prepared.engine, reader, position) as transaction:
            account = self._fill(transaction, prepared, found, account, held)
            transaction.commit(account)
        return account

    def _repeated(self, prepared: Prepared, held: AbstractSet[str]) -> int:
        if self._options.is_append_only:
            return 0
        return sift.already_loaded(
            prepared.engine, self._destination, self._options.window
        ) + holding.already_held(prepared.engine, self._destination, held)

    def _fill(
        self,
        transaction: Transaction,
        prepared: Prepared,
        found: Sequence[Shape],
        account: Load,
        held: AbstractSet[str],
    ) -> Load:
        engine = prepared.engine
        shares = shares_of(engine, found, self._destination.naming)
        filling = self._filling(transaction, engine, account)
        for share in shares:
            if share.table not in held:
                filling.fill(share)
        missed = [share for share in shares if share.table in held]
        return replace(
            filling.account(account),
            held=holding.missed(engine, self._destination, prepared.batch, account.load_id, missed),
            dropped=_dropped(
                (label(self._destination, share.table), share.plan) for share in shares
            ),
        )

    def _filling(
        self, transaction: Transaction, engine: DuckDBPyConnection, account: Load
    ) -> Filling:
        stamp = Stamp(
            self._options.destination_id,
            self._destination.naming.upper(),
            self._options.source_type,
            account.started_at,
        )
        schema = self._destination.schema()
        named = partial(label, self._destination)
        return Filling(transaction, Staging(engine, stamp), schema, self._declared, named)


def _check(account: Load) -> None:
    told = account.loaded + account.repeated + len(account.rejected)
    if told != account.messages:
        raise CountsDisagree(
            f"The log gave {account.messages} messages, but {told} are accounted for. The load was "
            f"undone as a whole; the log keeps the messages and the next sync retries."
        )


def _dropped(plans: Iterable[tuple[str, Plan]]) -> list[tuple[str, str, int]]:
    return [(table, key, n) for table, plan in plans for key, n in plan.dropped.items()]
