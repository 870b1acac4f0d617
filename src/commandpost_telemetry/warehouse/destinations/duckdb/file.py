"""The one file of a DuckDB warehouse, opened anew where DuckDB has given it up."""

import logging
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb

from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.warehouse.destinations.errors import WarehouseUnavailable
from commandpost_telemetry.warehouse.schema.sql import compose, moment

logger = logging.getLogger(__name__)

# how many pieces of a table a checkpoint puts together; in the midst of a load that has to wait
_PIECES = "max_vacuum_tasks"
_COMPACTIONS = "CREATE TABLE IF NOT EXISTS loader.compactions (begun_at TIMESTAMP)"
_NEWEST = "SELECT MAX(begun_at) FROM loader.compactions"
# written down also because a checkpoint of nothing would do nothing
_BEGUN = "INSERT INTO loader.compactions VALUES ({at})"


class DuckDBFile:
    """What all schemas of a file share: its connection, which gives cursors to all threads."""

    def __init__(self, path: Path | None, memory_limit: str, threads: int) -> None:
        self._path = path
        self._config: dict[str, Any] = {
            "memory_limit": memory_limit,
            "threads": threads,
            "preserve_insertion_order": False,
            _PIECES: 0,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        self._lock = Lock()
        self.connection = self._opened()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return a connection for one thread, which lives on when the file is opened anew."""
        with self._lock:
            return self.connection.cursor() if self._path is None else self._opened()

    def open_anew(self) -> None:
        """Let go of what filled tables hold in memory; a cursor that is open puts it off."""
        if self._path is not None:  # else it would be gone
            with self._lock:
                self.connection.close()
                self.connection = self._opened()

    def compact(self) -> None:
        """Put together the small pieces in which loads have left their rows, once a day.

        While somebody reads or writes DuckDB passes over what it would disturb: another time. So
        it is on a full disk, for what was loaded is loaded.
        """
        try:
            with self.cursor() as cursor:
                if _is_due(cursor):
                    _compact(cursor)
        except duckdb.Error as error:
            logger.info("The warehouse file is put in order another time: %s", error)

    def open_again(self) -> None:
        """Open it again if it was given up, as DuckDB does when the disk is full for a moment."""
        with self._lock:
            if self._is_given_up():
                self.connection.close()  # stays closed where it cannot be opened yet
                self.connection = self._opened()

    def _is_given_up(self) -> bool:
        try:
            self.connection.execute("SELECT 1")
        except (duckdb.FatalException, duckdb.ConnectionException):
            return True
        return False

    def _opened(self) -> duckdb.DuckDBPyConnection:
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return duckdb.connect(str(self._path or ":memory:"), config=self._config)
        except duckdb.IOException as error:
            raise WarehouseUnavailable(
                f"The warehouse file {self._path} cannot be opened: {error}. Nothing was changed. "
                f"If a running product owns it, ask that one; else check disk and rights."
            ) from error


def _is_due(cursor: duckdb.DuckDBPyConnection) -> bool:
    cursor.execute(_COMPACTIONS)
    [(newest,)] = cursor.execute(_NEWEST).fetchall()
    return newest is None or newest.date() != now().date()


def _compact(cursor: duckdb.DuckDBPyConnection) -> None:
    cursor.execute(f"RESET GLOBAL {_PIECES}")
    try:
        cursor.execute(compose(_BEGUN, at=moment(now())))
        cursor.execute("CHECKPOINT")
    finally:
        cursor.execute(f"SET GLOBAL {_PIECES} = 0")
