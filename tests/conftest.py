"""What every test may use: a fixed clock and an empty database of the kind asked for."""

import gc
import shutil
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from itertools import chain, zip_longest
from pathlib import Path

import pytest
import structlog
from sqlalchemy import URL, Engine, NullPool, Row, create_engine, make_url

from commandpost.kit import clock as application_clock
from commandpost.kit.db import Base, Database
from commandpost.kit.ids import new_id
from commandpost_telemetry.kit import clock as pipeline_clock
from tools.postgres import a_postgres

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

OTHERS_END = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
COUNT_ANEW = "SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_catalog.pg_sequence"
SHAPE = (
    "SELECT oid, relname, relfilenode, relnatts, relchecks, relhastriggers FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace ORDER BY oid"
)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol() -> Generator[None, object, object]:
    """Collect garbage between tests, never inside one; forget how logs were configured.

    What a finalizer complains of is formatted by building a syntax tree; when that happens while a
    test or pytest builds one, CPython 3.11 ends both with a SystemError (its gh-106905).
    """
    gc.disable()
    try:
        return (yield)
    finally:
        structlog.reset_defaults()  # what a command configured ends with its test
        gc.enable()
        gc.collect(1)


@pytest.fixture
def at_noon() -> Iterator[datetime]:
    """Both clocks stand at noon; `clock.set` moves them."""
    application_clock.clock.set(NOON)
    pipeline_clock.clock.set(NOON)
    yield NOON
    application_clock.clock.reset()
    pipeline_clock.clock.reset()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgres"), default="sqlite")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, leave out what asks no database: it would only be run again."""
    if config.getoption("--database") == "postgres":
        asks = [item for item in items if "make_database" in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(asks)])
        items[:] = asks
    items[:] = _slow_ones_early(items)


def _slow_ones_early(items: list[pytest.Item]) -> list[pytest.Item]:
    """Let slow files take turns with others, so that none is begun when all else is done."""
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    slow = [
        each for each in files.values() if any(item.get_closest_marker("slow") for item in each)
    ]
    quick = [each for each in files.values() if each not in slow]
    turns = chain.from_iterable(zip_longest(slow, quick, fillvalue=[]))
    return list(chain.from_iterable(turns))


Make = Callable[[], AbstractContextManager[Database]]


@pytest.fixture(scope="session")
def make_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Make]:
    """How a test gets an empty database: a copy of one that was made once."""
    if request.config.getoption("--database") == "sqlite":
        yield _on_sqlite(tmp_path_factory.mktemp("database"))
        return
    with a_postgres() as address:
        server = make_url(address.replace("postgresql://", "postgresql+psycopg://", 1))
        admin = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        yield _on_postgres(server, admin)


@pytest.fixture
def database(make_database: Make) -> Iterator[Database]:
    """An empty database with every table."""
    with make_database() as made:
        yield made


def _on_sqlite(folder: Path) -> Make:
    template = folder / "empty.sqlite"
    _make_tables(f"sqlite:///{template}")
    free: list[Database] = []

    @contextmanager
    def lent() -> Iterator[Database]:
        made = free.pop() if free else Database(f"sqlite:///{folder / new_id()}.sqlite")
        path = Path(made.engine.url.database or "")
        shutil.copy(template, path)
        yield made
        _forget_the_test(made)
        for left in folder.glob(f"{path.name}*"):
            left.unlink()
        free.append(made)

    return lent


def _on_postgres(server: URL, admin: Engine) -> Make:
    template = f"template_{new_id()}"
    _say(admin, "CREATE DATABASE {name}", template)
    _make_tables(_address(server, template))
    shape = _shape_of(_address(server, template))
    free: list[Database] = []

    @contextmanager
    def lent() -> Iterator[Database]:
        made = free.pop() if free else Database(_address(server, _a_copy(admin, template)))
        yield made
        _forget_the_test(made)
        address = made.engine.url.render_as_string(hide_password=False)
        if _shape_of(address) == shape:
            _empty(address)  # faster than to copy hundreds of files
            free.append(made)
        else:
            _say(admin, "DROP DATABASE {name} WITH (FORCE)", made.engine.url.database or "")

    return lent


def _forget_the_test(database: Database) -> None:
    """Keep of it only what its engine knows: how statements are compiled."""
    database.dispose()
    database._listeners.clear()  # noqa: SLF001 - outside of tests they live as long as it


def _address(server: URL, name: str) -> str:
    return server.set(database=name).render_as_string(hide_password=False)


def _a_copy(admin: Engine, template: str) -> str:
    name = f"test_{new_id()}"
    _say(admin, "CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY", name, template)
    return name


def _shape_of(address: str) -> Sequence[Row[tuple[object, ...]]]:
    """End all other connections and tell what is there, apart from rows."""
    with create_engine(address, poolclass=NullPool).begin() as connection:
        connection.exec_driver_sql(OTHERS_END)
        return connection.exec_driver_sql(SHAPE).all()


def _empty(address: str) -> None:
    with create_engine(address, poolclass=NullPool).begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # in any order
        for table in Base.metadata.tables.values():
            connection.execute(table.delete())
        connection.exec_driver_sql(COUNT_ANEW)


def _say(admin: Engine, statement: str, name: str, template: str = "") -> None:
    """Run a statement about whole databases; names are made here, never by anybody else."""
    with admin.connect() as connection:
        connection.exec_driver_sql(statement.format(name=name, template=template))


def _make_tables(url: str) -> None:
    made = Database(url)
    Base.metadata.create_all(made.engine)
    made.dispose()
