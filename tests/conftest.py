"""What every test may use: a fixed clock and an empty database."""

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


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty database with every table."""
    made = Database(f"sqlite:///{tmp_path / 'test.sqlite'}")
    Base.metadata.create_all(made.engine)
    yield made
    made.dispose()
