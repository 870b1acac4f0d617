"""The questions that a database is asked."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from commandpost.kit.db import Database


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """What the database is asked meanwhile; its engine serves other tests after this one."""
    asked: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not isinstance(threading.current_thread(), threading.Timer):  # marks come when they do
            asked.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    assert asked, "Nothing was heard, so numbers of questions would be alike whatever happens."
