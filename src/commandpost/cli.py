"""The command line: start, migrate, look after users, tokens and telemetry."""

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, Never

import typer
from pydantic import ValidationError

from commandpost.kit.errors import AppError
from commandpost.settings import Settings, wrong_setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from commandpost.kit.db import Database

app = typer.Typer(
    name="commandpost",
    help="Open, self-hosted incident response for teams that live in chat.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
user_app = typer.Typer(help="Look after users.", no_args_is_help=True)
token_app = typer.Typer(help="Personal access tokens.", no_args_is_help=True)
telemetry_app = typer.Typer(help="See and switch what is recorded.", no_args_is_help=True)
app.add_typer(user_app, name="user")
app.add_typer(token_app, name="token")
app.add_typer(telemetry_app, name="telemetry")

DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Where everything is kept.")]


def fail(sentence: str) -> Never:
    """End with one sentence on standard error."""
    typer.secho(sentence, err=True, fg=typer.colors.RED)
    raise typer.Exit(1)


def read_settings(**given: Any) -> Settings:  # noqa: ANN401 - options of any command
    """Return the settings; a wrong value ends with one sentence that names it."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
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


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one.")] = None,
    data_dir: DataDir = None,
    demo: Annotated[bool, typer.Option("--demo", help="Fill an empty server with a demo.")] = False,
) -> None:
    """Run everything in one process: pages, API, worker, data plane, sync, insights."""
    from commandpost.serve.run import run

    settings = read_settings(host=host, port=port, data_dir=data_dir)
    try:
        run(settings, demo=demo, say=typer.echo)
    except AppError as refusal:
        fail(refusal.sentence)
    except OSError as error:
        fail(
            f"{settings.host}:{settings.port} can't be listened on, or a file of "
            f"{settings.data_dir} can't be used: {error.strerror or error}. Nothing was started."
        )


@app.command()
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


@app.command()
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


@user_app.command("create")
def user_create(
    username: Annotated[
        str, typer.Argument(help="1 to 64 letters, digits, dots, dashes and underscores.")
    ],
    admin: Annotated[bool, typer.Option("--admin", help="May administer this server.")] = False,
    team: Annotated[str, typer.Option(help="Name of a team to join; made if missing.")] = "",
    password: Annotated[
        str, typer.Option(envvar="COMMANDPOST_PASSWORD", prompt=True, hide_input=True)
    ] = "",
    data_dir: DataDir = None,
) -> None:
    """Make a user."""
    from commandpost.accounts.actions.teams import join_team_by_name
    from commandpost.accounts.actions.users import create_user
    from commandpost.accounts.actor import CONSOLE

    with opened(data_dir) as (_, database), database.transaction() as session:
        user_id = create_user(
            session, CONSOLE, username=username, password=password, is_admin=admin
        )
        if team:
            join_team_by_name(session, name=team, user_id=user_id)
    typer.echo(f"{username} can sign in.")


@token_app.command("create")
def token_create(
    username: Annotated[str, typer.Argument(help="Whose token it is.")],
    name: Annotated[str, typer.Option(help="What it is for.")] = "command line",
    scope: Annotated[str, typer.Option(help="read or write.")] = "write",
    data_dir: DataDir = None,
) -> None:
    """Print a new personal access token, alone on its line; it is not shown again."""
    from commandpost.accounts.actions.tokens import create_token_for

    with opened(data_dir) as (_, database), database.transaction() as session:
        secret = create_token_for(session, username=username, name=name, scope=scope)
    typer.echo(secret)


@telemetry_app.command("status")
def telemetry_status(data_dir: DataDir = None) -> None:
    """Say the mode in one sentence, and how many events stand where."""
    from commandpost.telemetry.view import status_view

    with opened(data_dir) as (settings, database), database.reading() as session:
        view = status_view(session, settings)
    typer.echo(f"{view.mode}: {view.headline} {view.sentence}")
    for lane in view.lanes:
        counts = ", ".join(f"{count} {state}" for state, count in lane.counts.items())
        typer.echo(f"  {lane.lane}: {counts}")


@telemetry_app.command("preview")
def telemetry_preview(
    limit: Annotated[int, typer.Option(min=1, help="How many events.")] = 5,
    data_dir: DataDir = None,
) -> None:
    """Print the newest recorded events, each exactly as it is sent but for sentAt."""
    from commandpost.outbox.queries import list_recent

    with opened(data_dir) as (_, database), database.reading() as session:
        messages = list_recent(session, lane=None, limit=limit)
    for message in messages:
        typer.echo(message.payload.decode())


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


if __name__ == "__main__":
    app()
