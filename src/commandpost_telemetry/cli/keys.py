"""Write keys of the data plane: who may send."""

from contextlib import closing
from datetime import datetime
from typing import Annotated

import typer

from commandpost_telemetry.cli.printing import failures_said, print_table
from commandpost_telemetry.collector.service import open_sources
from commandpost_telemetry.settings import Settings

keys = typer.Typer(name="keys", no_args_is_help=True, help="Who may send, by write key.")

Name = Annotated[str, typer.Argument(help="The name of the source.")]


@keys.command("list")
def list_keys() -> None:
    """List the sources; only a hash of a key is kept, so no key can be shown again."""
    with failures_said(), closing(open_sources(settings := Settings())) as sources:
        rows = [
            {
                "source": source.id,
                "enabled": "yes" if source.is_enabled else "no",
                "added": _moment(source.created_at),
                "last seen": _moment(source.last_seen),
                "from": "settings" if source.is_from_settings else "here",
                "namespace": settings.namespaces.get(source.id, ""),
            }
            for source in sources.list_sources()
        ]
        print_table(rows, "There is no source yet; `keys add NAME` makes one.")


@keys.command()
def add(name: Name) -> None:
    """Add a source and print its write key, this once only."""
    with failures_said(), closing(open_sources(Settings())) as sources:
        typer.echo(sources.add(name))


@keys.command()
def rotate(name: Name) -> None:
    """Print a new write key for a source; the old one is unknown from now on."""
    with failures_said(), closing(open_sources(Settings())) as sources:
        typer.echo(sources.rotate(name))


@keys.command()
def enable(name: Name) -> None:
    """Take messages of a source again."""
    with failures_said(), closing(open_sources(Settings())) as sources:
        sources.enable(name)
        typer.echo(f"Messages of {name} are taken again.")


@keys.command()
def disable(name: Name) -> None:
    """Refuse messages of a source from now on."""
    with failures_said(), closing(open_sources(Settings())) as sources:
        sources.disable(name)
        typer.echo(f"Messages of {name} are refused from now on.")


def _moment(at: datetime | None) -> str:
    return "" if at is None else at.isoformat(timespec="seconds")
