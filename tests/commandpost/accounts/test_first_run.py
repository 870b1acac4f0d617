"""The first run: the token at the console, the page, and its end."""

import pytest

from commandpost.accounts.actions.first_run import offer_setup
from commandpost.accounts.queries import find_user_by_username, list_teams_of
from commandpost.kit.db import Database
from tests.commandpost.accounts import given
from tests.commandpost.accounts.browser import Browser

FORM = {
    "username": "ann",
    "display_name": "Ann Archer",
    "password": "four words in a row",
    "team_name": "Opérations",
}


@pytest.fixture
def token(database: Database) -> str:
    with database.transaction() as session:
        return offer_setup(session) or ""


def test_whoever_reads_the_console_becomes_the_first_administrator(
    browser: Browser, database: Database, token: str
) -> None:
    page = browser.get(f"/setup?token={token}")

    answer = browser.post("/setup", data={"token": token, **FORM})

    assert page.status_code == 200
    assert f'name="token" value="{token}"' in page.text
    assert (answer.status_code, answer.headers["location"]) == (303, "/#sidebar")
    assert browser.get("/api/v1/users/me").json()["is_admin"] is True
    with database.reading() as session:
        ann = find_user_by_username(session, "ann")
        assert ann is not None
        assert [team.name for team in list_teams_of(session, ann.id)] == ["operations"]
    assert given.PASSWORDS.verify(ann.password_hash, FORM["password"])


def test_the_token_is_good_once(browser: Browser, token: str) -> None:
    browser.post("/setup", data={"token": token, **FORM})

    again = browser.post("/setup", data={"token": token, **FORM, "username": "eve"})

    assert again.status_code == 404
    assert browser.get(f"/setup?token={token}").status_code == 404


@pytest.mark.parametrize("wrong", ["", "guess"])
def test_without_the_token_there_is_no_page(browser: Browser, token: str, wrong: str) -> None:
    answers = [
        browser.get("/setup", params={"token": wrong}),
        browser.post("/setup", data={"token": wrong, **FORM}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert token not in answers[0].text


def test_each_start_prints_a_new_token_and_ends_the_old_one(
    browser: Browser, database: Database, token: str
) -> None:
    with database.transaction() as session:
        newer = offer_setup(session)

    assert browser.get(f"/setup?token={token}").status_code == 404
    assert browser.get(f"/setup?token={newer}").status_code == 200


def test_nothing_is_offered_once_somebody_has_an_account(
    browser: Browser, database: Database, token: str
) -> None:
    with database.transaction() as session:
        given.a_user(session, "ben")

    assert browser.get(f"/setup?token={token}").status_code == 404
    with database.transaction() as session:
        assert offer_setup(session) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [("username", "no spaces"), ("display_name", "!"), ("password", "short"), ("team_name", " ")],
)
def test_a_refused_form_stays_as_typed_and_nothing_is_made(
    browser: Browser, database: Database, token: str, field: str, value: str
) -> None:
    answer = browser.post("/setup", data={"token": token, **FORM, field: value})

    assert answer.status_code == 422
    assert f'id="field_{field}_error"' in answer.text
    assert FORM["password"] not in answer.text
    assert ('value="Ann Archer"' in answer.text) is (field != "display_name")
    with database.reading() as session:
        assert find_user_by_username(session, "ann") is None


def test_the_sign_in_page_says_where_to_begin(browser: Browser, token: str) -> None:
    assert "Nobody has an account here yet." in browser.get("/sign-in").text
    browser.post("/setup", data={"token": token, **FORM})
    browser.post("/sign-out")
    assert "Nobody has an account here yet." not in browser.get("/sign-in").text
