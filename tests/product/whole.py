"""The whole application in this process, over a real database, with its people."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from fastapi.testclient import TestClient

from commandpost.kit.db import Database
from commandpost.main import create_app
from commandpost.settings import Settings
from tests.commandpost.accounts import given

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an open page (cookie) and a personal token for REST."""

    id: str
    username: str
    page: httpx2.Client
    rest: httpx2.Client

    def post(self, path: str, **body: Any) -> Any:
        """POST to REST, expect success and return the object."""
        answer = self.rest.post(f"/api/v1{path}", json=body or None)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def submit(self, path: str, **fields: str) -> Any:
        """Send a form as a browser without scripts does, expect a redirect."""
        answer = self.page.post(path, data=fields, headers=SAME_ORIGIN)
        assert answer.status_code == 303, f"{path}: {answer.status_code} {answer.text[:2000]}"
        return answer


@dataclass(frozen=True, slots=True)
class Whole:
    """Ann administers and Ben is a member of one team, Cid is of another."""

    database: Database
    settings: Settings
    team_id: str
    other_team_id: str
    ann: Person
    ben: Person
    cid: Person


@contextmanager
def a_whole(database: Database, **settings: Any) -> Iterator[Whole]:
    """Make the application and its people; their rooms in the chat exist."""
    made = Settings(**({"do_not_track": ""} | settings))
    app = create_app(made, database)
    with database.transaction() as session:
        team = given.a_team(session, "demo", display_name="Demo")
        other = given.a_team(session, "other", display_name="Other")
        ann = given.an_actor(session, "ann", teams=[team], is_admin=True)
        ben = given.an_actor(session, "ben", teams=[team])
        cid = given.an_actor(session, "cid", teams=[other])
        secrets = [
            (who, given.a_session(session, who.id), given.a_token(session, who))
            for who in (ann, ben, cid)
        ]
    people = [_person(app, who.id, who.username, cookie, token) for who, cookie, token in secrets]
    yield Whole(database, made, team, other, *people)
    for person in people:
        person.page.close()
        person.rest.close()


def _person(app: Any, user_id: str, username: str, cookie: str, token: str) -> Person:
    page = TestClient(app, follow_redirects=False, cookies={"commandpost_session": cookie})
    rest = TestClient(app, headers={"Authorization": f"Bearer {token}"})
    return Person(user_id, username, page, rest)
