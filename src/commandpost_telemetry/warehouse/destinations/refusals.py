"""Tells whom a failure is to be blamed on: the machine, one table, or what is in the batch."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from commandpost_telemetry.warehouse.destinations.errors import (
    LoadRefused,
    StatementRefused,
    TableRefused,
    TooMuchAtOnce,
    WarehouseUnavailable,
)

_OF_THE_MACHINE = (duckdb.OperationalError, duckdb.FatalException, duckdb.InternalError)


@contextmanager
def refusals_told() -> Iterator[None]:
    """Tell what the disk or another process is to blame for from what is in the batch."""
    try:
        yield
    except (OSError, *_OF_THE_MACHINE) as error:
        is_memory = isinstance(error, duckdb.OutOfMemoryException)
        raise (TooMuchAtOnce if is_memory else WarehouseUnavailable)(
            f"The load did not go through: {error}. Nothing of it was kept; the log keeps the "
            f"messages and the next sync tries again. Look at disk, memory and rights."
        ) from error
    except duckdb.Error as error:
        raise LoadRefused(f"The load was refused: {error}. It was undone as a whole.") from error


@contextmanager
def of_table(table: str) -> Iterator[None]:
    """Tell a refusal by one table from one of the whole load."""
    try:
        with refusals_told():
            yield
    except TableRefused:
        raise
    except (LoadRefused, StatementRefused) as error:
        raise TableRefused(table, str(error)) from error
