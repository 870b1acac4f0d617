"""`commandpost user` and `commandpost token`."""

from typing import Annotated

import typer

from commandpost.cli.given import DataDir, opened

user_app = typer.Typer(name="user", help="Look after users.", no_args_is_help=True)
token_app = typer.Typer(name="token", help="Personal access tokens.", no_args_is_help=True)


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
