"""Engine, Base, and the edge where one request or task is one transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeAlias

from sqlalchemy import (
    URL,
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    String,
    TypeDecorator,
    create_engine,
    event,
)
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeEngine
from typing_extensions import override

from commandpost.kit.ids import LENGTH
from commandpost_telemetry.kit.patience import patience_beside

Listener: TypeAlias = Callable[[frozenset[str]], None]
PRAGMAS = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON")


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: timezone-aware UTC inside, whatever the database stores."""

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = DateTime(timezone=True)
    cache_ok: bool | None = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    @override
    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime()}


def id_type() -> String:
    """Return the column type of an id."""
    return String(LENGTH)


def tell(session: Session, *topics: str) -> None:
    """Name topics that changed; listeners of the database hear them after the commit."""
    session.info.setdefault("topics", set()).update(topics)


class Database:
    """One engine; hands out transactions and tells listeners what each commit changed."""

    def __init__(self, url: str) -> None:
        address = make_url(url)
        self.is_sqlite = address.get_backend_name() == "sqlite"
        self.engine = create_engine(
            address, pool_pre_ping=not self.is_sqlite, hide_parameters=True, **_pool(address)
        )
        if self.is_sqlite:
            _listen_sqlite(self.engine)
        self._writing = self.engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """Call `listener` with the topics of each commit, on the thread that committed."""
        self._listeners.append(listener)

    def reading(self) -> Session:
        """Return a session for a request that only reads."""
        return Session(self.engine, expire_on_commit=False)

    def writing(self) -> Session:
        """Return a session that may write; SQLite takes the write lock at its start."""
        return Session(self._writing, expire_on_commit=False)

    def commit(self, session: Session) -> None:
        """Commit, close, then tell the listeners."""
        session.commit()
        topics = frozenset(session.info.pop("topics", ()))
        session.close()
        if topics:
            self.announce(topics)

    def announce(self, topics: frozenset[str]) -> None:
        """Tell this process's listeners that the topics changed."""
        for listener in self._listeners:
            listener(topics)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One task, one transaction: committed when the block ends, rolled back when it raises."""
        session = self.writing()
        try:
            yield session
            self.commit(session)
        finally:
            session.close()

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def _pool(address: URL) -> dict[str, Any]:
    """Never wait for a connection: the event loop would wait too, and with it who returns one.

    Threads bound how many there are: 40, and those of requests that are about to end.
    """
    if address.get_backend_name() == "sqlite":
        connect = {"timeout": 10, "check_same_thread": False}
        return {"connect_args": connect, "pool_size": 40, "max_overflow": -1}
    patience = patience_beside(address.query)
    return {"connect_args": patience, "pool_size": 10, "max_overflow": -1}


def _listen_sqlite(engine: Engine) -> None:
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin_sqlite
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    begin = connection.get_execution_options().get("sqlite_begin", "BEGIN")
    connection.exec_driver_sql(begin)
