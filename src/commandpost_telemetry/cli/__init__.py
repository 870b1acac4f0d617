"""The command `commandpost-telemetry`; beside a running product it asks that process."""

from pathlib import Path
from typing import Annotated

import typer

from commandpost_telemetry.cli.asking import answer_to
from commandpost_telemetry.cli.keys import keys
from commandpost_telemetry.cli.printing import fail, failures_said, print_table
from commandpost_telemetry.collector.process import collect as run_data_plane
from commandpost_telemetry.insights.demo.command import make_demo_data
from commandpost_telemetry.kit.control import Answer, Ask
from commandpost_telemetry.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    help="Take, load, look at and check the telemetry of this installation.",
    pretty_exceptions_enable=False,
)
app.add_typer(keys)
licences = typer.Typer(name="licences", no_args_is_help=True, help="Who bought which licence.")
app.add_typer(licences)


@app.callback()
def main() -> None:
    """Everything reads COMMANDPOST_DATA_DIR and COMMANDPOST_TELEMETRY_*."""


@app.command()
def collect(
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 takes a free one.")] = 8080,
    processes: Annotated[int, typer.Option(min=1, help="How many share the port.")] = 1,
) -> None:
    """Run the data plane alone: take events and keep them for the next sync."""
    with failures_said():
        run_data_plane(Settings(), host=host, port=port, processes=processes, say=typer.echo)


@app.command("demo-data")
def demo_data(
    servers: Annotated[int, typer.Option(help="How many servers are made up.")] = 500,
    days: Annotated[int, typer.Option(help="Over how many days, until today.")] = 365,
    seed: Annotated[int, typer.Option(help="The same seed makes up the same year.")] = 7,
) -> None:
    """Make up a believable year of many servers, through the real data plane and sync."""
    with failures_said():
        made = make_demo_data(Settings(), servers=servers, days=days, seed=seed, say=typer.echo)
    typer.echo(f"{made} events were made up. Start the product on this folder to look at them.")


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
    for name, sign in (("tables", ""), ("removed", "-")):
        for each in _pairs(done.get(name), "table", "rows"):
            typer.echo(f"  {each['table']}: {sign}{each['rows']}")
    _say_failed(done)


@app.command()
def syncs() -> None:
    """Show the last loads, those that did not happen, and tables that do not take their rows."""
    found = _ask("syncs", {})
    print_table(found["loads"], "Nothing has been loaded yet.")
    steps = found.get("steps")
    unfinished = [
        each
        for each in (steps if isinstance(steps, list) else [])
        if each["state"] != "exported_data"
    ]
    for rows in (unfinished, found["held"], found["failures"], found.get("archived")):
        if rows:
            print_table(rows, "")


@app.command()
def discards() -> None:
    """Show values, messages and properties that did not fit, with the reasons."""
    found = _ask("discards", {})
    print_table(found["discards"], "No value was discarded.")
    print_table(found["rejects"], "No message was rejected.")
    print_table(found["dropped"], "Every property has its column.")


@app.command()
def retry(
    table: Annotated[str, typer.Argument(help="A held table; without one: all of them.")] = "",
) -> None:
    """Try a held table again at once, with all that it has missed."""
    done = _ask("retry", {"table": table})
    if table and not done["tables"] and not _is_held(done["held"], table):
        fail(f"{table} is not held, so nothing was done; `syncs` lists the tables that are.")
    print_table(_pairs(done["tables"], "table", "rows"), "No held table took anything.")
    if done["held"]:
        print_table(_pairs(done["held"], "still held", "messages"), "")
    _say_failed(done)
    if done["held"]:
        raise typer.Exit(1)


@app.command()
def skip(table: Annotated[str, typer.Argument(help="A held table.")]) -> None:
    """Give up what a held table has missed; the messages are kept among the rejects."""
    skipped = _ask("skip", {"table": table})["skipped"]
    if not skipped:
        fail(f"{table} is not held, so nothing was done; `syncs` lists the tables that are.")
    typer.echo(f"{skipped} messages are rejects now.")


def _say_failed(done: Answer) -> None:
    """Say what failed beside that which was done."""
    if failed := _pairs(done.get("failed"), "reader", "error"):
        fail("\n".join(f"{each['reader']}: {each['error']}" for each in failed))


def _is_held(held: object, table: str) -> bool:
    return isinstance(held, dict) and table in held


def _pairs(found: object, *names: str) -> list[dict[str, object]]:
    pairs = found.items() if isinstance(found, dict) else ()
    return [dict(zip(names, pair, strict=True)) for pair in pairs]


@app.command()
def check() -> None:
    """Hold the warehouse against the catalogue, both ways; fails when something is amiss."""
    found = _ask("check", {})
    print_table(found["checks"], "There was nothing to check.")
    if not found["fine"]:
        raise typer.Exit(1)


@licences.command("import")
def import_licences(file: Annotated[Path, typer.Argument(dir_okay=False)]) -> None:
    """Put the licences of a CSV file in place of those that are known."""
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{file} cannot be read: {error}. Nothing was imported.")
    typer.echo(f"Imported {_ask('licences', {'text': text})['imported']} licences.")


@app.command()
def export(
    name: Annotated[str, typer.Argument(help="A metric or a model.")],
    file: Annotated[Path, typer.Argument(help="Ends in .csv, .parquet or .json.")],
    since: Annotated[str, typer.Option("--from", help="The first day, as 2026-11-24.")] = "",
    until: Annotated[str, typer.Option("--to", help="The last day.")] = "",
    by: Annotated[str, typer.Option(help="day, week or month.")] = "",
) -> None:
    """Write a metric or a whole model to a file."""
    ask = {"name": name, "path": str(file.absolute()), "from": since, "to": until, "by": by}
    done = _ask("export", ask)
    typer.echo(f"Wrote {done['bytes']} bytes to {done['path']}.")


@app.command()
def summary(
    *,
    send: Annotated[
        bool, typer.Option("--send", help="Also send it where it was not sent yet.")
    ] = False,
) -> None:
    """Print the summary of the last week; `--send` mails or posts it as the settings say."""
    found = _ask("summary", {"send": send})
    typer.echo(found["text"])
    if send:
        print_table(found["sent"], "It was sent to nobody: no mail and no channel is set up.")


def _ask(command: str, ask: Ask) -> Answer:
    with failures_said():
        return answer_to(Settings(), command, ask)
