"""Who listens to which topic: commits tell it on any thread, listeners hear it in the event loop.

A listener keeps a set of changed topics, not a queue: however fast things change, it never holds
more than it listens to, and what changed twice is told once.
"""

import asyncio
import contextlib
import threading
from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from commandpost.kit.db import Database

EVERYTHING = "*"  # told when nobody knows what was missed: all listeners hear all their topics


class Listener:
    """One connection: what it listens to, and what changed since it was last told."""

    def __init__(self) -> None:
        self.topics: frozenset[str] = frozenset()
        self._changed: set[str] = set()
        self._wake = asyncio.Event()

    def hear(self, topic: str) -> None:
        """Note that a topic changed; in the event loop only."""
        self._changed.add(topic)
        self._wake.set()

    async def changes(self) -> frozenset[str]:
        """Wait until something changed and return all that did."""
        await self._wake.wait()
        self._wake.clear()
        changed = frozenset(self._changed)
        self._changed.clear()
        return changed


class Hub:
    """The listeners of this process by topic."""

    def __init__(self, database: Database | None = None) -> None:
        self._listeners: dict[str, set[Listener]] = {}
        self._pending: set[str] = set()
        self._lock = threading.Lock()  # guards _pending, which other threads fill
        self._loop: asyncio.AbstractEventLoop | None = None
        if database is not None:
            database.listen(self.publish)

    def publish(self, topics: Iterable[str]) -> None:
        """Tell who listens that topics changed; from any thread, never waits."""
        loop = self._loop
        if loop is None or loop.is_closed():
            return  # nobody ever listened
        with self._lock:
            is_first = not self._pending
            self._pending.update(topics)
        if is_first:
            with contextlib.suppress(RuntimeError):  # the loop closed just now: the process ends
                loop.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        with self._lock:
            topics, self._pending = self._pending, set()
        for topic in self._listeners if EVERYTHING in topics else topics:
            for listener in self._listeners.get(topic, ()):
                listener.hear(topic)

    def listen(self, listener: Listener, topics: AbstractSet[str]) -> None:
        """Let a listener hear these topics instead of those before; in the event loop only."""
        self._loop = asyncio.get_running_loop()
        for gone in listener.topics - topics:
            self._forget(listener, gone)
        for topic in topics - listener.topics:
            self._listeners.setdefault(topic, set()).add(listener)
        listener.topics = frozenset(topics)

    def leave(self, listener: Listener) -> None:
        """Let a listener hear nothing more."""
        self.listen(listener, frozenset())

    def _forget(self, listener: Listener, topic: str) -> None:
        listeners = self._listeners.get(topic)
        if listeners is not None:
            listeners.discard(listener)
            if not listeners:
                del self._listeners[topic]

    def count(self) -> int:
        """Return how many connections listen."""
        return len(set().union(*self._listeners.values()) if self._listeners else ())
