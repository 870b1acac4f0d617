"""What every test may use: a fixed clock and an empty database."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commandpost.kit import clock as application_clock
from commandpost.kit.db import Base, Database
from commandpost_telemetry.kit import clock as pipeline_clock

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def at_noon() -> Iterator[datetime]:
    """Both clocks stand at noon; `clock.set` moves them."""
    application_clock.clock.set(NOON)
    pipeline_clock.clock.set(NOON)
    yield NOON
    application_clock.clock.reset()
    pipeline_clock.clock.reset()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with every table, made once: copying it is faster than making the tables."""
    path = tmp_path_factory.mktemp("database") / "empty.sqlite"
    made = Database(f"sqlite:///{path}")
    Base.metadata.create_all(made.engine)
    made.dispose()
    return path


@pytest.fixture
def database(tmp_path: Path, empty_database: Path) -> Iterator[Database]:
    """An empty database with every table."""
    path = tmp_path / "test.sqlite"
    shutil.copy(empty_database, path)
    made = Database(f"sqlite:///{path}")
    yield made
    made.dispose()
