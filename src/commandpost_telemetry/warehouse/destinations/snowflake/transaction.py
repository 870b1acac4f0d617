"""One load into Snowflake: rows are copied beside their tables, `commit` alone inserts them."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection
from snowflake.connector import SnowflakeConnection

from commandpost_telemetry.warehouse.destinations import bookkeeping
from commandpost_telemetry.warehouse.destinations.destination import Load, Schema, StagedTable
from commandpost_telemetry.warehouse.destinations.errors import WarehouseUnavailable, rows_lost
from commandpost_telemetry.warehouse.destinations.refusals import of_table
from commandpost_telemetry.warehouse.destinations.snowflake.session import (
    as_literal,
    evolve,
    named,
    overtaken,
    read,
    run,
    stage,
)
from commandpost_telemetry.warehouse.schema.sql import Sql, compose, join, literal
from commandpost_telemetry.warehouse.schema.tables import identifies_table, later_first, users_table

_ROWS_AT_ONCE = 100
_LATEST = """
FIRST_VALUE({n}) IGNORE NULLS OVER (PARTITION BY "USER_ID" ORDER BY {order}
    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS {n}
"""
_RENEW_USERS = """
INSERT INTO {users} ("ID", {names}) SELECT "USER_ID", {names} FROM (
    SELECT "USER_ID", {latest}, ROW_NUMBER() OVER (PARTITION BY "USER_ID" ORDER BY {order}) AS TURN
    FROM {identifies} WHERE "USER_ID" IN ({ids}))
WHERE TURN = 1
"""

_MOVE = """
UPDATE LOADER.POSITIONS SET POSITION = {to} WHERE READER = {reader}
AND {start} = (SELECT MAX(POSITION) FROM LOADER.POSITIONS WHERE READER = {reader})
"""


@dataclass(frozen=True, slots=True)
class _Change:
    """A statement of the transaction, and how many rows it must touch where that is known."""

    table: str
    statement: Sql
    rows: int | None = None


class SnowflakeTransaction:
    """Copies rows beside their tables first; `commit` alone has a transaction, of inserts."""

    def __init__(
        self,
        loading: SnowflakeConnection,
        engine: DuckDBPyConnection,
        folder: Path,
        name: str,
        schema: Schema,
    ) -> None:
        self._loading = loading
        self._name = name
        self._schema = schema
        self._engine = engine
        self._folder = folder
        self._changes: list[_Change] = []
        self._beside: list[Sql] = []
        self._identified = Sql("")

    def evolve(self, wanted: Schema) -> None:
        evolve(self._loading, self._name, wanted, self._schema)

    def add(self, staged: StagedTable) -> int:
        turn = str(len(self._beside))  # a table may get rows twice in one load
        beside = stage(self._loading, self._engine, self._folder, staged, turn)
        self._beside.append(beside)
        columns = join(", ", map(named, staged.columns))
        insert = compose(
            "INSERT INTO {table} ({columns}) SELECT {values} FROM {beside}",
            table=named(self._name, staged.name),
            columns=columns,
            values=join(", ", (read(name, kind) for name, kind in staged.columns.items())),
            beside=beside,
        )
        [(count,)] = run(self._loading, compose("SELECT COUNT(*) FROM {b}", b=beside))
        self._changes.append(_Change(staged.name, insert, int(str(count))))
        if staged.name == identifies_table:
            self._identified = beside
        return int(str(count))

    def renew_users(self, ids: Sql, columns: Sequence[str]) -> int:
        order = join(", ", (compose("{n} DESC", n=named(name)) for name in later_first))
        touched = compose(
            'SELECT "USER_ID" FROM {b} WHERE "USER_ID" IS NOT NULL', b=self._identified
        )
        parts = {
            "users": named(self._name, users_table),
            "identifies": named(self._name, identifies_table),
            "names": join(", ", map(named, columns)),
            "latest": join(", ", (compose(_LATEST, n=named(n), order=order) for n in columns)),
            "order": order,
            "ids": touched,
        }
        forget = compose('DELETE FROM {users} WHERE "ID" IN ({ids})', **parts)
        renew = compose(_RENEW_USERS, **parts)
        count = compose("SELECT count(DISTINCT id) FROM ({ids})", ids=ids)
        [(renewed,)] = self._engine.execute(count).fetchall()
        self._changes += [
            _Change(identifies_table, forget),
            _Change(identifies_table, renew, int(renewed)),
        ]
        return int(renewed)

    def commit(self, load: Load) -> None:
        run(self._loading, Sql("BEGIN"))
        try:
            self._move(load)
            for change in self._changes:
                self._make(change)
            self._account(load)
        except BaseException:
            self.rollback()
            raise
        run(self._loading, Sql("COMMIT"))
        for beside in self._beside:
            run(self._loading, compose("DROP TABLE IF EXISTS {b}", b=beside))

    def _make(self, change: "_Change") -> None:
        with of_table(change.table):
            [(rows, *_)] = run(self._loading, change.statement)
        if change.rows not in {None, int(str(rows))}:
            raise rows_lost(change.table, int(str(change.rows)), int(str(rows)))

    def _account(self, load: Load) -> None:
        if load.released:
            run(self._loading, bookkeeping.release(load.released))
        for table, rows in bookkeeping.accounts(load).items():
            for start in range(0, len(rows), _ROWS_AT_ONCE):
                selects = (
                    compose("SELECT {v}", v=join(", ", (literal(as_literal(v)) for v in row)))
                    for row in rows[start : start + _ROWS_AT_ONCE]
                )
                insert = compose(
                    "INSERT INTO LOADER.{table} {rows}",
                    table=Sql(table.upper()),
                    rows=join(" UNION ALL ", selects),
                )
                run(self._loading, insert)

    def _move(self, load: Load) -> None:
        """Take the position, which no other loader may have moved meanwhile."""
        move = compose(
            _MOVE,
            reader=literal(load.reader),
            start=literal(load.from_position),
            to=literal(load.to_position),
        )
        [(moved, *_)] = run(self._loading, move)
        if not moved:
            raise overtaken(load.reader, load.from_position)

    def rollback(self) -> None:
        with suppress(WarehouseUnavailable):  # a lost session has undone it already
            run(self._loading, Sql("ROLLBACK"))
