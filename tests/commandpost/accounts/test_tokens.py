"""Personal access tokens, and what they let a program do."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from fastapi import FastAPI

from commandpost.accounts.actions.tokens import create_token, create_token_for, revoke_token
from commandpost.accounts.errors import TokenNotFound, UserNotFound
from commandpost.accounts.queries.secrets import get_token, list_tokens
from commandpost.accounts.rules import Scope, secret_hash
from commandpost.kit.clock import clock
from commandpost.kit.db import Database
from commandpost.kit.errors import Invalid
from tests.commandpost.accounts import given
from tests.commandpost.accounts.browser import Browser


def test_only_the_hash_of_a_token_is_kept(database: Database) -> None:
    with database.transaction() as session:
        ben = given.an_actor(session, "ben")
        made = create_token(session, ben, name=" deploy  script ")
        token = get_token(session, made.id)

    assert made.secret.startswith("cp_")
    assert (token.name, token.scope, token.hash) == (
        "deploy script",
        "write",
        secret_hash(made.secret),
    )


def test_a_token_speaks_for_whose_it_is(app: FastAPI, database: Database) -> None:
    with database.transaction() as session:
        token = given.a_token(session, given.an_actor(session, "ben"))

    assert Browser(app, token=token).get("/api/v1/users/me").json()["username"] == "ben"


def test_a_reading_token_does_not_write(app: FastAPI, database: Database) -> None:
    with database.transaction() as session:
        token = given.a_token(session, given.an_actor(session, "ben"), scope=Scope.READ)
    program = Browser(app, token=token)

    refused = program.send("PATCH", "/api/v1/users/me", json={"email": "ben@example.org"})

    assert program.get("/api/v1/users/me").status_code == 200
    assert refused.status_code == 403
    assert refused.json()["error"] == ("This token may only read. Make one with the scope “write”.")


def test_a_token_ends_at_its_moment(app: FastAPI, database: Database, at_noon: datetime) -> None:
    with database.transaction() as session:
        ben = given.an_actor(session, "ben")
        made = create_token(session, ben, name="x", expires_at=at_noon + timedelta(hours=1))
    program = Browser(app, token=made.secret)

    before = program.get("/api/v1/users/me")
    clock.set(at_noon + timedelta(hours=1))
    after = program.get("/api/v1/users/me")

    assert (before.status_code, after.status_code) == (200, 401)
    assert after.headers["www-authenticate"] == "Bearer"


def test_a_bad_token_is_refused_even_beside_a_good_cookie(app: FastAPI, database: Database) -> None:
    with database.transaction() as session:
        ben = given.an_actor(session, "ben")
        session_secret = given.a_session(session, ben.id)
    program = Browser(app, token="cp_guess")
    program.cookies.set("commandpost_session", session_secret)

    assert program.get("/api/v1/users/me").status_code == 401


def test_other_schemes_are_not_a_token(browser: Browser) -> None:
    browser.headers["authorization"] = "Basic eDp5"

    assert browser.get("/api/v1/users/me").status_code == 401


@pytest.mark.parametrize(
    ("name", "hours", "field"), [("", 1, "name"), ("x" * 65, 1, "name"), ("x", 0, "expires_at")]
)
def test_what_cannot_be_used_is_refused_at_its_field(
    database: Database, at_noon: datetime, name: str, hours: int, field: str
) -> None:
    with database.transaction() as session:
        ben = given.an_actor(session, "ben")

        with pytest.raises(Invalid) as refusal:
            create_token(session, ben, name=name, expires_at=at_noon + timedelta(hours=hours))

    assert refusal.value.field == field


@pytest.mark.parametrize("hours_from_utc", [-12, 0, 12])
def test_a_token_lasts_ten_years_at_most(
    app: FastAPI, database: Database, at_noon: datetime, hours_from_utc: int
) -> None:
    with database.transaction() as session:
        program = Browser(app, token=given.a_token(session, given.an_actor(session, "ben")))
    there = timezone(timedelta(hours=hours_from_utc))
    latest = (at_noon + timedelta(days=3653)).astimezone(there)
    moments = [
        latest,
        latest + timedelta(seconds=1),
        datetime.max.replace(tzinfo=there),
        datetime.min.replace(tzinfo=there),
    ]

    answers = [
        program.send(
            "POST",
            "/api/v1/users/me/tokens",
            json={"name": "x", "expires_at": moment.isoformat()},
        )
        for moment in moments
    ]

    assert [answer.status_code for answer in answers] == [201, 400, 400, 400]
    assert datetime.fromisoformat(answers[0].json()["expires_at"]) == latest.astimezone(UTC)
    assert answers[1].json()["error"] == (
        "A token lasts ten years at most. Choose an earlier moment, or none."
    )


@pytest.mark.parametrize("expires_in", [None, timedelta(hours=2)])
def test_a_token_makes_none_that_outlives_it(
    database: Database, at_noon: datetime, expires_in: timedelta | None
) -> None:
    ends_at = at_noon + timedelta(hours=1)
    with database.transaction() as session:
        ben = given.an_actor(session, "ben")

        with pytest.raises(Invalid):
            create_token(
                session,
                ben,
                name="x",
                expires_at=at_noon + expires_in if expires_in else None,
                not_after=ends_at,
            )
        create_token(session, ben, name="x", expires_at=ends_at, not_after=ends_at)


def test_only_ones_own_tokens_are_revoked(database: Database) -> None:
    with database.transaction() as session:
        ben = given.an_actor(session, "ben")
        cid = given.an_actor(session, "cid")
        made = create_token(session, ben, name="x")

        with pytest.raises(TokenNotFound):
            revoke_token(session, cid, made.id)
        revoke_token(session, ben, made.id)

    with database.transaction() as session:
        with pytest.raises(TokenNotFound):
            revoke_token(session, ben, made.id)
        assert list_tokens(session, ben.id) == []
        with pytest.raises(TokenNotFound):
            get_token(session, made.id)


def test_a_token_is_made_at_the_console_for_anybody(app: FastAPI, database: Database) -> None:
    with database.transaction() as session:
        given.an_actor(session, "ben")
        secret = create_token_for(session, username="Ben", name="script", scope="read")

        with pytest.raises(UserNotFound):
            create_token_for(session, username="nobody", name="script")
        with pytest.raises(Invalid):
            create_token_for(session, username="ben", name="script", scope="all")

    assert Browser(app, token=secret).get("/api/v1/users/me").json()["username"] == "ben"
