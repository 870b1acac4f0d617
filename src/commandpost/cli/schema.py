"""`commandpost migrate` and `commandpost docs`: what is kept in step with the code."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from commandpost.cli.given import DataDir, fail, read_settings


def migrate(
    data_dir: DataDir = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only say whether models and migrations agree.")
    ] = False,
) -> None:
    """Bring the database to this version's schema."""
    from commandpost.kit.migrate import drift, upgrade
    from commandpost.main import open_database

    settings = read_settings(data_dir=data_dir)
    if check:
        _check_migrations()
        return
    database = open_database(settings)
    upgrade(database)
    differences = drift(database)
    database.dispose()
    if differences:
        fail("The migrated schema differs from the models:\n" + "\n".join(differences))
    typer.echo("The database is of this version.")


def _check_migrations() -> None:
    """Migrate an empty database and compare it with the models."""
    from commandpost.kit.db import Database
    from commandpost.kit.migrate import drift, upgrade
    from commandpost.main import METADATA

    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/empty.sqlite")
        upgrade(database)
        differences = drift(database)
        database.dispose()
    if differences:
        fail("A migration is missing:\n" + "\n".join(differences))
    typer.echo(f"{len(METADATA.tables)} tables: migrations and models agree.")


def docs(
    check: Annotated[
        bool, typer.Option("--check", help="Only say whether they are stale.")
    ] = False,
    folder: Annotated[Path, typer.Option(help="Where the documentation lies.")] = Path("docs"),
) -> None:
    """Write the documentation that is generated from the code."""
    from commandpost.telemetry.documentation import telemetry_page_text

    pages = {"telemetry.md": telemetry_page_text()}
    stale = [name for name, text in pages.items() if _read(folder / name) != text]
    if check and stale:
        fail(f"Stale: {', '.join(stale)}. Run `commandpost docs` and commit the result.")
    for name in stale:
        (folder / name).write_text(pages[name], encoding="utf-8")
    typer.echo(
        "The documentation is current." if check else f"Wrote {', '.join(stale) or 'nothing'}."
    )


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
