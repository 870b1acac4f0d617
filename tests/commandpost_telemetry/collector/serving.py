"""A data plane on a real socket, and a receiver before it that misbehaves on purpose."""

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import uvicorn
from typing_extensions import override

from commandpost_telemetry.collector import answers
from commandpost_telemetry.collector.answers import Answer
from commandpost_telemetry.collector.protocol import BoundedProtocol
from tests.commandpost_telemetry.collector.given import Plane


@contextmanager
def served(
    plane: Plane, protocol: type[BoundedProtocol] = BoundedProtocol
) -> Iterator[tuple[str, int]]:
    """Serve on a free port of this machine; yield host and port."""
    with served_app(plane.parts.app, protocol) as where:
        yield where


@contextmanager
def served_app(
    app: Any, protocol: type[BoundedProtocol], ws: Any = "none"
) -> Iterator[tuple[str, int]]:
    """Serve any application in the same way."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(
            app,
            http=protocol,
            ws=ws,
            lifespan="off",
            log_level="error",
            access_log=False,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield "127.0.0.1", listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


class Mood(StrEnum):
    """What the receiver does with one request."""

    HONEST = "passes it on and answers"
    BUSY = "429"
    BROKEN = "500"
    SLOW = "holds it until the sender gives up"
    LATE = "passes it on and answers after longer than an impatient sender waits"
    RESETS = "closes without an answer"
    FORGETS = "passes it on and closes without an answer"


PATIENCE = 0.5  # seconds that senders wait for an answer
BUSY = answers.refused(429, "max requests limit reached", retry_after=1)
BROKEN = answers.refused(500, "failed to read body from request")


class Receiver(ThreadingHTTPServer):
    """Stands before a data plane; each mood is shown once, in order, then it is honest."""

    daemon_threads = False

    def __init__(self, target: str, moods: Sequence[Mood]) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.target = target
        self.stopping = threading.Event()
        self._moods = iter(moods)
        self._lock = threading.Lock()

    def next_mood(self) -> Mood:
        with self._lock:
            return next(self._moods, Mood.HONEST)


class _Request(BaseHTTPRequestHandler):
    server: Receiver  # type: ignore[mutable-override]  # only a Receiver makes these

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        match self.server.next_mood():
            case Mood.BUSY:
                self._answer(BUSY)
            case Mood.BROKEN:
                self._answer(BROKEN)
            case Mood.SLOW:
                self.server.stopping.wait(10)
                self._reset()
            case Mood.RESETS:
                self._reset()
            case Mood.FORGETS:
                self._passed_on(body)
                self._reset()
            case Mood.LATE:
                answer = self._passed_on(body)
                self.server.stopping.wait(PATIENCE * 1.5)
                self._answer(answer)
            case Mood.HONEST:
                self._answer(self._passed_on(body))

    def _passed_on(self, body: bytes) -> Answer:
        headers = {
            name: value
            for name, value in self.headers.items()
            if name.lower() not in {"host", "content-length", "connection"}
        }
        given = httpx.post(f"{self.server.target}{self.path}", content=body, headers=headers)
        length = (b"content-length", str(len(given.content)).encode())
        return Answer(given.status_code, [length], given.content)

    def _answer(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name.decode(), value.decode())
        self.end_headers()
        with contextlib.suppress(OSError):  # who has lost patience is gone
            self.wfile.write(answer.body)

    def _reset(self) -> None:
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True

    @override
    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def misbehaving(target: str, moods: Sequence[Mood]) -> Iterator[str]:
    """Receive on a free port; yield the address."""
    receiver = Receiver(target, moods)
    thread = threading.Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{receiver.server_address[1]}"
    finally:
        receiver.stopping.set()
        receiver.shutdown()
        receiver.server_close()
        thread.join()
