"""A crowd is looked at together: each sees what the ordinary route lets them see, no more."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import cast

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.types import ASGIApp

from commandpost.accounts.actions.sign_in import sign_out, start_session
from commandpost.accounts.gate import COOKIE
from commandpost.accounts.queries import get_user
from commandpost.accounts.rules import RENEWED_AFTER, SIGN_IN_LASTS
from commandpost.chat.platforms.builtin import BuiltinPlatform
from commandpost.incidents.models.timeline import AccessRequest
from commandpost.incidents.web.sidebar import glance
from commandpost.kit.clock import clock, now
from commandpost.kit.db import Database
from commandpost.kit.ids import ChannelId, UserId
from tests.commandpost.accounts import given
from tests.commandpost.counted import counted
from tests.product.whole import Whole, a_whole

ALL = (False, True)
SESSIONS = ("good", "ended", "ran out", "to renew")


@dataclass(frozen=True, slots=True)
class Part:
    """What somebody of the cast is, and the session that they come with."""

    is_admin: bool = False
    in_team: bool = False
    in_channel: bool = False
    asked: bool = False
    deactivated: bool = False
    session: str = "good"


@dataclass(frozen=True, slots=True)
class Stage:
    """An incident, and how to look at it."""

    whole: Whole
    incident_id: str
    channel_id: str

    @property
    def app(self) -> ASGIApp:
        return cast("TestClient", self.whole.ann.page).app

    def together(self, cookies: Sequence[str]) -> list[str | None]:
        """Return what one glance at all of them says of each."""
        requests = [self._request(cookie) for cookie in cookies]
        with self.whole.database.reading() as session:
            glance(requests, session, self.incident_id)
        kept = [getattr(request.state, "kept", None) for request in requests]
        return [each.audience.split()[1] if each else None for each in kept]

    def _request(self, cookie: str) -> Request:
        headers = [(b"cookie", f"{COOKIE}={cookie}".encode())]
        return Request({"type": "http", "app": self.app, "path": "/", "headers": headers})

    def alone(self, cookie: str) -> str | None:
        """Return how the ordinary route shows it to one of them, if it does."""
        browser = TestClient(self.app, cookies={COOKIE: cookie}, follow_redirects=False)
        answer = browser.get(f"/incidents/{self.incident_id}/sidebar")
        if answer.status_code != 200:
            assert answer.status_code in {303, 404}  # to sign in, or not there
            return None
        if 'id="end_incident"' in answer.text:
            return "inside"
        return "outside" if "Ask to be let in" in answer.text else "asked"


@pytest.fixture
def stage(at_noon: datetime, database: Database) -> Iterator[Stage]:
    del at_noon
    with a_whole(database) as whole:
        started = whole.ann.post("/incidents", team_id=whole.team_id, name="Carts time out")
        yield Stage(whole, started["id"], started["channel_ids"][0])


def come(session: Session, stage: Stage, name: str, part: Part) -> str:
    """Make one of the cast; return the secret of their cookie."""
    teams = [stage.whole.team_id if part.in_team else stage.whole.other_team_id]
    user_id = given.a_user(session, name, teams=teams, is_admin=part.is_admin)
    if part.in_channel:
        BuiltinPlatform().add_member(session, ChannelId(stage.channel_id), UserId(user_id))
    answered_at = None if part.asked else now()
    session.add(
        AccessRequest(
            incident_id=stage.incident_id,
            user_id=user_id,
            asked_at=now(),
            answered_at=answered_at,
        )
    )
    secret = sign_in(session, user_id, part.session)
    get_user(session, user_id).deactivated_at = now() if part.deactivated else None
    return secret


def sign_in(session: Session, user_id: str, kind: str) -> str:
    at = now()
    clock.set(at - {"ran out": SIGN_IN_LASTS, "to renew": 2 * RENEWED_AFTER}.get(kind, at - at))
    secret = start_session(session, user_id)
    clock.set(at)
    if kind == "ended":
        session.flush()
        sign_out(session, secret)
    return secret


def test_each_of_a_crowd_sees_what_they_would_see_alone(stage: Stage) -> None:
    parts = [Part(*each) for each in product(ALL, ALL, ALL, ALL, ALL, SESSIONS)]
    with stage.whole.database.transaction() as session:
        cookies = [come(session, stage, f"p{n}", part) for n, part in enumerate(parts)]
    cookies += [cookies[0], "", "nobody's"]

    together = stage.together(cookies)
    alone = [stage.alone(cookie) for cookie in cookies]

    renewed = [part.session == "to renew" for part in parts] + [False] * 3
    allowed = [None if first else seen for first, seen in zip(renewed, alone, strict=True)]
    assert together == allowed
    assert {"inside", "asked", "outside", None} == set(together)


def test_a_crowd_costs_as_many_statements_as_two(stage: Stage) -> None:
    with stage.whole.database.transaction() as session:
        member = Part(in_team=True, in_channel=True)
        cookies = [come(session, stage, f"p{n}", member) for n in range(20)]

    with counted(stage.whole.database) as statements:
        few = stage.together(cookies[:2]), len(statements)
        many = stage.together(cookies), len(statements) - few[1]

    assert few == (["inside"] * 2, many[1])
    assert many[0] == ["inside"] * 20
    assert many[1] <= 8


def test_of_an_incident_that_is_not_there_nothing_is_said(stage: Stage) -> None:
    with stage.whole.database.transaction() as session:
        cookie = come(session, stage, "pia", Part(is_admin=True))
    gone = Stage(stage.whole, "0" * 26, stage.channel_id)

    assert (gone.together([cookie]), gone.alone(cookie)) == ([None], None)
