"""The REST routes of accounts."""

from datetime import datetime, timedelta

import pytest
from fastapi import FastAPI

from commandpost.kit.db import Database
from tests.commandpost.accounts import given
from tests.commandpost.accounts.browser import SITE, Browser
from tests.commandpost.accounts.conftest import PASSWORD, Cast, signed_in_browser

API = "/api/v1"
NOON = "2026-11-24T12:00:00Z"
WHOLE = {"page_count": 1, "has_more": False}


def _member(user_id: str, username: str) -> dict[str, str]:
    return {"id": user_id, "username": username, "display_name": username}


def test_people_see_and_change_themselves(cast: Cast) -> None:
    seen = cast.ben.get(f"{API}/users/me").json()
    changed = cast.ben.send("PATCH", f"{API}/users/me", json={"display_name": "Benno"}).json()

    assert seen == {**_member(cast.ben_id, "ben"), "email": "", "language": "", "is_admin": False}
    assert changed == {**seen, "display_name": "Benno"}


def test_unknown_fields_are_refused(cast: Cast) -> None:
    answer = cast.ben.send("PATCH", f"{API}/users/me", json={"is_admin": True})

    assert answer.status_code == 422
    assert set(answer.json()) == {"error", "details"}


def test_the_password_is_changed_with_the_current_one(
    app: FastAPI, database: Database, cast: Cast
) -> None:
    elsewhere = signed_in_browser(app, database, cast.ben_id)

    answers = [
        cast.ben.send(
            "PUT",
            f"{API}/users/me/password",
            json={"current_password": current, "new_password": new},
        )
        for current, new in [("wrong", "x" * 12), (PASSWORD, "short"), (PASSWORD, "new words here")]
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 204]
    assert answers[0].json()["details"] == {"field": "current_password"}
    assert answers[1].json()["details"] == {"field": "new_password"}
    assert elsewhere.get(f"{API}/users/me").status_code == 401
    assert cast.ben.get(f"{API}/users/me").status_code == 200


def test_sessions_are_listed_and_ended(
    app: FastAPI, database: Database, at_noon: datetime, cast: Cast
) -> None:
    signed_in_browser(app, database, cast.ben_id)

    listed = cast.ben.get(f"{API}/users/me/sessions").json()
    other = next(item for item in listed["items"] if not item["is_current"])
    ended = cast.ben.send("DELETE", f"{API}/users/me/sessions/{other['id']}")
    again = cast.ben.send("DELETE", f"{API}/users/me/sessions/{other['id']}")

    assert other == {
        "id": other["id"],
        "user_agent": "Test browser",
        "created_at": NOON,
        "used_at": NOON,
        "expires_at": "2026-12-24T12:00:00Z",
        "is_current": False,
    }
    assert {**listed, "items": []} == {"items": [], "total_count": 2, **WHOLE}
    assert (ended.status_code, again.status_code) == (204, 404)


def test_tokens_are_made_listed_and_revoked(app: FastAPI, cast: Cast, at_noon: datetime) -> None:
    made = cast.ben.post(
        f"{API}/users/me/tokens", json={"name": "script", "expires_at": "2026-12-01T00:00:00+01:00"}
    )
    token = made.json()
    secret = token.pop("secret")
    program = Browser(app, token=secret)

    assert made.status_code == 201
    assert token == {
        "id": token["id"],
        "name": "script",
        "scope": "read",
        "created_at": NOON,
        "expires_at": "2026-11-30T23:00:00Z",
    }
    assert program.get(f"{API}/users/me/tokens").json() == {
        "items": [token],
        "total_count": 1,
        **WHOLE,
    }
    assert cast.ben.send("DELETE", f"{API}/users/me/tokens/{token['id']}").status_code == 204
    assert program.get(f"{API}/users/me").status_code == 401


def test_a_token_makes_none_that_outlives_it(app: FastAPI, cast: Cast, at_noon: datetime) -> None:
    soon = (at_noon + timedelta(hours=1)).isoformat()
    secret = cast.ben.post(
        f"{API}/users/me/tokens", json={"name": "x", "scope": "write", "expires_at": soon}
    ).json()["secret"]
    program = Browser(app, token=secret)

    forever = program.post(f"{API}/users/me/tokens", json={"name": "y"})
    shorter = program.post(f"{API}/users/me/tokens", json={"name": "y", "expires_at": soon})

    assert (forever.status_code, shorter.status_code) == (400, 201)


def test_administrators_make_change_and_list_people(cast: Cast, at_noon: datetime) -> None:
    made = cast.ann.post(
        f"{API}/users", json={"username": "dan", "password": PASSWORD, "email": "dan@example.org"}
    )
    dan = made.json()
    changed = cast.ann.send("PATCH", f"{API}/users/{dan['id']}", json={"is_admin": True})

    assert made.status_code == 201
    assert dan == {
        **_member(dan["id"], "dan"),
        "email": "dan@example.org",
        "language": "",
        "is_admin": False,
        "created_at": NOON,
        "deactivated_at": None,
    }
    assert changed.json() == {**dan, "is_admin": True}
    assert cast.ann.get(f"{API}/users/{dan['id']}").json() == changed.json()
    assert cast.ann.get(f"{API}/users?search=dan").json() == {
        "items": [changed.json()],
        "total_count": 1,
        **WHOLE,
    }
    paged = cast.ann.get(f"{API}/users?page=1&per_page=3").json()
    assert ([item["username"] for item in paged["items"]], paged["page_count"]) == (["dan"], 2)


def test_administrators_take_access_and_give_it_back(cast: Cast, at_noon: datetime) -> None:
    out = cast.ann.post(f"{API}/users/{cast.ben_id}/deactivate").json()
    refused = cast.ben.get(f"{API}/users/me").status_code
    back = cast.ann.post(f"{API}/users/{cast.ben_id}/activate").json()
    last = cast.ann.post(f"{API}/users/{cast.ann_id}/deactivate")

    assert (out["deactivated_at"], refused, back["deactivated_at"]) == (NOON, 401, None)
    assert last.status_code == 409


def test_administrators_make_password_links(
    browser: Browser, cast: Cast, at_noon: datetime
) -> None:
    answer = cast.ann.post(f"{API}/users/{cast.ben_id}/password-link")
    link = answer.json()

    assert answer.status_code == 201
    assert link["expires_at"] == "2026-11-25T12:00:00Z"
    assert browser.get(link["address"].removeprefix(SITE)).status_code == 200


def test_teams_are_seen_by_their_members_and_all_by_administrators(
    at_noon: datetime, cast: Cast
) -> None:
    names = {
        person: [team["name"] for team in browser.get(f"{API}/teams").json()["items"]]
        for person, browser in (("ann", cast.ann), ("ben", cast.ben), ("cid", cast.cid))
    }

    assert names == {"ann": ["demo", "other"], "ben": ["demo"], "cid": ["other"]}
    assert cast.ben.get(f"{API}/teams/{cast.demo}").json() == {
        "id": cast.demo,
        "name": "demo",
        "display_name": "Demo",
        "posts_edits": False,
        "created_at": NOON,
    }
    assert cast.cid.get(f"{API}/teams/{cast.demo}").status_code == 404


def test_members_are_listed_to_the_team(cast: Cast) -> None:
    listed = cast.ben.get(f"{API}/teams/{cast.demo}/members").json()

    assert listed == {
        "items": [_member(cast.ann_id, "ann"), _member(cast.ben_id, "ben")],
        "total_count": 2,
        **WHOLE,
    }
    assert cast.cid.get(f"{API}/teams/{cast.demo}/members").status_code == 404


def test_administrators_make_fill_and_empty_teams(cast: Cast) -> None:
    made = cast.ann.post(f"{API}/teams", json={"display_name": "Night shift"})
    team = f"{API}/teams/{made.json()['id']}"

    renamed = cast.ann.send("PATCH", team, json={"display_name": "Day shift"}).json()
    joined = [cast.ann.send("PUT", f"{team}/members/{cast.cid_id}").status_code for _ in range(2)]
    filled = cast.cid.get(f"{team}/members").json()["total_count"]
    left = [cast.ann.send("DELETE", f"{team}/members/{cast.cid_id}").status_code for _ in range(2)]

    assert made.status_code == 201
    assert renamed == {**made.json(), "display_name": "Day shift"}
    assert (joined, filled, left) == ([204, 204], 1, [204, 204])
    assert cast.cid.get(team).status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("users", {"username": "ben"}, 409),
        ("users", {"username": "no spaces"}, 400),
        ("teams", {"display_name": "x", "name": "demo"}, 409),
        ("teams", {"display_name": "!"}, 400),
        ("teams", {}, 422),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(
    cast: Cast, path: str, body: dict[str, str], status: int
) -> None:
    answer = cast.ann.post(f"{API}/{path}", json=body)

    assert answer.status_code == status
    assert answer.json()["error"].endswith(".")


def test_a_session_that_ended_is_signed_out(browser: Browser, database: Database) -> None:
    with database.transaction() as session:
        given.a_user(session, "ben")
    browser.cookies.set("commandpost_session", "guess")

    answer = browser.get(f"{API}/users/me")

    assert answer.status_code == 401
    assert answer.json()["error"].startswith("You are not signed in.")


def test_a_change_of_what_another_changed_meanwhile_is_refused_with_both(
    app: FastAPI, cast: Cast
) -> None:
    document = app.openapi()["paths"]
    for path, route, name in (
        ("users/me", "/users/me", "Annie"),
        (f"users/{cast.ben_id}", "/users/{user_id}", "Ben"),
        (f"teams/{cast.demo}", "/teams/{team_id}", "Night shift"),
    ):
        seen = cast.ann.get(f"{API}/{path}").json()["display_name"]
        change = {"was": {"display_name": seen}}

        first = cast.ann.send("PATCH", f"{API}/{path}", json={"display_name": name, **change})
        second = cast.ann.send("PATCH", f"{API}/{path}", json={"display_name": "Mine", **change})

        assert (first.status_code, second.status_code) == (200, 409)
        assert "409" in document[f"{API}{route}"]["patch"]["responses"]
        assert second.json()["details"] == {
            "yours": {"display_name": "Mine"},
            "stored": {"display_name": name},
        }
        assert cast.ann.get(f"{API}/{path}").json()["display_name"] == name
