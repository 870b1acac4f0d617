"""What waits to be written: bounded, taken in groups by one thread."""

import asyncio
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue

from commandpost_telemetry.log.entry import Request
from commandpost_telemetry.log.errors import LogUnavailableError
from commandpost_telemetry.log.limits import LogLimits
from commandpost_telemetry.log.writer import Commit, OpenStore, Waiting, Writer


class WriteQueue:
    """Between those who wait for durability and the thread that gives it."""

    def __init__(
        self, open_store: OpenStore, limits: LogLimits, report: Callable[[Commit], None]
    ) -> None:
        self._open_store = open_store
        self._limits = limits
        self._report = report
        self._queue: SimpleQueue[Waiting | None] = SimpleQueue()
        self._queued_bytes = 0
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._closed = False

    async def put(self, request: Request) -> None:
        """Return once the request is durable as a whole."""
        self._start()
        size = len(request.lines)
        loop = asyncio.get_running_loop()
        waiting = Waiting(request, loop, loop.create_future())
        self._queued_bytes += size
        try:
            self._queue.put(waiting)
            await waiting.done
        finally:
            self._queued_bytes -= size

    def check(self, size: int) -> None:
        """Raise `LogUnavailableError` when `size` more bytes may not wait."""
        if self._closed:
            raise LogUnavailableError("The log is closed; nothing was kept, send it again.")
        if self._queued_bytes + size > self._limits.queue_bytes:
            raise LogUnavailableError("Too much waits for the disk; send it again in a moment.")

    def close(self) -> None:
        """Write what is queued and stop."""
        with self._starting:
            self._closed = True
            if self._thread is None:
                return
            self._queue.put(None)
        self._thread.join()

    def _start(self) -> None:
        if self._thread is None:
            with self._starting:
                if self._thread is None:
                    self._thread = threading.Thread(
                        target=self._write_until_closed, name="telemetry-log", daemon=True
                    )
                    self._thread.start()

    def _write_until_closed(self) -> None:
        writer = Writer(self._open_store, self._report)
        while (group := self._next_group()) is not None:
            writer.write(group)
        writer.close()

    def _next_group(self) -> list[Waiting] | None:
        first = self._queue.get()
        if first is None:
            return None
        group = [first]
        size = len(first.request.lines)
        while size < self._limits.group_bytes:
            try:
                waiting = self._queue.get_nowait()
            except Empty:
                break
            if waiting is None:
                self._queue.put(None)  # to be met again as the first of the next group
                break
            group.append(waiting)
            size += len(waiting.request.lines)
        return group
