"""The command line: start, keep, look after users, tokens and telemetry."""

import typer

from commandpost.cli.people import token_app, user_app
from commandpost.cli.processes import serve, web, worker
from commandpost.cli.schema import docs, migrate
from commandpost.cli.telemetry import telemetry_app
from commandpost.cli.upkeep import backup, doctor, restore

app = typer.Typer(
    name="commandpost",
    help="Open, self-hosted incident response for teams that live in chat.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for command in (serve, web, worker, migrate, doctor, backup, restore, docs):
    app.command()(command)
for group in (user_app, token_app, telemetry_app):
    app.add_typer(group)
