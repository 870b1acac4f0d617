"""How answers and failures look in a terminal."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError

from commandpost_telemetry.collector.sources import SourceError
from commandpost_telemetry.kit.control import CommandFailed
from commandpost_telemetry.log.errors import LogAddressError
from commandpost_telemetry.settings import variable_in
from commandpost_telemetry.warehouse.destinations.errors import WarehouseError


def fail(sentence: str) -> NoReturn:
    """Say it where errors go, and end the command."""
    typer.echo(sentence, err=True)
    raise typer.Exit(1)


@contextmanager
def failures_said() -> Iterator[None]:
    """Say what went wrong in one sentence instead of a trace."""
    try:
        yield
    except (ValidationError, SettingsError) as error:
        variable, said = variable_in(error, "COMMANDPOST_TELEMETRY_")
        fail(f"{variable} can't be used: {said}.")
    except (CommandFailed, WarehouseError, SourceError, LogAddressError) as error:
        fail(str(error))


def print_table(rows: object, nothing: str) -> None:
    if not isinstance(rows, list) or not rows:
        typer.echo(nothing)
        return
    columns = list(rows[0])
    lines = [columns, *([_cell(row.get(name)) for name in columns] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
    for line in lines:
        typer.echo(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        )


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return " ".join(text.split())[:60]
