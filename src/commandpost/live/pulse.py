"""Whether a PostgreSQL server is still there, asked on a connection that only listens.

A host that vanishes ends nothing: who only listens would wait for hours and miss what is told.
"""

from time import monotonic
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from psycopg import Connection

ASK = b"SELECT 1"

log = structlog.get_logger()


class Pulse:
    """Asks now and then, never waits for the answer, and closes what stays silent."""

    def __init__(self, wire: "Connection", patience: float) -> None:
        self._wire = wire
        self._patience = patience
        self._since = monotonic()
        self._is_asked = False

    def feel(self) -> None:
        """Take the answer if it is there; call it as often as the connection was listened to."""
        waited = monotonic() - self._since
        if self._is_asked and self._has_answered():
            self._turn(is_asked=False)
        elif waited > self._patience and not self._is_asked:
            self._wire.pgconn.send_query(ASK)
            self._wire.pgconn.flush()
            self._turn(is_asked=True)
        elif waited > self._patience:
            log.warning("PostgreSQL says nothing", seconds=self._patience)
            self._wire.close()  # the next that is asked of it fails as for any lost connection

    def _turn(self, *, is_asked: bool) -> None:
        self._is_asked = is_asked
        self._since = monotonic()

    def _has_answered(self) -> bool:
        while not self._wire.pgconn.is_busy():
            if self._wire.pgconn.get_result() is None:
                return True
        return False
