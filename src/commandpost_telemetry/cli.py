"""The command `commandpost-telemetry`; beside a running product it asks that process."""

from importlib.metadata import entry_points
from typing import Annotated, NoReturn

import httpx
import typer
from pydantic import ValidationError

from commandpost_telemetry.kit.control import Answer, Ask, CommandFailed, ControlFile
from commandpost_telemetry.log.open import open_log
from commandpost_telemetry.settings import Settings
from commandpost_telemetry.warehouse.commands import next_sync, warehouse_commands
from commandpost_telemetry.warehouse.connect import open_destination
from commandpost_telemetry.warehouse.errors import WarehouseError
from commandpost_telemetry.warehouse.sync import Sync

app = typer.Typer(
    no_args_is_help=True,
    help="Load, look at and check the telemetry of this installation.",
    pretty_exceptions_enable=False,
)

_PATIENCE = 3600.0  # seconds: the first sync after a week off takes its time


@app.callback()
def main() -> None:
    """Everything reads COMMANDPOST_DATA_DIR and COMMANDPOST_TELEMETRY_*."""


@app.command()
def sync(
    *,
    now: Annotated[
        bool, typer.Option("--now", help="Sync at once, even when none is due yet.")
    ] = False,
) -> None:
    """Load what the data plane has accepted into the warehouse."""
    done = _ask("sync", {"now": now})
    if done.get("due") is False:
        typer.echo(f"No sync is due before {done['next_at']}; --now syncs at once.")
        return
    typer.echo(
        f"Loaded {done['loaded']} of {done['messages']} messages in {done['loads']} loads: "
        f"{done['repeated']} were there already, {done['rejected']} were rejected, "
        f"{done['discarded']} values were discarded."
    )
    tables = done.get("tables")
    if isinstance(tables, dict):
        for table, added in tables.items():
            typer.echo(f"  {table}: {added}")


@app.command()
def syncs() -> None:
    """Show the last loads."""
    _print_table(_ask("syncs", {}).get("loads"), "Nothing has been loaded yet.")


@app.command()
def discards() -> None:
    """Show values and messages that did not fit, with the reasons."""
    found = _ask("discards", {})
    _print_table(found.get("discards"), "No value was discarded.")
    _print_table(found.get("rejects"), "No message was rejected.")


def _ask(command: str, ask: Ask) -> Answer:
    try:
        settings = Settings()
        running = ControlFile.find_alive(settings.data_dir)
        if running is not None:
            return _ask_process(running, command, ask)
        return _ask_here(settings, command, ask)
    except ValidationError as error:
        first = error.errors()[0]
        _fail(f"A setting is wrong: {'.'.join(map(str, first['loc']))}: {first['msg']}.")
    except (CommandFailed, WarehouseError) as error:
        _fail(str(error))


def _ask_process(control: ControlFile, command: str, ask: Ask) -> Answer:
    try:
        response = httpx.post(
            f"{control.url}/control/{command}",
            json=dict(ask),
            headers={"Authorization": f"Bearer {control.token}"},
            timeout=_PATIENCE,
            trust_env=False,
        )
        answer = response.json()
    except (httpx.HTTPError, ValueError) as error:
        raise CommandFailed(
            f"The process {control.pid} owns the data directory but does not answer at "
            f"{control.url}: {error}. Nothing was done here; stop it, then try again."
        ) from error
    if not isinstance(answer, dict) or response.is_error:
        said = answer.get("error") if isinstance(answer, dict) else None
        raise CommandFailed(str(said or f"The running process answered {response.status_code}."))
    return answer


def _ask_here(settings: Settings, command: str, ask: Ask) -> Answer:
    if command == "sync":
        _call_before_sync(settings)
    destination = open_destination(settings)
    log = open_log(settings.log_url or settings.data_dir / "log")
    try:
        run = Sync(log, destination, settings.data_dir / "tmp").run
        commands = warehouse_commands(destination, run, lambda: next_sync(settings, destination))
        return commands[command](ask)
    finally:
        log.close()
        destination.close()


def _call_before_sync(settings: Settings) -> None:
    """Let the product post what its outbox still holds."""
    for entry_point in entry_points(group="commandpost_telemetry.before_sync"):
        entry_point.load()(settings)


def _print_table(rows: object, nothing: str) -> None:
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


def _fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
