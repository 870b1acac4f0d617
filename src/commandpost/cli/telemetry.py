"""`commandpost telemetry`."""

from typing import Annotated

import typer

from commandpost.cli.given import DataDir, fail, opened

telemetry_app = typer.Typer(
    name="telemetry", help="See and switch what is recorded.", no_args_is_help=True
)


@telemetry_app.command("status")
def telemetry_status(data_dir: DataDir = None) -> None:
    """Say the mode in one sentence, and how many events stand where."""
    from commandpost.telemetry.view import status_view

    with opened(data_dir) as (settings, database), database.reading() as session:
        view = status_view(session, settings)
    typer.echo(f"{view.mode}: {view.headline} {view.sentence}")
    fixed = "COMMANDPOST_TELEMETRY_MODE" if view.configured else ""
    if fixed_by := "DO_NOT_TRACK" if view.do_not_track else fixed:
        typer.echo(f"  set by {fixed_by}")
    typer.echo(f"  policy {view.policy}, diagnosticID {view.diagnostic_id}")
    for lane in view.lanes:
        counts = ", ".join(f"{count} {state}" for state, count in lane.counts.items())
        typer.echo(f"  {lane.lane}: {counts}")
        if lane.failing:
            typer.echo(f"    last answer: {lane.answer}; everything is kept and tried again")


@telemetry_app.command("preview")
def telemetry_preview(
    limit: Annotated[int, typer.Option(min=1, help="How many events.")] = 5,
    data_dir: DataDir = None,
) -> None:
    """Print the newest recorded events, each exactly as it is sent but for sentAt."""
    from commandpost.outbox.queries import list_recent
    from commandpost.telemetry.rules import LOCAL_LANE

    with opened(data_dir) as (_, database), database.reading() as session:
        messages = list_recent(session, lanes=[LOCAL_LANE], limit=limit)
    for message in messages:
        typer.echo(message.payload.decode())


@telemetry_app.command("test")
def telemetry_test(
    wait: Annotated[float, typer.Option(min=0, help="Seconds to watch where it gets to.")] = 5,
    data_dir: DataDir = None,
) -> None:
    """Record a test event and say how far it came at each receiver."""
    from commandpost.accounts.actor import CONSOLE
    from commandpost.telemetry.actions import send_test_event
    from commandpost.telemetry.watching import watch_test

    with opened(data_dir) as (_, database):
        with database.transaction() as session:
            send_test_event(session, CONSOLE)
        ways = watch_test(database, seconds=wait)
    for way in ways:
        typer.echo(f"{way.lane}: {way.state}{f' ({way.reason})' if way.reason else ''}")
    if any(way.state == "queued" for way in ways):
        typer.echo("What is queued goes on as soon as the product runs on this data directory.")


@telemetry_app.command("set-mode")
def telemetry_set_mode(
    mode: Annotated[str, typer.Argument(help="off, local or send.")], data_dir: DataDir = None
) -> None:
    """Switch the mode; `off` deletes what is queued."""
    from commandpost.accounts.actor import CONSOLE
    from commandpost.settings import TelemetryMode
    from commandpost.telemetry.actions import choose_mode

    if mode not in set(TelemetryMode):
        fail(f"“{mode}” is no mode. Write off, local or send; nothing was changed.")
    with opened(data_dir) as (settings, database), database.transaction() as session:
        choose_mode(session, CONSOLE, settings, mode=TelemetryMode(mode))
    typer.echo(f"The telemetry mode is now {mode}.")
