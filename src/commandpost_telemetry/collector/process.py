"""The data plane alone: one process or several that share a port and a log."""

import gc
import os
import socket
import sys
from collections.abc import Callable
from contextlib import closing

import structlog
import uvicorn
from starlette.concurrency import run_in_threadpool
from uvicorn.supervisors import Multiprocess

from commandpost_telemetry.collector.asked import Scope
from commandpost_telemetry.collector.body import Receive
from commandpost_telemetry.collector.protocol import BoundedProtocol
from commandpost_telemetry.collector.service import DataPlane, open_data_plane
from commandpost_telemetry.collector.web import Send
from commandpost_telemetry.settings import Settings


class Alone:
    """Opens the data plane when its process starts and closes it when it ends."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._parts: DataPlane | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass requests on."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._parts is not None:
            await self._parts.app(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        log_to_standard_error()
        self._parts = await run_in_threadpool(open_data_plane, self._settings)
        gc.freeze()  # what is there now stays: no collection has to look at it again
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await run_in_threadpool(self._parts.close)
        await send({"type": "lifespan.shutdown.complete"})


def log_to_standard_error() -> None:
    """Write what happens as JSON lines: standard output says where the data plane is."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )


def from_environment() -> Alone:
    """Return the application of a child process, which knows its settings by the environment."""
    return Alone(Settings())


def collect(
    settings: Settings,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    processes: int = 1,
    say: Callable[[str], None] = print,
) -> None:
    """Take events until told to stop; the address is said on one line once the port is held."""
    with closing(socket.create_server((host, port), backlog=2048)) as listening:
        address = f"http://{host}:{listening.getsockname()[1]}"
        if processes == 1:
            config = _config(Alone(settings))
            say(f"ready {address}")
            uvicorn.Server(config).run(sockets=[listening])
            return
        os.environ["COMMANDPOST_DATA_DIR"] = str(settings.data_dir)
        config = _config(f"{__name__}:from_environment", processes=processes)
        say(f"ready {address}")
        Multiprocess(config, sockets=[listening]).run()


def _config(app: Alone | str, *, processes: int = 1) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        workers=processes,
        http=BoundedProtocol,
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        proxy_headers=False,  # the first proxy is read from the header itself
        timeout_graceful_shutdown=10,
    )
