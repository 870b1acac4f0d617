"""One load: a batch of log entries becomes rows of many tables, in one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from duckdb import DuckDBPyConnection

from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.log.entry import Entry
from commandpost_telemetry.warehouse import sift
from commandpost_telemetry.warehouse.destination import Destination, Load, StagedTable
from commandpost_telemetry.warehouse.errors import CountsDisagree
from commandpost_telemetry.warehouse.messages import Lines, lines_of, stage
from commandpost_telemetry.warehouse.plan import Plan, Shape, plan_columns
from commandpost_telemetry.warehouse.staging import Share, Staging, Stamp
from commandpost_telemetry.warehouse.tables import (
    discards_table,
    event_family,
    event_table,
    families,
)


@dataclass(frozen=True, slots=True)
class Options:
    """What may differ from one installation to the next."""

    destination_id: str = "warehouse"
    source_type: str = "HTTP"
    most_columns: int = 200  # of one event


class Loader:
    """Loads batches into one destination; its caller sees to it that there is only one."""

    def __init__(
        self, destination: Destination, folder: Path, options: Options | None = None
    ) -> None:
        self._destination = destination
        self._folder = folder
        self._options = options or Options()

    def load(self, reader: str, position: int, entries: Sequence[Entry]) -> Load:
        """Load the entries behind `position`; all of it becomes visible at once, or nothing."""
        started = now()
        account = Load(
            load_id=uuid4().hex,
            reader=reader,
            started_at=started,
            finished_at=started,
            from_position=position,
            to_position=entries[-1].position,
        )
        batch = lines_of(entries)
        self._folder.mkdir(parents=True, exist_ok=True)
        stage(self._destination.engine(), batch, self._folder, started)
        self._destination.begin(reader, position)
        try:
            account = self._load(batch, account)
            self._destination.commit(account)
        except BaseException:
            self._destination.rollback()
            raise
        return account

    def _load(self, batch: Lines, account: Load) -> Load:
        engine = self._destination.engine()
        rejected = sift.unreadable(engine, batch) + sift.unknown_types(engine, batch)
        repeated = sift.repeats(engine) + sift.already_loaded(engine, self._destination)
        found, wide = sift.too_wide(engine, batch, sift.shapes(engine), self._options.most_columns)
        account = replace(
            account,
            messages=len(batch),
            loaded=sum(shape.count for shape in found),
            repeated=repeated,
            rejected=(*rejected, *wide),
        )
        _check(account)
        return replace(self._fill(self._shares(found), account), finished_at=now())

    def _shares(self, found: Sequence[Shape]) -> list[Share]:
        naming = self._destination.naming
        shares = [
            Share(f.table, f, (), plan_columns(f, mine, naming), _count(mine))
            for f in families
            if (mine := [s for s in found if s.message_type == f.message_type])
        ]
        by_table: dict[str, list[Shape]] = {}
        for shape in found:
            if shape.event and (table := event_table(shape.event, naming)):
                by_table.setdefault(table, []).append(shape)
        _name_events(self._destination.engine(), by_table)
        for table, mine in by_table.items():
            events = tuple(sorted({shape.event for shape in mine if shape.event}))
            plan = plan_columns(event_family, mine, naming)
            shares.append(Share(table, event_family, events, plan, _count(mine)))
        return shares

    def _fill(self, shares: Sequence[Share], account: Load) -> Load:
        stamp = Stamp(
            self._options.destination_id,
            self._destination.naming.upper(),
            self._options.source_type,
            account.started_at,
        )
        staging = Staging(self._destination.engine(), stamp)
        schema = self._destination.schema()
        new_columns = []
        tables: dict[str, int] = {}
        discarded = 0
        for share in shares:
            known = schema.get(share.table, {})
            types = staging.types(share, known)
            staged = staging.rows(share, types)
            missing = {name: t for name, t in staged.columns.items() if name not in known}
            if missing:
                self._destination.evolve({share.table: missing})
                new_columns += [(share.table, name, t) for name, t in missing.items()]
            tables[share.table] = self._add(staged)
            if misfits := staging.discards(share, types):
                discarded += self._add(misfits)
        return replace(
            account,
            discarded=discarded,
            tables={**tables, **({discards_table: discarded} if discarded else {})},
            new_columns=new_columns,
            dropped=_dropped((share.table, share.plan) for share in shares),
        )

    def _add(self, staged: StagedTable) -> int:
        added = self._destination.add(staged)
        if added != staged.rows:
            raise CountsDisagree(
                f"{staged.rows} rows were staged for {staged.name} but {added} arrived. The load "
                f"was undone as a whole; the log keeps the messages and the next sync retries."
            )
        return added


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
