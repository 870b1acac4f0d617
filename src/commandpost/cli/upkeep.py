"""`commandpost doctor`, `backup` and `restore`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commandpost.cli.given import DataDir, fail, read_settings
from commandpost.kit.errors import AppError

if TYPE_CHECKING:
    from commandpost.serve.backup import Done


def doctor(data_dir: DataDir = None) -> None:
    """Look at everything this installation stands on; ends with 1 when something is broken."""
    from commandpost.serve.doctor import examine, shown
    from commandpost.serve.run import read_pipeline_settings

    settings = read_settings(data_dir=data_dir)
    try:
        fine = shown(examine(settings, read_pipeline_settings(settings)), typer.echo)
    except AppError as refusal:
        fail(refusal.sentence)
    if not fine:
        raise typer.Exit(1)


def backup(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="A new file, as backup.zip.")],
    data_dir: DataDir = None,
) -> None:
    """Write the whole installation to one file, while it runs or not, and check the file."""
    from commandpost.serve.backup import back_up
    from commandpost.serve.run import read_pipeline_settings

    settings = read_settings(data_dir=data_dir)
    try:
        done = back_up(settings, read_pipeline_settings(settings), file)
    except AppError as refusal:
        fail(refusal.sentence)
    except OSError as error:
        fail(f"{file} can't be written: {error.strerror or error}. No backup was written.")
    typer.echo(f"Wrote and checked {file}: {_carried(done)}. It holds secrets; keep it safe.")


def restore(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="What `backup` wrote.")],
    data_dir: DataDir = None,
) -> None:
    """Fill an empty data directory, and an empty database if one is set, from a backup."""
    from commandpost.serve.restore import restore as fill

    settings = read_settings(data_dir=data_dir)
    try:
        done = fill(settings, file)
    except AppError as refusal:
        fail(refusal.sentence)
    except OSError as error:
        fail(f"{settings.data_dir} can't be written: {error.strerror or error}. It stays empty.")
    typer.echo(f"Restored {_carried(done)}, as of {done.manifest.created_at}.")


def _carried(done: "Done") -> str:
    warehouse = "the warehouse" if done.has_warehouse else "no warehouse (it keeps its own)"
    return (
        f"{done.rows} rows of {len(done.manifest.tables)} tables, "
        f"{len(done.manifest.files)} files with {warehouse}"
    )
