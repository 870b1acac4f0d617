"""HTTP/1.1 for uvicorn with bounds on request heads: how long they may take, how large they are."""

import asyncio
from typing import ClassVar

from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_TOO_LARGE = b"request headers are too large\n"
_REFUSAL = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: text/plain; charset=utf-8\r\n"
    b"content-length: %d\r\nconnection: close\r\n\r\n%b" % (len(_TOO_LARGE), _TOO_LARGE)
)


class BoundedProtocol(HttpToolsProtocol):
    """Closes connections whose request head does not come in time or does not end."""

    head_seconds: ClassVar[float] = 15.0
    head_bytes: ClassVar[int] = 64 << 10

    _is_awaiting_head = True
    _head_size = 0
    _deadline: asyncio.TimerHandle | None = None

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait_for_head()

    @override
    def data_received(self, data: bytes) -> None:
        """Take bytes; those of an unfinished head are counted."""
        super().data_received(data)
        if not self._is_awaiting_head:
            return
        self._head_size += len(data)
        if self._head_size > self.head_bytes:
            self.transport.write(_REFUSAL)
            self.transport.close()
        elif self._deadline is None:
            self._wait_for_head()

    @override
    def on_message_begin(self) -> None:
        """Note that a head begins."""
        self._is_awaiting_head = True
        self._head_size = 0
        super().on_message_begin()

    @override
    def on_headers_complete(self) -> None:
        """Note that a head is whole."""
        self._is_awaiting_head = False
        self._stop_waiting()
        super().on_headers_complete()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait_for_head(self) -> None:
        self._deadline = self.loop.call_later(self.head_seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        self.transport.close()
