"""One product for each file of rows; what a test does, it does to incidents of its own."""

from collections.abc import Iterator

import pytest

from commandpost.kit.db import Database
from tests.commandpost.incidents.doors import Stage, set_up
from tests.conftest import Make


@pytest.fixture(scope="module")
def stage(make_database: Make) -> Iterator[Stage]:
    """Bea commands, Ben is inside, Dan is of the team, Cid of another, Ann administers."""
    with make_database() as database:
        made = set_up(database)
        yield made
        made.app.state.marks.write()  # now, while there is a database to write to


@pytest.fixture
def own_stage(database: Database) -> Iterator[Stage]:
    """One for a test alone, where what others did before would show."""
    made = set_up(database)
    yield made
    made.app.state.marks.write()  # now, while there is a database to write to
