"""`commandpost serve`: the processes that run until they are told to stop."""

from typing import Annotated

import typer

from commandpost.cli.given import DataDir, fail, read_settings
from commandpost.kit.errors import AppError


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
