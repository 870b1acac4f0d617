"""The chat behind real doors: Ann administers, Ben is a member, Cid is of another team."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from markupsafe import Markup
from sqlalchemy.orm import Session

from commandpost.accounts.actions.sign_in import start_session
from commandpost.accounts.actor import Actor
from commandpost.accounts.gate import COOKIE
from commandpost.chat import api, listening, web
from commandpost.chat.actions.channels import enter_team
from commandpost.chat.marks import Marks
from commandpost.chat.platforms.builtin import BuiltinPlatform
from commandpost.chat.workspace import RailPart
from commandpost.kit.db import Database
from commandpost.kit.ids import ChannelId, TeamId
from commandpost.live import web as live_web
from commandpost.live.hub import Hub
from commandpost.settings import Settings
from commandpost.ui.faces import add_faces
from tests.commandpost.accounts import given
from tests.commandpost.chat.commands import commands
from tests.commandpost.chat.postgres import postgres_url

__all__ = ["postgres_url"]


class QuietWorkspace:
    """A workspace in which no incident runs, but for one channel that claims to be one."""

    running: str = ""

    def sidebar(
        self,
        request: Request,
        session: Session,
        actor: Actor,
        team_id: TeamId,
        channel_id: ChannelId,
    ) -> Markup:
        del request, session, team_id, channel_id
        return Markup('<section id="quiet">Nothing runs, {}</section>').format(actor.username)

    def rail(
        self,
        request: Request,
        session: Session,
        actor: Actor,
        team_id: TeamId,
        channel_id: ChannelId,
    ) -> RailPart:
        del request, session, actor, team_id, channel_id
        if not self.running:
            return RailPart(Markup(), frozenset())
        markup = Markup('<a href="/channels/{}">It burns</a>').format(self.running)
        return RailPart(markup, frozenset({self.running}))

    def leaving(
        self, request: Request, session: Session, actor: Actor, channel_id: ChannelId
    ) -> Markup:
        del request, session, actor
        return Markup("Something burns") if channel_id == self.running else Markup()

    def outside(self, session: Session, actor: Actor, channel_id: str) -> str:
        del session, actor, channel_id
        return ""


@dataclass(frozen=True, slots=True)
class People:
    """Two teams and who tries things; `town` is the first team's town square with Ann and Ben."""

    team_id: TeamId
    other_team_id: TeamId
    ann: Actor
    ben: Actor
    cid: Actor
    town: ChannelId


def make_people(database: Database, *, town: bool = True) -> People:
    with database.transaction() as session:
        team = given.a_team(session, "demo", display_name="Northwind")
        other = given.a_team(session, "other")
        ann = given.an_actor(session, "ann", teams=[team], is_admin=True)
        ben = given.an_actor(session, "ben", teams=[team])
        cid = given.an_actor(session, "cid", teams=[other])
        if not town:
            return People(team, other, ann, ben, cid, ChannelId(""))
        square = enter_team(session, ann, team)
        enter_team(session, ben, team)
        enter_team(session, cid, other)
        return People(team, other, ann, ben, cid, square)


@pytest.fixture
def people(database: Database, at_noon: object) -> People:
    del at_noon
    return make_people(database)


@pytest.fixture
def session(database: Database, people: People) -> Iterator[Session]:
    """One transaction after the people were made."""
    del people
    with database.writing() as opened:
        yield opened


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Iterator[FastAPI]:
    made = FastAPI(openapi_url="/api/v1/openapi.json")
    made.state.settings = Settings(data_dir=tmp_path)
    made.state.database = database
    made.state.platform = BuiltinPlatform()
    made.state.commands = commands()
    made.state.workspace = QuietWorkspace()
    made.state.who_listens = listening.who_listens
    made.state.may_listen = listening.may_listen
    made.state.hub = Hub(database)
    add_faces(made)
    for router in (web.router, api.router, live_web.router):
        made.include_router(router)
    made.state.marks = Marks(database)
    yield made
    made.state.marks.write()  # now, while there is a database to write to


class Doors:
    """Browsers: one for each person, signed in."""

    def __init__(self, app: FastAPI, database: Database) -> None:
        self._app = app
        self._database = database

    def of(self, actor: Actor | None) -> TestClient:
        """A signed-in browser that does not follow redirects; nobody's for None."""
        client = TestClient(self._app, follow_redirects=False, base_url="http://testserver")
        if actor is not None:
            with self._database.transaction() as session:
                client.cookies.set(COOKIE, start_session(session, actor.id))
        return client


@pytest.fixture
def doors(app: FastAPI, database: Database) -> Doors:
    return Doors(app, database)
