"""Migrations bring any database to what the models say, and back."""

from pathlib import Path

import pytest
from sqlalchemy import inspect

from commandpost.kit.db import Database
from commandpost.kit.migrate import (
    SchemaIsBehind,
    downgrade,
    drift,
    is_current,
    require_current,
    upgrade,
)
from commandpost.main import METADATA


@pytest.fixture
def fresh(tmp_path: Path):
    made = Database(f"sqlite:///{tmp_path / 'fresh.sqlite'}")
    yield made
    made.dispose()


def test_a_migrated_database_is_what_the_models_say(fresh):
    upgrade(fresh)

    assert drift(fresh) == []
    assert is_current(fresh)


def test_migrating_twice_changes_nothing(fresh):
    upgrade(fresh)
    upgrade(fresh)

    assert drift(fresh) == []


def test_every_migration_can_be_undone(fresh):
    upgrade(fresh)
    downgrade(fresh, "base")

    assert inspect(fresh.engine).get_table_names() == ["alembic_version"]
    upgrade(fresh)
    assert set(METADATA.tables) < set(inspect(fresh.engine).get_table_names())


def test_an_older_schema_is_refused_with_what_to_do(fresh):
    with pytest.raises(SchemaIsBehind, match="commandpost migrate"):
        require_current(fresh)
