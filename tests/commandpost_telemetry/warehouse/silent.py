"""A way to a server that falls silent: once certain words were sent, no answer comes through."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Condition, Thread

import psycopg


class Way:
    """A port of its own before a server; who comes while it is silent is sent away."""

    def __init__(self, reach: Callable[[], socket.socket]) -> None:
        self._reach = reach
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._changed = Condition()
        self._words: bytes | None = None
        self._turns = 0
        self._is_silent = False
        self._open: set[socket.socket] = set()
        self._threads = [Thread(target=self._accept)]
        self._threads[0].start()

    def fall_silent(self, words: bytes, *, turn: int = 1) -> None:
        """Forward these words when they are sent for that time, and no answer from then on."""
        with self._changed:
            self._words, self._turns = words, turn

    def heal(self) -> None:
        """Cut what hangs and forward again."""
        with self._changed:
            self._words, self._is_silent = None, False
            self._cut()
            self._changed.notify_all()

    def close(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.heal()
        for thread in self._threads:
            thread.join()

    def _cut(self) -> None:
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                with self._changed:
                    if self._is_silent:
                        client.close()
                        continue
                    server = self._reach()
                    self._open |= {client, server}
                pumps = [
                    Thread(target=self._pump, args=(client, server, self._hears)),
                    Thread(target=self._pump, args=(server, client, self._may_answer)),
                ]
                self._threads += pumps
                for pump in pumps:
                    pump.start()

    def _pump(
        self, source: socket.socket, target: socket.socket, passes: Callable[[bytes], bool]
    ) -> None:
        with suppress(OSError):
            while (data := source.recv(65536)) and passes(data):
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)
        with self._changed:
            self._open.discard(source)
        source.close()

    def _hears(self, data: bytes) -> bool:
        with self._changed:
            if self._words is not None:
                self._turns -= data.count(self._words)
                self._is_silent = self._turns <= 0
        return True

    def _may_answer(self, _data: bytes) -> bool:
        """Wait as long as nothing comes through; what waited is lost."""
        with self._changed:
            if not self._is_silent:
                return True
            self._changed.wait_for(lambda: not self._is_silent)
            return False


def reached(url: str) -> socket.socket:
    """Connect to where the server listens, a path or a port."""
    with psycopg.connect(url) as connection:
        host, port = connection.info.host, connection.info.port
    if not host.startswith("/"):
        return socket.create_connection((host, port))
    found = socket.socket(socket.AF_UNIX)
    found.connect(f"{host}/.s.PGSQL.{port}")
    return found


@contextmanager
def a_way(reach: Callable[[], socket.socket]) -> Iterator[Way]:
    way = Way(reach)
    try:
        yield way
    finally:
        way.close()
