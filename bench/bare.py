"""A bare Starlette route that answers given bytes: what one core could do at most."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PATH = "/api/v1/incidents/{id}"


@contextmanager
def running(body: bytes, *, cpu: int | None = None) -> Iterator[str]:
    """Start the route in a process of its own and return its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "bench.bare", str(port)]
    pinned = command if cpu is None else ["taskset", "-c", str(cpu), *command]
    process = subprocess.Popen(pinned, stdin=subprocess.PIPE)
    try:
        _give(process, body)
        url = f"http://127.0.0.1:{port}"
        _wait_for(url)
        yield url
    finally:
        process.terminate()
        process.wait()


def _give(process: subprocess.Popen[bytes], body: bytes) -> None:
    if process.stdin is not None:
        process.stdin.write(body)
        process.stdin.close()


def _wait_for(url: str) -> None:
    while True:
        try:
            httpx.get(url, timeout=1)
        except httpx.TransportError:
            time.sleep(0.02)
        else:
            return


def serve(port: int, body: bytes) -> None:
    """Answer the same bytes to everybody who shows a token."""

    async def answer(request: Request) -> Response:
        known = request.headers.get("authorization") is not None and request.path_params["id"]
        return Response(body, 200 if known else 401, media_type="application/json")

    app = Starlette(routes=[Route(PATH, answer)])
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.stdin.buffer.read())
