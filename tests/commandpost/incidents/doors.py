"""The product behind its real doors, with a team, a playbook and a running incident."""

from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from commandpost.accounts.actions.sign_in import start_session
from commandpost.accounts.actor import Actor
from commandpost.accounts.gate import COOKIE
from commandpost.chat.actions.channels import enter_team
from commandpost.chat.marks import Marks
from commandpost.chat.platforms.builtin import BuiltinPlatform
from commandpost.incidents.actions.start import Started
from commandpost.kit.db import Database
from commandpost.live.hub import Hub
from commandpost.main import create_app
from commandpost.settings import Settings
from commandpost.telemetry.actions import configure
from tests.commandpost.incidents.given import an_incident, checklist_ids, item_ids
from tests.commandpost.incidents.people import People, make_people
from tests.commandpost.playbooks.given import a_playbook

SITE = "http://testserver"


@dataclass(frozen=True, slots=True)
class Stage:
    """Bea commands an incident that Ben is in; all of it is committed."""

    app: FastAPI
    database: Database
    people: People
    town: str
    incident: Started
    checklist_id: str
    item_ids: dict[str, str]
    playbook_id: str

    def of(self, actor: Actor | None) -> TestClient:
        """A signed-in browser that follows no redirect; nobody's for None."""
        client = TestClient(
            self.app, base_url=SITE, follow_redirects=False, headers={"Origin": SITE}
        )
        if actor is not None:
            with self.database.transaction() as session:
                client.cookies.set(COOKIE, start_session(session, actor.id))
        return client


_APPS: list[FastAPI] = []  # one for all stages of a run: to make it costs more than a whole test


def an_app(database: Database) -> FastAPI:
    """The application over this database."""
    if not _APPS:
        _APPS.append(create_app(Settings(site_url=SITE, do_not_track=""), database))
    app = _APPS[0]
    app.state.database, app.state.hub = database, Hub(database)
    app.state.marks = Marks(database)
    return app


def set_up(database: Database) -> Stage:
    """The stage; the application is made as `serve` makes it."""
    app = an_app(database)
    with database.transaction() as session:
        configure(session, app.state.settings)
        people = make_people(session)
        town = enter_team(session, people.bea, people.team_id)
        for actor in (people.ben, people.dan):
            enter_team(session, actor, people.team_id)
        enter_team(session, people.cid, people.other_team_id)
        return _fill(session, app, database, people, town)


def _fill(session: Session, app: FastAPI, database: Database, people: People, town: str) -> Stage:
    incident = an_incident(
        session, BuiltinPlatform(), people.bea, people.team_id, members=(people.ben,)
    )
    return Stage(
        app,
        database,
        people,
        town,
        incident,
        checklist_ids(session, incident.id)["First"],
        item_ids(session, incident.id),
        a_playbook(session, people.bea, people.team_id),
    )
