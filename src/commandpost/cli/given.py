"""What every command is given: the settings, the database, one sentence when something is wrong."""

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Never

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError

from commandpost.kit.errors import AppError
from commandpost.settings import Settings, wrong_setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from commandpost.kit.db import Database

DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Where everything is kept.")]


def fail(sentence: str) -> Never:
    """End with one sentence on standard error."""
    typer.secho(sentence, err=True, fg=typer.colors.RED)
    raise typer.Exit(1)


def read_settings(**given: Any) -> Settings:  # noqa: ANN401 - options of any command
    """Return the settings; a wrong value ends with one sentence that names it."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except (ValidationError, SettingsError) as error:
        fail(wrong_setting(error, "COMMANDPOST_"))


@contextmanager
def opened(data_dir: Path | None) -> "Iterator[tuple[Settings, Database]]":
    """Give a command the migrated database; a refusal ends with its sentence."""
    from commandpost.kit.migrate import require_current
    from commandpost.main import open_database
    from commandpost.telemetry.actions import configure
    from commandpost.telemetry.queries import find_installation

    settings = read_settings(data_dir=data_dir)
    database = open_database(settings)
    try:
        require_current(database)
        with database.transaction() as session:
            if find_installation(session) is None:  # a command may come before the first start
                configure(session, settings)
        yield settings, database
    except AppError as refusal:
        fail(refusal.sentence)
    finally:
        database.dispose()
