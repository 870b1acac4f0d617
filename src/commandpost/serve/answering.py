"""What every process that answers people does: hear the others, offer the first run, be bounded."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from commandpost.accounts.actions.first_run import offer_setup
from commandpost.kit.db import Database
from commandpost.live.notify import Notifier
from commandpost.settings import Settings
from commandpost_telemetry.collector.protocol import BoundedProtocol

Say = Callable[[str], None]

LONGEST_WISH = 1 << 18  # bytes that a stream may send at once; all the topics it may hear are less
BURST = 20_000  # objects that hundreds of requests at once hold for a moment


def server_of(app: ASGIApp, settings: Settings) -> uvicorn.Server:
    """Return the server, with bounded reading and the proxies that are believed."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        http=BoundedProtocol,
        ws="websockets-sansio",
        ws_max_size=LONGEST_WISH,
        lifespan="on",
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
    )
    return uvicorn.Server(config)


def spare_collections() -> None:
    """Let no collection look again at what is there now, and none run because of a burst.

    With 500 who listen a full one stops everybody for 0.1 s, and finds next to nothing.
    """
    gc.freeze()
    gc.set_threshold(BURST)


@contextmanager
def hearing_others(database: Database) -> Iterator[None]:
    """Tell other processes what this one commits, and hear what they did, while the block runs."""
    notifier = Notifier(database)
    notifier.start()
    try:
        yield
    finally:
        notifier.stop()


def write_marks(app: FastAPI) -> None:
    """Keep what was seen in the last second before a stop."""
    if marks := getattr(app.state, "marks", None):
        marks.write()


def first_run(database: Database, settings: Settings) -> tuple[str, ...]:
    """Return the lines that let the first administrator in, while there is nobody."""
    with database.transaction() as session:
        secret = offer_setup(session)
    if secret is None:
        return ()
    return (
        "Nobody can sign in yet. Make the first administrator at",
        f"{settings.site()}/setup?token={secret}",
    )


def say_all(say: Say, lines: tuple[str, ...]) -> None:
    """Say each line."""
    for line in lines:
        say(line)
