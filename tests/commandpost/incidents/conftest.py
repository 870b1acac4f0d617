"""A team with a chat in memory: Ann administers, Ben is a member, Cid is of another team."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.chat.platforms.memory import MemoryPlatform
from commandpost.kit.db import Database
from commandpost.settings import Settings
from commandpost.telemetry.actions import configure
from tests.commandpost.accounts import given


@dataclass(frozen=True, slots=True)
class People:
    """Bea starts incidents, Ben joins them, Dan is of the team only, Cid of another one."""

    team_id: str
    other_team_id: str
    ann: Actor
    bea: Actor
    ben: Actor
    dan: Actor
    cid: Actor


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """One transaction with telemetry configured."""
    with database.writing() as opened:
        configure(opened, Settings(do_not_track=""))
        yield opened


@pytest.fixture
def people(session: Session) -> People:
    team, other = given.a_team(session, "demo"), given.a_team(session, "other")
    return People(
        team,
        other,
        ann=given.an_actor(session, "ann", is_admin=True),
        bea=given.an_actor(session, "bea", teams=[team]),
        ben=given.an_actor(session, "ben", teams=[team]),
        dan=given.an_actor(session, "dan", teams=[team]),
        cid=given.an_actor(session, "cid", teams=[other]),
    )


@pytest.fixture
def platform(people: People) -> MemoryPlatform:
    made = MemoryPlatform()
    made.know(people.ann, people.bea, people.ben, people.dan, people.cid)
    return made
