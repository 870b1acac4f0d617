"""HTTP/1.1 for uvicorn with bounds: on connections, and on what a request may take of each."""

import asyncio
import resource
import sys
from typing import ClassVar

import httptools
from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from commandpost_telemetry.collector.asked import MALFORMED


def _refusal(status: bytes, message: bytes, *more: bytes) -> bytes:
    headers = (
        b"content-type: text/plain; charset=utf-8",
        b"content-length: %d" % (len(message) + 1),
        b"connection: close",
        *more,
    )
    return b"HTTP/1.1 %b\r\n%b\r\n\r\n%b\n" % (status, b"\r\n".join(headers), message)


_TOO_LARGE = _refusal(b"431 Request Header Fields Too Large", b"request headers are too large")
_TOO_MANY = _refusal(b"503 Service Unavailable", b"too many connections", b"retry-after: 5")


def _connections(wanted: int = 8192) -> int:
    """Return how many connections there may be: files have half of the descriptors at least."""
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return wanted if descriptors == resource.RLIM_INFINITY else min(wanted, descriptors // 2)


class BoundedProtocol(HttpToolsProtocol):
    """Closes connections whose requests do not come in time or do not end, and one too many."""

    connections_at_once: ClassVar[int] = _connections()
    head_seconds: ClassVar[float] = 15.0
    body_seconds: ClassVar[float] = 60.0
    head_bytes: ClassVar[int] = 64 << 10

    _is_head_due = True
    _is_body_due = False
    _size = 0  # of this request without its body, which pardons as much of what frames it
    _deadline: asyncio.TimerHandle | None = None
    _data = b""  # what the parser is given
    _again = b""  # what it is to be given next
    _is_declined = False  # the other protocol that this request offers

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to wait for the first request, or send away who is one too many."""
        super().connection_made(transport)
        if len(self.connections) > self.connections_at_once:
            self._close(_TOO_MANY)
        else:
            self._wait()

    @override
    def data_received(self, data: bytes) -> None:
        """Take bytes; those of an unfinished request are counted, unless they are its body."""
        self._size += len(data)
        self._again = data
        while self._again and not self.transport.is_closing():
            self._data, self._again = self._again, b""
            super().data_received(self._data)
        self._data = b""
        if self._size > self.head_bytes:
            self._close(_TOO_LARGE if self._is_head_due else b"")
        elif self._deadline is None and self._is_awaited():
            self._wait()

    @override
    def on_message_begin(self) -> None:
        """Note that a head begins."""
        self._is_head_due = True
        super().on_message_begin()

    @override
    def on_headers_complete(self) -> None:
        """Note that a head is whole, and that its body is due."""
        self._stop_waiting()
        self._is_head_due = False
        self._is_body_due = not self.parser.should_upgrade()
        self._is_declined = self._offers_what_nobody_speaks()
        if not self._is_declined:
            self.scope["headers"] = [*self.headers]  # fields behind a body stay out of it
            super().on_headers_complete()

    @override
    def on_body(self, body: bytes) -> None:
        """Take a piece of a body."""
        self._size = max(0, self._size - 2 * len(body))
        super().on_body(body)

    @override
    def on_message_complete(self) -> None:
        """Note that a request is whole."""
        self._stop_waiting()
        self._is_body_due = False
        self._size = 0
        if not self._is_declined:
            super().on_message_complete()

    @override
    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP; whoever waits for the rest of a body is told so."""
        if self._is_body_due:
            self.scope[MALFORMED] = True  # type: ignore[literal-required]  # a key of our own
        super().send_400_response(msg)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    @override
    def _unsupported_upgrade_warning(self) -> None:
        """Go on as if nothing had been offered: the parser has let go of the body."""
        if not self._is_declined:
            return
        fields = b"".join(b"%b: %b\r\n" % each for each in self.headers if each[0] != b"upgrade")
        version = self.parser.get_http_version().encode()
        line = b"%b %b HTTP/%b\r\n" % (self.parser.get_method(), self.url, version)
        stopped = sys.exception()  # it says how far the parser has come
        rest = self._data[stopped.args[0] :] if stopped else b""
        self.parser = httptools.HttpRequestParser(self)
        self._again = (
            line + fields + b"\r\n" + rest
        )  # not from here: each of many would go a step deeper

    @override
    def handle_websocket_upgrade(self) -> None:
        """Hand a WebSocket on; one with lines that its reader refuses is told so and closed.

        Without this it would be kept open for ever, and never answered.
        """
        super().handle_websocket_upgrade()
        stream = self.transport.get_protocol()
        if isinstance(stream, WebSocketsSansIOProtocol) and stream.conn.handshake_exc is not None:
            self._close(b"".join(stream.conn.data_to_send()))

    def _offers_what_nobody_speaks(self) -> bool:
        if not self.parser.should_upgrade() or self._should_upgrade():
            return False
        return any(name == b"upgrade" for name, _ in self.headers)

    def _is_awaited(self) -> bool:
        """Return whether the sender owes something: what is sent after an answer begins a request.

        Empty lines do so too, which the parser passes over. A WebSocket owes nothing.
        """
        if self.transport.get_protocol() is not self:
            return False
        is_idle = getattr(self.cycle, "response_complete", False)  # there is none at first
        return self._is_head_due or self._is_body_due or is_idle

    def _wait(self) -> None:
        seconds = self.body_seconds if self._is_body_due else self.head_seconds
        self._deadline = self.loop.call_later(seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        self._close()

    def _close(self, answer: bytes = b"") -> None:
        if not self.transport.is_closing():
            self.transport.write(answer)
            self.transport.close()
