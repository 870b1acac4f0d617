"""One load into DuckDB: the rows are made and added by one connection."""

from collections.abc import Sequence
from contextlib import suppress

import duckdb
from duckdb import DuckDBPyConnection

from commandpost_telemetry.warehouse.destinations import bookkeeping
from commandpost_telemetry.warehouse.destinations.destination import Load, Schema, StagedTable
from commandpost_telemetry.warehouse.destinations.duckdb.session import evolve, tables_in
from commandpost_telemetry.warehouse.schema.sql import Sql, compose, ident, join
from commandpost_telemetry.warehouse.schema.tables import identifies_table, later_first, users_table

_LATEST = "arg_max({n}, later) AS {n}"  # passes over NULL
_FORGET_USERS = "DELETE FROM {users} WHERE id IN ({ids})"
_RENEW_USERS = """
INSERT INTO {users} BY NAME SELECT user_id AS id, {columns}
FROM (SELECT *, ({order}) AS later FROM {identifies} WHERE user_id IN ({ids})) GROUP BY user_id
"""
# what so many columns hold in memory until it is written is worth a checkpoint
_MANY_COLUMNS = 5_000


class DuckDBTransaction:
    """The rows are made and added by one connection, so that nothing is copied on the way."""

    def __init__(self, engine: DuckDBPyConnection, name: str) -> None:
        self._engine = engine
        self._name = name
        self._existing = tables_in(engine, name)  # asked once: a load may bring thousands
        self._columns = 0  # filled in this load

    def evolve(self, wanted: Schema) -> None:
        evolve(self._engine, self._name, wanted, self._existing)

    def add(self, staged: StagedTable) -> int:
        statement = compose(
            "INSERT INTO {table} BY NAME {query}",
            table=ident(self._name, staged.name),
            query=staged.query,
        )
        [(added,)] = self._engine.execute(statement).fetchall()
        self._columns += len(staged.columns)
        return int(added)

    def renew_users(self, ids: Sql, columns: Sequence[str]) -> int:
        parts = {
            "ids": ids,
            "users": ident(self._name, users_table),
            "identifies": ident(self._name, identifies_table),
            "columns": join(", ", (compose(_LATEST, n=ident(n)) for n in columns)),
            "order": join(", ", map(ident, later_first)),
        }
        self._engine.execute(compose(_FORGET_USERS, **parts))
        [(renewed,)] = self._engine.execute(compose(_RENEW_USERS, **parts)).fetchall()
        return int(renewed)

    def commit(self, load: Load) -> None:
        run = self._engine.execute
        run("DELETE FROM loader.positions WHERE reader = ?", [load.reader])
        run("INSERT INTO loader.positions VALUES (?, ?)", [load.reader, load.to_position])
        if load.released:
            run(bookkeeping.release(load.released))
        for table, rows in bookkeeping.accounts(load).items():
            if rows:
                statement = compose(
                    "INSERT INTO {table} SELECT {marks}",
                    table=ident("loader", table),
                    marks=Sql(", ".join(["unnest(?)"] * len(rows[0]))),
                )
                run(statement, [list(values) for values in zip(*rows, strict=True)])
        run("COMMIT")
        if self._columns > _MANY_COLUMNS:
            with suppress(duckdb.TransactionException):  # somebody else writes: another time
                run("CHECKPOINT")

    def rollback(self) -> None:
        with suppress(duckdb.Error):  # a failed COMMIT has ended it already
            self._engine.execute("ROLLBACK")
