"""One load: a batch of log entries becomes rows of many tables, in one transaction."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import duckdb
from duckdb import DuckDBPyConnection

from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.log.entry import Entry
from commandpost_telemetry.rudder.naming import Naming
from commandpost_telemetry.warehouse import sift
from commandpost_telemetry.warehouse.destination import (
    Destination,
    Load,
    Rejected,
    Schema,
    StagedTable,
    Transaction,
)
from commandpost_telemetry.warehouse.errors import (
    CountsDisagree,
    LoadRefused,
    WarehouseUnavailable,
)
from commandpost_telemetry.warehouse.messages import Batch, stage, sweep
from commandpost_telemetry.warehouse.plan import Plan, Shape, plan_columns
from commandpost_telemetry.warehouse.sql import Sql
from commandpost_telemetry.warehouse.staging import Share, Staging, Stamp
from commandpost_telemetry.warehouse.tables import (
    declared_tables,
    discards_table,
    event_family,
    event_table,
    families,
    identifies_table,
    not_of_users,
    users_table,
)
from commandpost_telemetry.warehouse.types import ColumnType

_IDENTIFIED = """
SELECT user_id AS id FROM messages WHERE message_type = 'identify' AND user_id IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Options:
    """What may differ from one installation to the next."""

    destination_id: str = "warehouse"
    source_type: str = "HTTP"
    most_columns: int = 200  # of one event
    is_append_only: bool = False  # trust the log and look for no copies in the tables
    window: timedelta | None = timedelta(days=31)  # how late a copy may come; None: any time


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
        with refusals_told():
            return self._prepare(engine, entries)

    def _prepare(self, engine: DuckDBPyConnection, entries: Sequence[Entry]) -> Prepared:
        started, batch = now(), Batch.of(entries)
        stage(engine, batch, self._folder, started)
        rejected = sift.unreadable(engine, batch) + sift.unknown_types(engine, batch)
        repeated = sift.repeats(engine)
        limit = self._options.most_columns
        shapes, wide = sift.too_wide(engine, batch, sift.shapes(engine), limit)
        return Prepared(
            engine=engine,
            to_position=entries[-1].position,
            started_at=started,
            messages=batch.size,
            repeated=repeated,
            rejected=(*rejected, *wide),
            shapes=tuple(shapes),
        )

    def load(self, reader: str, position: int, prepared: Prepared) -> Load:
        """Load what was prepared; all of it becomes visible at once, or nothing."""
        with refusals_told():
            return self._load(reader, position, prepared)

    def reject(self, reader: str, position: int, entry: Entry, reason: str) -> Load:
        """Pass over an entry that cannot be loaded, and keep it whole with the reason."""
        started = now()
        rejected = tuple(
            sift.rejected(Batch.of([entry]), number, reason) for number in range(entry.count)
        )
        account = Load(
            load_id=uuid4().hex,
            reader=reader,
            started_at=started,
            finished_at=started,
            from_position=position,
            to_position=entry.position,
            messages=len(rejected),
            rejected=rejected,
        )
        with closing(self._destination.engine()) as engine:
            self._destination.begin(engine, reader, position).commit(account)
        return account

    def _load(self, reader: str, position: int, prepared: Prepared) -> Load:
        account = Load(
            load_id=uuid4().hex,
            reader=reader,
            started_at=prepared.started_at,
            finished_at=prepared.started_at,
            from_position=position,
            to_position=prepared.to_position,
        )
        known = self._repeated(prepared)
        found = sift.shapes(prepared.engine) if known else prepared.shapes
        account = replace(
            account,
            messages=prepared.messages,
            loaded=_count(found),
            repeated=prepared.repeated + known,
            rejected=prepared.rejected,
        )
        _check(account)
        transaction = self._destination.begin(prepared.engine, reader, position)
        try:
            account = self._fill(transaction, prepared.engine, found, account)
            transaction.commit(account)
        except BaseException:
            transaction.rollback()
            raise
        return account

    def _repeated(self, prepared: Prepared) -> int:
        if self._options.is_append_only:
            return 0
        return sift.already_loaded(prepared.engine, self._destination, self._options.window)

    def _fill(
        self,
        transaction: Transaction,
        engine: DuckDBPyConnection,
        found: Sequence[Shape],
        account: Load,
    ) -> Load:
        shares = _shares(engine, found, self._destination.naming)
        staging = Staging(engine, self._stamp(account))
        schema = self._destination.schema()
        new_columns = []
        tables: Counter[str] = Counter()
        for share in shares:
            known = schema.get(share.table, {})
            declared = self._declared.get(share.table, {})  # also where somebody dropped it
            types = staging.types(share, {**declared, **known})
            staged = staging.rows(share, types)
            wanted = {**declared, **staged.columns}
            missing = {name: kind for name, kind in wanted.items() if name not in known}
            if missing:
                transaction.evolve({share.table: missing})
                new_columns += [(share.table, name, kind) for name, kind in missing.items()]
            tables[share.table] = _added(transaction, staged)
            if misfits := staging.discards(share, types):
                tables[discards_table] += _added(transaction, misfits)
            if share.table == identifies_table:
                tables[users_table] = _renew_users(transaction, schema, {**known, **missing})
        return replace(
            account,
            finished_at=now(),
            discarded=tables[discards_table],
            tables=dict(+tables),
            new_columns=new_columns,
            dropped=_dropped((share.table, share.plan) for share in shares),
        )

    def _stamp(self, account: Load) -> Stamp:
        return Stamp(
            self._options.destination_id,
            self._destination.naming.upper(),
            self._options.source_type,
            account.started_at,
        )


@contextmanager
def refusals_told() -> Iterator[None]:
    """Tell what the disk or another process is to blame for from what is in the batch."""
    try:
        yield
    except (
        duckdb.OperationalError,
        duckdb.CatalogException,
        duckdb.FatalException,
        duckdb.InternalError,
    ) as error:
        raise WarehouseUnavailable(
            f"The load did not go through: {error}. Nothing of it was kept; the log keeps the "
            f"messages and the next sync tries again. Look at disk, memory and rights."
        ) from error
    except duckdb.Error as error:
        raise LoadRefused(f"The load was refused: {error}. It was undone as a whole.") from error


def _shares(engine: DuckDBPyConnection, found: Sequence[Shape], naming: Naming) -> list[Share]:
    shares = [
        Share(f.table, f, (), plan_columns(f, mine, naming), _count(mine))
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
        shares.append(Share(table, event_family, events, plan, _count(mine)))
    return shares


def _added(transaction: Transaction, staged: StagedTable) -> int:
    added = transaction.add(staged)
    if added != staged.rows:
        raise CountsDisagree(
            f"{staged.rows} rows were staged for {staged.name} but {added} arrived. The load was "
            f"undone as a whole; the log keeps the messages and the next sync retries."
        )
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


def _check(account: Load) -> None:
    told = account.loaded + account.repeated + len(account.rejected)
    if told != account.messages:
        raise CountsDisagree(
            f"The log gave {account.messages} messages, but {told} are accounted for. The load was "
            f"undone as a whole; the log keeps the messages and the next sync retries."
        )


def _count(shapes: Iterable[Shape]) -> int:
    return sum(shape.count for shape in shapes)


def _dropped(plans: Iterable[tuple[str, Plan]]) -> list[tuple[str, str, int]]:
    return [(table, key, n) for table, plan in plans for key, n in plan.dropped.items()]


def _name_events(engine: DuckDBPyConnection, by_table: dict[str, list[Shape]]) -> None:
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE event_names (event_text VARCHAR, event_table VARCHAR)"
    )
    pairs = {(shape.event, table) for table, shapes in by_table.items() for shape in shapes}
    if pairs:
        engine.executemany("INSERT INTO event_names VALUES (?, ?)", sorted(map(list, pairs)))
