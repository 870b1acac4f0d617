"""Links by which people choose a password."""

from datetime import datetime, timedelta

import pytest
from fastapi import FastAPI

from commandpost.accounts.actions.passwords import make_password_link
from commandpost.accounts.actions.users import deactivate_user
from commandpost.accounts.actor import CONSOLE
from commandpost.accounts.errors import NotAdministrator
from commandpost.accounts.queries import get_actor
from commandpost.kit.clock import clock
from commandpost.kit.db import Database
from tests.commandpost.accounts import given
from tests.commandpost.accounts.browser import Browser
from tests.commandpost.accounts.conftest import PASSWORD, Cast

NEW = "another four words"


def _link(database: Database, user_id: str) -> str:
    with database.transaction() as session:
        return "/password/" + make_password_link(session, CONSOLE, user_id)


def test_a_link_sets_the_password_signs_in_and_ends_other_sessions(
    app: FastAPI, database: Database, cast: Cast
) -> None:
    link = _link(database, cast.ben_id)
    browser = Browser(app)

    page = browser.get(link)
    answer = browser.post(link, data={"password": NEW})

    assert "“ben”" in page.text
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert browser.get("/api/v1/users/me").json()["username"] == "ben"
    assert cast.ben.get("/api/v1/users/me").status_code == 401
    with database.reading() as session:
        assert given.PASSWORDS.verify(given.password_hash_of(session, "ben"), NEW)


def test_a_link_works_once(browser: Browser, database: Database, cast: Cast) -> None:
    link = _link(database, cast.ben_id)
    browser.post(link, data={"password": NEW})

    assert browser.post(link, data={"password": "yet another one"}).status_code == 404
    assert browser.get(link).status_code == 404


def test_a_link_ends_when_its_person_changes_the_password(
    browser: Browser, database: Database, cast: Cast
) -> None:
    link = _link(database, cast.ben_id)

    changed = cast.ben.post(
        "/account/password", data={"current_password": PASSWORD, "new_password": NEW}
    )

    assert changed.status_code == 303
    assert browser.post(link, data={"password": "yet another one"}).status_code == 404
    with database.reading() as session:
        assert given.PASSWORDS.verify(given.password_hash_of(session, "ben"), NEW)


def test_a_link_runs_out_after_a_day(
    browser: Browser, database: Database, cast: Cast, at_noon: datetime
) -> None:
    link = _link(database, cast.ben_id)
    clock.set(at_noon + timedelta(hours=24))

    assert browser.get(link).status_code == 404


def test_a_newer_link_ends_the_older(browser: Browser, database: Database, cast: Cast) -> None:
    older, newer = _link(database, cast.ben_id), _link(database, cast.ben_id)

    assert [browser.get(link).status_code for link in (older, newer)] == [404, 200]


def test_deactivating_ends_a_link(browser: Browser, database: Database, cast: Cast) -> None:
    link = _link(database, cast.ben_id)
    with database.transaction() as session:
        deactivate_user(session, CONSOLE, cast.ben_id)

    assert browser.get(link).status_code == 404


def test_a_poor_password_leaves_the_link_good(
    browser: Browser, database: Database, cast: Cast
) -> None:
    link = _link(database, cast.ben_id)

    refused = browser.post(link, data={"password": "short"})

    assert refused.status_code == 422
    assert "A password has at least 10 characters." in refused.text
    assert browser.post(link, data={"password": NEW}).status_code == 303


def test_only_administrators_make_links(database: Database, cast: Cast) -> None:
    with database.transaction() as session, pytest.raises(NotAdministrator):
        make_password_link(session, get_actor(session, cast.ben_id), cast.cid_id)
