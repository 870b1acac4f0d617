"""Topics between processes: PostgreSQL carries what one process committed to all the others.

The notice is sent inside the transaction, so it leaves with the commit or not at all. SQLite has
one process only and needs none of this.
"""

import threading
from typing import Any

import msgspec
import structlog
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from commandpost.kit.db import Database
from commandpost.kit.ids import new_id
from commandpost.live.hub import EVERYTHING
from commandpost.live.pulse import Pulse

CHANNEL = "commandpost"
AT_ONCE = 100  # topics in one notice; PostgreSQL takes less than 8,000 bytes
LOOK_UP = 1.0  # seconds between looks whether to stop
LONGEST_WAIT = 15.0  # seconds before connecting again
PATIENCE = 10.0  # seconds without a sign of life before the server is asked, and then given up
NOTIFY = text("SELECT pg_notify(:channel, :notice)")
LISTEN = text("LISTEN commandpost")

log = structlog.get_logger()


class Notice(msgspec.Struct):
    """What goes over the wire: which process tells, and what changed."""

    sender: str
    topics: list[str]


class Notifier:
    """Tells the other processes what this one commits, and this one what they did."""

    def __init__(self, database: Database, *, patience: float = PATIENCE) -> None:
        self._database = database
        self._patience = patience
        self._me = new_id()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="notify", daemon=True)
        self.ready = threading.Event()
        """Set while the others are heard."""

    def start(self) -> None:
        """Send and hear from now on; nothing to do on SQLite."""
        if self._database.is_sqlite:
            return
        event.listen(Session, "before_commit", self._send)
        self._thread.start()

    def stop(self) -> None:
        """Send and hear nothing more."""
        if self._database.is_sqlite:
            return
        event.remove(Session, "before_commit", self._send)
        self._stopping.set()
        self._thread.join()

    def _send(self, session: Session) -> None:
        topics = sorted(session.info.get("topics", ()))
        if not topics or session.in_nested_transaction() or not self._is_ours(session):
            return
        for start in range(0, len(topics), AT_ONCE):
            notice = Notice(self._me, topics[start : start + AT_ONCE])
            session.execute(
                NOTIFY, {"channel": CHANNEL, "notice": msgspec.json.encode(notice).decode()}
            )

    def _is_ours(self, session: Session) -> bool:
        return session.get_bind().engine.pool is self._database.engine.pool

    def _run(self) -> None:
        wait = LOOK_UP
        while not self._stopping.is_set():
            try:
                self._hear()
                wait = LOOK_UP
            except (DBAPIError, OSError) as problem:
                self.ready.clear()
                log.warning("connection for notices lost, will try again", problem=str(problem))
                self._stopping.wait(wait)
                wait = min(wait * 2, LONGEST_WAIT)

    def _hear(self) -> None:
        engine = self._database.engine.execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(LISTEN)
            wire: Any = connection.connection.driver_connection
            pulse = Pulse(wire, self._patience)
            look_up = min(LOOK_UP, self._patience)
            self._database.announce(frozenset({EVERYTHING}))  # who knows what was missed
            self.ready.set()
            while not self._stopping.is_set():
                for notice in wire.notifies(timeout=look_up, stop_after=1):
                    self._take(notice.payload)
                pulse.feel()
            connection.invalidate()  # nobody else can use it: it listens, or still has to answer

    def _take(self, payload: str) -> None:
        notice = msgspec.json.decode(payload, type=Notice)
        if notice.sender != self._me:
            self._database.announce(frozenset(notice.topics))
