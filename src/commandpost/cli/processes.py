"""`commandpost serve`, `web` and `worker`: what runs until it is told to stop."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from commandpost.cli.given import DataDir, fail, read_settings
from commandpost.kit.errors import AppError
from commandpost.settings import Settings

Host = Annotated[str | None, typer.Option(help="Address to listen on.")]
Port = Annotated[int | None, typer.Option(help="Port; 0 takes a free one.")]


def serve(
    host: Host = None,
    port: Port = None,
    data_dir: DataDir = None,
    demo: Annotated[bool, typer.Option("--demo", help="Fill an empty server with a demo.")] = False,
) -> None:
    """Run everything in one process: pages, API, worker, data plane, sync, insights."""
    from commandpost.serve.run import run

    settings = read_settings(host=host, port=port, data_dir=data_dir)
    with _refusals_said(settings):
        run(settings, demo=demo, say=typer.echo)


def web(host: Host = None, port: Port = None, data_dir: DataDir = None) -> None:
    """Run pages and API alone; several may share one PostgreSQL, with a `worker` beside them."""
    from commandpost.serve.several import run_web

    settings = read_settings(host=host, port=port, data_dir=data_dir)
    with _refusals_said(settings):
        run_web(settings, say=typer.echo)


def worker(data_dir: DataDir = None) -> None:
    """Run the background alone: relay what is recorded, forget what need not be kept."""
    from commandpost.serve.several import run_worker

    settings = read_settings(data_dir=data_dir)
    with _refusals_said(settings):
        run_worker(settings, say=typer.echo)


@contextmanager
def _refusals_said(settings: Settings) -> Iterator[None]:
    try:
        yield
    except AppError as refusal:
        fail(refusal.sentence)
    except OSError as error:
        fail(
            f"{settings.host}:{settings.port} can't be listened on, or a file of "
            f"{settings.data_dir} can't be used: {error.strerror or error}. Nothing was started."
        )
