"""What every test may use: a fixed clock and an empty database of the kind asked for."""

import gc
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from sqlalchemy import URL, Engine, NullPool, create_engine, make_url

from commandpost.kit import clock as application_clock
from commandpost.kit.db import Base, Database
from commandpost.kit.ids import new_id
from commandpost_telemetry.kit import clock as pipeline_clock
from tools.postgres import a_postgres

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, leave out what asks no database: it would only be run again."""
    if config.getoption("--database") == "postgres":
        asks = [item for item in items if "make_database" in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(asks)])
        items[:] = asks


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
    empty = folder / "empty.sqlite"
    _make_tables(f"sqlite:///{empty}")

    @contextmanager
    def copied() -> Iterator[Database]:
        path = folder / f"{new_id()}.sqlite"
        shutil.copy(empty, path)
        made = Database(f"sqlite:///{path}")
        yield made
        made.dispose()
        for left in folder.glob(f"{path.name}*"):
            left.unlink()

    return copied


def _on_postgres(server: URL, admin: Engine) -> Make:
    template = f"template_{new_id()}"
    _say(admin, "CREATE DATABASE {name}", template)
    _make_tables(server.set(database=template).render_as_string(hide_password=False))

    @contextmanager
    def copied() -> Iterator[Database]:
        name = f"test_{new_id()}"
        _say(admin, "CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY", name, template)
        made = Database(server.set(database=name).render_as_string(hide_password=False))
        yield made
        made.dispose()
        _say(admin, "DROP DATABASE {name} WITH (FORCE)", name)

    return copied


def _say(admin: Engine, statement: str, name: str, template: str = "") -> None:
    """Run a statement about whole databases; names are made here, never by anybody else."""
    with admin.connect() as connection:
        connection.exec_driver_sql(statement.format(name=name, template=template))


def _make_tables(url: str) -> None:
    made = Database(url)
    Base.metadata.create_all(made.engine)
    made.dispose()
