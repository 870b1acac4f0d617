"""A team with a chat in memory, or the whole product behind its doors."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from commandpost.chat.platforms.memory import MemoryPlatform
from commandpost.kit.db import Database
from commandpost.settings import Settings
from commandpost.telemetry.actions import configure
from tests.commandpost.incidents.doors import Stage, set_up
from tests.commandpost.incidents.people import People, make_people


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """One transaction with telemetry configured."""
    with database.writing() as opened:
        configure(opened, Settings(do_not_track=""))
        yield opened


@pytest.fixture
def people(session: Session) -> People:
    return make_people(session)


@pytest.fixture
def platform(people: People) -> MemoryPlatform:
    made = MemoryPlatform()
    made.know(people.ann, people.bea, people.ben, people.dan, people.cid)
    return made


@pytest.fixture
def stage(database: Database) -> Iterator[Stage]:
    """The product with a running incident; its own transactions, so no `session` beside it."""
    made = set_up(database)
    yield made
    made.app.state.marks.write()  # now, while there is a database to write to
