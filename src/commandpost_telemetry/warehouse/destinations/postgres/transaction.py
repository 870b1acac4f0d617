"""One load into PostgreSQL: rows are copied within one transaction of the loader's connection."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psycopg
from duckdb import DuckDBPyConnection

from commandpost_telemetry.warehouse.destinations import bookkeeping
from commandpost_telemetry.warehouse.destinations.destination import Load, Schema, StagedTable
from commandpost_telemetry.warehouse.destinations.postgres.session import (
    evolve,
    failures_told,
    sent,
    texts_in,
    texts_of,
    without_nul,
    without_nuls,
)
from commandpost_telemetry.warehouse.schema.sql import Sql, compose, ident, join, literal
from commandpost_telemetry.warehouse.schema.tables import identifies_table, later_first, users_table

_LATEST = "(array_agg({n} ORDER BY {order}) FILTER (WHERE {n} IS NOT NULL))[1] AS {n}"
_FORGET_USERS = "DELETE FROM {users} WHERE id = ANY(%s::TEXT[])"
_RENEW_USERS = """
INSERT INTO {users} (id, {names}) SELECT user_id AS id, {latest}
FROM {identifies} WHERE user_id = ANY(%s::TEXT[]) GROUP BY user_id
"""
_COPY_OUT = "COPY ({query}) TO {path} (FORMAT csv, HEADER false, FORCE_QUOTE ({quoted}))"
_COPY_IN = "COPY {table} ({columns}) FROM STDIN (FORMAT csv)"


class PostgresTransaction:
    """Copies rows within one transaction of the loader's connection."""

    def __init__(
        self, loading: "psycopg.Connection", engine: DuckDBPyConnection, folder: Path, name: str
    ) -> None:
        self._loading = loading
        self._name = name
        self._engine = engine
        self._folder = folder

    def evolve(self, wanted: Schema) -> None:
        with failures_told():
            evolve(self._loading, self._name, wanted)

    def add(self, staged: StagedTable) -> int:
        path = self._folder / f"{staged.name[:100]}.csv"
        try:
            self._engine.execute(
                compose(
                    _COPY_OUT,
                    query=without_nul(staged),
                    path=literal(str(path)),
                    quoted=join(", ", map(ident, texts_of(staged))),
                )
            )
            return self._copied(staged, path)
        finally:
            path.unlink(missing_ok=True)

    def _copied(self, staged: StagedTable, path: Path) -> int:
        statement = compose(
            _COPY_IN,
            table=ident(self._name, staged.name),
            columns=join(", ", map(ident, staged.columns)),
        )
        with failures_told(), path.open("rb") as file, self._loading.cursor() as cursor:
            with cursor.copy(sent(statement)) as copy:
                while block := file.read(1 << 20):
                    copy.write(block)
            return cursor.rowcount

    def renew_users(self, ids: Sql, columns: Sequence[str]) -> int:
        wanted = texts_in(self._engine, ids)
        order = join(", ", (compose("{n} DESC", n=ident(name)) for name in later_first))
        parts = {
            "users": ident(self._name, users_table),
            "identifies": ident(self._name, identifies_table),
            "names": join(", ", map(ident, columns)),
            "latest": join(", ", (compose(_LATEST, n=ident(n), order=order) for n in columns)),
        }
        with failures_told():
            self._loading.execute(sent(compose(_FORGET_USERS, **parts)), (wanted,))
            return self._loading.execute(sent(compose(_RENEW_USERS, **parts)), (wanted,)).rowcount

    def commit(self, load: Load) -> None:
        with failures_told(), self._loading.cursor() as cursor:
            cursor.execute(
                "UPDATE loader.positions SET position = %s WHERE reader = %s",
                (load.to_position, load.reader),
            )
            if load.released:
                cursor.execute(sent(bookkeeping.release(load.released)))
            for table, rows in bookkeeping.accounts(load).items():
                if rows:
                    marks = Sql(", ".join(["%s"] * len(rows[0])))
                    statement = compose(
                        "INSERT INTO {table} VALUES ({marks})",
                        table=ident("loader", table),
                        marks=marks,
                    )
                    cursor.executemany(sent(statement), [without_nuls(row) for row in rows])
            cursor.execute("COMMIT")

    def rollback(self) -> None:
        with suppress(psycopg.Error):  # a lost connection has undone it already
            self._loading.execute("ROLLBACK")
