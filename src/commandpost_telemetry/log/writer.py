"""The thread that writes: groups into the store, the outcome back to those who wait."""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from commandpost_telemetry.log.entry import Request
from commandpost_telemetry.log.errors import LogUnavailableError
from commandpost_telemetry.log.repeats import Packed, made_ready

logger = structlog.get_logger(__name__)

_SYNC_SECONDS = 60.0  # how often what is remembered is put on disk


@dataclass(frozen=True, slots=True)
class Commit:
    """What one commit did, for those who measure."""

    requests: int
    events: int
    repeats: int
    seconds: float


@dataclass(slots=True)
class Waiting:
    request: Request
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[None]


class GroupStore(Protocol):
    """Where groups go; one thread calls it."""

    def write(self, group: Sequence[Packed]) -> int:
        """Make a group durable; return how many messages were repeats."""
        ...

    def sync(self) -> None:
        """Put on disk what may be on disk late."""
        ...

    def close(self) -> None:
        """Leave everything durable and let go."""
        ...


OpenStore = Callable[[], GroupStore]


class Writer:
    """What the thread does: groups into the store, the outcome back to those who wait."""

    def __init__(self, open_store: OpenStore, report: Callable[[Commit], None]) -> None:
        self._open_store = open_store
        self._report = report
        self._store: GroupStore | None = None
        self._synced_at = time.monotonic()

    def write(self, group: Sequence[Waiting]) -> None:
        began = time.perf_counter()
        failure: LogUnavailableError | None = None
        repeats = 0
        try:
            repeats = self._opened().write([made_ready(each.request) for each in group])
        except Exception as error:  # noqa: BLE001 - whatever it was, whoever waits must be told
            failure = LogUnavailableError(f"The log cannot be written ({error}); send it again.")
        _tell(group, failure)
        if failure is None:
            events = sum(each.request.count for each in group)
            self._report(Commit(len(group), events, repeats, time.perf_counter() - began))
            self._sync_now_and_then()
        else:
            logger.error("log_write_failed", error=str(failure), requests=len(group))

    def close(self) -> None:
        if self._store is not None:
            self._store.close()

    def _opened(self) -> GroupStore:
        if self._store is None:
            self._store = self._open_store()
        return self._store

    def _sync_now_and_then(self) -> None:
        if time.monotonic() - self._synced_at > _SYNC_SECONDS and self._store is not None:
            self._synced_at = time.monotonic()
            threading.Thread(target=self._store.sync, daemon=True).start()


def _tell(group: Sequence[Waiting], failure: LogUnavailableError | None) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[Waiting]] = {}
    for each in group:
        by_loop.setdefault(each.loop, []).append(each)
    for loop, waiting in by_loop.items():
        try:
            loop.call_soon_threadsafe(_resolve, waiting, failure)
        except RuntimeError:  # that loop has ended; nobody waits there any more
            continue


def _resolve(waiting: Sequence[Waiting], failure: LogUnavailableError | None) -> None:
    for each in waiting:
        if each.done.done():
            continue
        if failure is None:
            each.done.set_result(None)
        else:
            each.done.set_exception(failure)
