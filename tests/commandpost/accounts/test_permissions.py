"""Who may use which door of accounts: one table, made from the routes, so that none is left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from commandpost.accounts import api, web
from commandpost.accounts.actions.users import deactivate_user
from commandpost.accounts.actor import CONSOLE
from commandpost.kit.db import Database
from tests.commandpost.accounts import given
from tests.commandpost.accounts.browser import Browser
from tests.commandpost.accounts.conftest import Cast, signed_in_browser

PEOPLE = "/backstage/people"
TEAMS = f"{PEOPLE}/teams"


@dataclass(frozen=True, slots=True)
class Row:
    """What administrator, team mate, stranger, somebody signed out and one deactivated get."""

    statuses: tuple[int, int, int, int, int]
    form: dict[str, Any] | None = None
    json: dict[str, Any] | None = None


def page_for_administrators(status: int, form: dict[str, Any] | None = None) -> Row:
    return Row((status, 403, 403, 303, 303), form)


def page_for_all(status: int, form: dict[str, Any] | None = None) -> Row:
    return Row((status, status, status, 303, 303), form)


def door_for_all(status: int, form: dict[str, Any] | None = None) -> Row:
    return Row((status,) * 5, form)


def rest_for_administrators(status: int, json: dict[str, Any] | None = None) -> Row:
    return Row((status, 403, 403, 401, 401), json=json)


def rest_for_all(status: int, json: dict[str, Any] | None = None) -> Row:
    return Row((status, status, status, 401, 401), json=json)


TABLE = {
    "GET /sign-in": Row((303, 303, 303, 200, 200)),
    "POST /sign-in": door_for_all(422),
    "POST /sign-out": door_for_all(303),
    "GET /sign-in/openid": door_for_all(404),
    "GET /sign-in/openid/callback": door_for_all(404),
    "GET /setup": door_for_all(404),
    "POST /setup": door_for_all(404),
    "GET /password/{secret}": door_for_all(404),
    "POST /password/{secret}": door_for_all(404),
    "GET /account": page_for_all(200),
    "POST /account/profile": page_for_all(303, {"display_name": "New name"}),
    "POST /account/password": page_for_all(422),
    "POST /account/sessions/end-others": page_for_all(303),
    "POST /account/sessions/{session_id}/end": page_for_all(404),
    "POST /account/tokens": page_for_all(201, {"name": "script"}),
    "POST /account/tokens/{token_id}/revoke": page_for_all(404),
    "POST /account/identities/disconnect": page_for_all(303),
    f"GET {PEOPLE}": page_for_administrators(200),
    f"GET {PEOPLE}.csv": page_for_administrators(200),
    f"GET {PEOPLE}/new": page_for_administrators(200),
    f"POST {PEOPLE}": page_for_administrators(201, {"username": "eve"}),
    f"GET {PEOPLE}/{{user_id}}": page_for_administrators(200),
    f"POST {PEOPLE}/{{user_id}}": page_for_administrators(303, {"display_name": "New name"}),
    f"POST {PEOPLE}/{{user_id}}/deactivate": page_for_administrators(303),
    f"POST {PEOPLE}/{{user_id}}/activate": page_for_administrators(303),
    f"POST {PEOPLE}/{{user_id}}/password-link": page_for_administrators(201),
    f"POST {PEOPLE}/{{user_id}}/teams": page_for_administrators(404, {"team_id": "nothing"}),
    f"POST {PEOPLE}/{{user_id}}/teams/{{team_id}}/remove": page_for_administrators(303),
    f"GET {TEAMS}": page_for_administrators(200),
    f"POST {TEAMS}": page_for_administrators(303, {"display_name": "New team"}),
    f"GET {TEAMS}/{{team_id}}": page_for_administrators(200),
    f"POST {TEAMS}/{{team_id}}": page_for_administrators(303, {"display_name": "New name"}),
    f"POST {TEAMS}/{{team_id}}/members": page_for_administrators(303, {"username": "cid"}),
    f"POST {TEAMS}/{{team_id}}/members/{{user_id}}/remove": page_for_administrators(303),
    "GET /api/v1/users/me": rest_for_all(200),
    "PATCH /api/v1/users/me": rest_for_all(200, {}),
    "PUT /api/v1/users/me/password": rest_for_all(
        400, {"current_password": "wrong", "new_password": "four words in a row"}
    ),
    "GET /api/v1/users/me/sessions": rest_for_all(200),
    "DELETE /api/v1/users/me/sessions/{session_id}": rest_for_all(404),
    "GET /api/v1/users/me/tokens": rest_for_all(200),
    "POST /api/v1/users/me/tokens": rest_for_all(201, {"name": "script"}),
    "DELETE /api/v1/users/me/tokens/{token_id}": rest_for_all(404),
    "GET /api/v1/users": rest_for_administrators(200),
    "POST /api/v1/users": rest_for_administrators(201, {"username": "eve"}),
    "GET /api/v1/users/{user_id}": rest_for_administrators(200),
    "PATCH /api/v1/users/{user_id}": rest_for_administrators(200, {}),
    "POST /api/v1/users/{user_id}/deactivate": rest_for_administrators(200),
    "POST /api/v1/users/{user_id}/activate": rest_for_administrators(200),
    "POST /api/v1/users/{user_id}/password-link": rest_for_administrators(201),
    "GET /api/v1/teams": rest_for_all(200),
    "POST /api/v1/teams": rest_for_administrators(201, {"display_name": "New team"}),
    "GET /api/v1/teams/{team_id}": Row((200, 200, 404, 401, 401)),
    "PATCH /api/v1/teams/{team_id}": rest_for_administrators(200, {"display_name": "New name"}),
    "GET /api/v1/teams/{team_id}/members": Row((200, 200, 404, 401, 401)),
    "PUT /api/v1/teams/{team_id}/members/{user_id}": rest_for_administrators(204),
    "DELETE /api/v1/teams/{team_id}/members/{user_id}": rest_for_administrators(204),
}


def doors() -> Iterator[str]:
    app = FastAPI(openapi_url=None)
    app.include_router(web.router)
    app.include_router(api.router)
    for route in iter_route_contexts(app.routes):
        for method in sorted(route.methods or ()):
            yield f"{method} {route.path}"


def test_every_door_has_its_row() -> None:
    assert sorted(doors()) == sorted(TABLE)


@pytest.mark.parametrize("door", TABLE)
def test_each_door_answers_each_of_them_as_the_table_says(
    app: FastAPI, database: Database, cast: Cast, door: str
) -> None:
    row = TABLE[door]
    method, _, path = door.partition(" ")
    address = path.format(
        secret="guess", session_id="0", token_id="0", user_id=cast.ben_id, team_id=cast.demo
    )
    browsers = (_deactivated(app, database), Browser(app), cast.cid, cast.ben, cast.ann)

    answers = [b.send(method, address, data=row.form, json=row.json) for b in browsers]

    assert tuple(answer.status_code for answer in reversed(answers)) == row.statuses
    if row.statuses[3:] == (303, 303) and path != "/sign-out":
        assert all(answer.headers["location"].startswith("/sign-in") for answer in answers[:2])


def _deactivated(app: FastAPI, database: Database) -> Browser:
    with database.transaction() as session:
        dan = given.a_user(session, "dan")
    browser = signed_in_browser(app, database, dan)
    with database.transaction() as session:
        deactivate_user(session, CONSOLE, dan)
    return browser
