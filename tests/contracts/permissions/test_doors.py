"""Every door of the application, tried by a person of each kind; a new door needs a row."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute, Mount

from commandpost.accounts.actor import Actor
from commandpost.kit.db import Database
from tests.conftest import Make
from tests.contracts.permissions.cast import SITE, Cast, Things, a_cast
from tests.contracts.permissions.table import FILES, LIVE, SIGN_OUT, TABLE, Row

GARBLED, SIGNED_OUT = 1007, 4401  # how the stream ends: for who may listen, for who may not
TOPICS = {
    "telemetry": "ann bea ben dan cid",
    "people": "ann",
    "outbox": "ann",
    "outbox-settled": "ann",
    "incident:{incident_id}": "ann bea ben dan",
    "team:{team_id}:incidents": "ann bea ben dan",
    "channel:{public_id}": "ann bea ben dan",
    "channel:{private_id}": "ann bea ben",
    "members:{private_id}": "ann bea ben",
    "members:{incident_channel}": "ann bea ben dan",  # dan may be let in, and sees it
    "user:{ben_id}": "ben",
    "read:{ben_id}:{town}": "ben",
    "mentions:{ben_id}": "ben",
    "channel:{gone}": "",
    "incident:{gone}": "",
}


@pytest.fixture(scope="module")
def cast(make_database: Make) -> Iterator[Cast]:
    """One application for all rows: what they do to it, they do to things of their own."""
    with make_database() as database, a_cast(database) as made:
        yield made


@pytest.fixture(scope="module")
def seen(cast: Cast) -> Things:
    """Things that are only looked at, so one of each is enough."""
    return Things(cast)


def doors(app: FastAPI) -> set[str]:
    """Return every door: its methods, or what it is, and its path."""
    found: set[str] = set()
    for route in iter_route_contexts(app.routes):
        kinds = getattr(route, "methods", None) or {_kind(route.original_route)}
        found |= {f"{kind} {route.path}" for kind in kinds}
    return found


def _kind(route: BaseRoute) -> str:
    return "FILES" if isinstance(route, Mount) else "LISTEN"


def test_every_door_has_its_row(cast: Cast) -> None:
    assert doors(cast.app) == {row.door for row in TABLE} | {SIGN_OUT, LIVE, FILES}


def test_a_door_without_a_row_is_found(database: Database) -> None:
    with a_cast(database) as made:
        made.app.get("/planted")(lambda: None)

        assert doors(made.app) - {row.door for row in TABLE} == {
            SIGN_OUT, LIVE, FILES, "GET /planted",
        }  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=[f"{row.door} {row.where or ''}" for row in TABLE])
def test_each_person_is_answered_what_the_table_says(cast: Cast, seen: Things, row: Row) -> None:
    everybody = (cast.ann, cast.bea, cast.ben, cast.dan, cast.cid, None, cast.eve)
    expected = (*row.expected, row.expected[-1])

    answers = [
        _try(cast, Things(cast) if _changes(row, status) else seen, actor, row)
        for actor, status in zip(everybody, expected, strict=True)
    ]

    assert tuple(answers) == expected


def _changes(row: Row, status: int) -> bool:
    """Return whether a request does something to what it names: each then gets their own."""
    return status < 400 and not row.door.startswith(("GET ", "HEAD "))


def _try(cast: Cast, things: Things, actor: Actor | None, row: Row) -> int:
    method, path = row.door.split(" ")
    where = {name: value.format_map(things) for name, value in row.where.items()}
    answer = cast.client.request(
        method,
        path.format_map(_Over(things, where)),
        params={name: value.format_map(things) for name, value in row.query.items()},
        json=None if row.json is None else _filled(row.json, things),
        data={name: value.format_map(things) for name, value in row.form.items()} or None,
        headers={"Origin": SITE, **cast.cookie(actor)},
    )
    cast.client.cookies.clear()
    if actor in {None, cast.eve} and answer.status_code == 303:
        assert answer.headers["location"].startswith("/sign-in")
    return answer.status_code


class _Over(dict[str, str]):
    """What a row names itself, before what is made for everybody."""

    def __init__(self, things: Things, where: dict[str, str]) -> None:
        super().__init__(where)
        self._things = things

    def __missing__(self, name: str) -> str:
        return self._things[name]


def _filled(said: dict[str, Any], things: Things) -> dict[str, Any]:
    return {name: _one(value, things) for name, value in said.items()}


def _one(value: Any, things: Things) -> Any:
    if isinstance(value, list):
        return [_one(each, things) for each in value]
    return value.format_map(things) if isinstance(value, str) else value


def test_everybody_may_sign_out_and_only_their_own_session_ends(database: Database) -> None:
    with a_cast(database) as made:
        answers = [
            made.client.post("/sign-out", headers={"Origin": SITE, **made.cookie(actor)})
            for actor in (made.ben, None, made.eve)
        ]
        after = [
            made.client.get("/api/v1/users/me", headers=made.cookie(actor)).status_code
            for actor in (made.ben, made.bea)
        ]

    assert [answer.headers["location"] for answer in answers] == ["/sign-in"] * 3
    assert after == [401, 200]


def test_files_of_the_pages_are_for_everybody(cast: Cast) -> None:
    assert cast.client.get("/static/commandpost.js").status_code == 200


@pytest.mark.parametrize("who", ["ann", "bea", "ben", "dan", "cid", "eve", ""])
def test_only_who_is_signed_in_may_listen(cast: Cast, who: str) -> None:
    actor = getattr(cast, who) if who else None
    headers = {"Origin": SITE, **cast.cookie(actor)}

    with cast.client.websocket_connect("/live?topics=telemetry", headers=headers) as stream:
        stream.send_text("no wish")
        ended = stream.receive()

    assert ended["code"] == (SIGNED_OUT if who in {"eve", ""} else GARBLED)


@pytest.mark.parametrize("topic", TOPICS)
def test_each_hears_what_they_may_read(cast: Cast, seen: Things, topic: str) -> None:
    named = topic.format_map(seen)
    with cast.database.reading() as session:
        heard = [
            who
            for who in ("ann", "bea", "ben", "dan", "cid")
            if cast.app.state.may_listen(session, getattr(cast, who), named)
        ]

    assert heard == TOPICS[topic].split()
