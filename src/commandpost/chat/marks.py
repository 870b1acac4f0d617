"""Who has seen what, gathered for a moment: a post that hundreds watch is one write, not hundreds.

What is gathered is lost when the process dies; then something seen counts as unread.
"""

import threading

import structlog
from fastapi import Request
from sqlalchemy.exc import DBAPIError

from commandpost.chat.actions.members import mark_read
from commandpost.chat.errors import ChannelNotFound
from commandpost.chat.queries.channels import ChannelRow, Seen
from commandpost.kit.db import Database

GATHER = 1.0  # seconds

log = structlog.get_logger()


class Marks:
    """Marks channels as read a moment after they were seen, in a thread of its own."""

    def __init__(self, database: Database, *, gather: float = GATHER) -> None:
        self._database = database
        self._gather = gather
        self._lock = threading.Lock()
        self._seen: dict[str, dict[str, Seen]] = {}

    def note(self, user_id: str, channel: ChannelRow) -> None:
        """Note that somebody saw a channel as it is here; from any thread, never waits."""
        with self._lock:
            is_first = not self._seen
            seen_by = self._seen.setdefault(channel.id, {})
            seen_by[user_id] = max(channel.seen, seen_by.get(user_id, channel.seen))
        if is_first:
            timer = threading.Timer(self._gather, self.write)
            timer.daemon = True
            timer.start()

    def write(self) -> None:
        """Write what was gathered, channel by channel."""
        with self._lock:
            seen, self._seen = self._seen, {}
        for channel_id, seen_by in seen.items():
            try:
                with self._database.transaction() as session:
                    mark_read(session, channel_id, seen_by)
            except (ChannelNotFound, DBAPIError) as problem:  # seen again, marked again
                log.warning("reading not marked", channel_id=channel_id, problem=str(problem))


def marks_of(request: Request) -> Marks:
    """Return what gathers the marks of this application."""
    state = request.app.state
    if not hasattr(state, "marks"):
        state.marks = Marks(state.database)
    marks: Marks = state.marks
    return marks
