"""A data plane that misbehaves on purpose: a real HTTP server that answers as it is told."""

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from typing_extensions import override


@dataclass
class Reply:
    """One answer; `drops` closes the connection after reading, without an answer."""

    status: int = 200
    body: bytes = b"ok"
    headers: dict[str, str] = field(default_factory=dict)
    drops: bool = False
    resets: bool = False  # ends the connection half-way, with the body unread
    hangs: bool = False  # reads the request and then keeps still until the test is over


@dataclass
class Receiver:
    """What came in, and what will be answered: the list first, then `otherwise` for good."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    otherwise: Reply = field(default_factory=Reply)
    refuses: str = ""  # a message id that makes a batch unacceptable
    most: int = 1_000_000  # messages in one batch; more are 413

    def messages(self) -> list[dict[str, Any]]:
        """Return every message that came in, in order, repeats included."""
        return [m for body in self.bodies for m in json.loads(gzip.decompress(body))["batch"]]

    def resets(self) -> bool:
        """Return whether this request is broken off before its body is read."""
        return bool(self.replies and self.replies[0].resets and self.replies.pop(0))

    def answer(self, body: bytes) -> Reply:
        self.bodies.append(body)
        if self.refuses and self.refuses in gzip.decompress(body).decode():
            return Reply(400, b"event is not a valid rudder event\n")
        if len(json.loads(gzip.decompress(body))["batch"]) > self.most:
            return Reply(413, b"request is too large\n")
        return self.replies.pop(0) if self.replies else self.otherwise


@contextmanager
def a_receiver() -> Iterator[Receiver]:
    """Listen on a free port of this machine while the test runs."""
    receiver = Receiver()
    released = threading.Event()

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            if receiver.resets():
                self.close_connection = True
                return
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.headers.append({name.lower(): value for name, value in self.headers.items()})
            reply = receiver.answer(body)
            if reply.hangs:
                released.wait(60)
            if reply.drops or reply.hangs:
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        @override
        def log_message(self, format: str, *args: object) -> None:
            pass  # a test's output is its assertions

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        released.set()
        server.shutdown()
        server.server_close()
        thread.join()
