"""Signing in and out by the page."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlalchemy import func, select
from typing_extensions import override

from commandpost.accounts import rules
from commandpost.accounts.actions.passwords import change_password
from commandpost.accounts.actions.sign_in import sign_in
from commandpost.accounts.actions.users import deactivate_user
from commandpost.accounts.actor import CONSOLE
from commandpost.accounts.errors import WrongCredentials
from commandpost.accounts.models import SignIn, SignInFailure
from commandpost.accounts.passwords import Passwords
from commandpost.accounts.queries import get_actor
from commandpost.accounts.queries.secrets import find_credentials
from commandpost.kit.clock import clock
from commandpost.kit.db import Database
from commandpost.kit.errors import TooMany
from tests.commandpost.accounts import given
from tests.commandpost.accounts.browser import Browser
from tests.commandpost.accounts.conftest import an_app

PASSWORD = "four words in a row"
NEW = "another four words"


@pytest.fixture(autouse=True)
def _ben(database: Database) -> None:
    with database.transaction() as session:
        given.a_user(session, "ben", password=PASSWORD)


def _try(database: Database, password: str, username: str = "ben", address: str = "::1") -> str:
    return sign_in(database, username, password, address=address, passwords=given.PASSWORDS)


def _failures(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(SignInFailure)) or 0


def test_the_right_password_starts_a_session(browser: Browser) -> None:
    answer = browser.post(
        "/sign-in", data={"username": " Ben ", "password": PASSWORD, "next": "/account?x=1"}
    )

    me = browser.get("/api/v1/users/me")

    assert (answer.status_code, answer.headers["location"]) == (303, "/account?x=1")
    assert {key: me.json()[key] for key in ("username", "is_admin")} == {
        "username": "ben",
        "is_admin": False,
    }


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(database: Database) -> None:
    by_https = Browser(an_app(database, site_url="https://incidents.example.org"))

    answer = by_https.post("/sign-in", data={"username": "ben", "password": PASSWORD})

    flags = {part.strip().split("=")[0] for part in answer.headers["set-cookie"].split(";")[1:]}
    assert flags == {"HttpOnly", "Max-Age", "Path", "SameSite", "Secure"}


def test_a_wrong_password_keeps_the_form_as_typed(browser: Browser) -> None:
    answer = browser.post("/sign-in", data={"username": "ben", "password": "no", "next": "/x"})

    assert answer.status_code == 422
    assert "User name and password do not match. Try again." in answer.text
    assert 'value="ben"' in answer.text
    assert 'name="next" value="/x"' in answer.text
    assert '"no"' not in answer.text


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_signing_in_never_leads_to_another_site(browser: Browser, target: str) -> None:
    data = {"username": "ben", "password": PASSWORD, "next": target}

    assert browser.post("/sign-in", data=data).headers["location"] == "/"


def test_who_is_signed_in_goes_straight_on(browser: Browser) -> None:
    browser.post("/sign-in", data={"username": "ben", "password": PASSWORD})

    answer = browser.get("/sign-in?next=/account")

    assert (answer.status_code, answer.headers["location"]) == (303, "/account")


def test_signing_out_ends_the_session_on_the_server(browser: Browser, app: FastAPI) -> None:
    browser.post("/sign-in", data={"username": "ben", "password": PASSWORD})
    stolen = Browser(app)
    stolen.cookies.update(browser.cookies)

    answer = browser.post("/sign-out")

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert stolen.get("/api/v1/users/me").status_code == 401
    assert browser.get("/api/v1/users/me").status_code == 401
    assert browser.post("/sign-out").status_code == 303


def test_a_session_ends_thirty_days_after_its_last_use(browser: Browser, at_noon: datetime) -> None:
    browser.post("/sign-in", data={"username": "ben", "password": PASSWORD})

    seen = []
    for day in (29, 58, 89):
        clock.set(at_noon + timedelta(days=day))
        seen.append(browser.get("/api/v1/users/me").status_code)

    assert seen == [200, 200, 401]


def test_a_session_used_again_on_the_same_day_is_not_written(
    browser: Browser, database: Database, at_noon: datetime
) -> None:
    browser.post("/sign-in", data={"username": "ben", "password": PASSWORD})
    clock.set(at_noon + timedelta(hours=23))
    browser.get("/api/v1/users/me")

    with database.reading() as session:
        expires_at = session.scalar(select(SignIn.expires_at))

    assert expires_at == at_noon + timedelta(days=30)


def test_ten_wrong_tries_close_the_user_name_to_their_address_for_a_quarter_of_an_hour(
    app: FastAPI, browser: Browser, at_noon: datetime
) -> None:
    wrong = {"username": "ben", "password": "wrong"}
    statuses = [browser.post("/sign-in", data=wrong).status_code for _ in range(10)]
    clock.set(at_noon + timedelta(minutes=5))

    closed = browser.post("/sign-in", data={"username": "BEN", "password": PASSWORD})
    elsewhere = Browser(app, address="192.0.2.7")
    open_to_others = elsewhere.post("/sign-in", data={"username": "ben", "password": PASSWORD})

    assert statuses == [422] * 10
    assert open_to_others.status_code == 303
    assert (closed.status_code, closed.headers["retry-after"]) == (429, "601")
    assert "Too many tries to sign in. Wait 11 minutes, then try again." in closed.text
    clock.set(at_noon + timedelta(minutes=15))
    assert browser.post("/sign-in", data={"username": "ben", "password": PASSWORD}).is_redirect


def test_a_name_that_nobody_has_is_closed_as_well(database: Database) -> None:
    for _ in range(10):
        with pytest.raises(WrongCredentials):
            _try(database, "wrong", username="nobody")

    with pytest.raises(TooMany):
        _try(database, "wrong", username="nobody")


def test_a_hundred_wrong_tries_from_anywhere_close_the_user_name_to_all(
    database: Database,
) -> None:
    for number in range(100):
        with pytest.raises(WrongCredentials):
            _try(database, "wrong", address=f"192.0.2.{number}")

    with pytest.raises(TooMany):
        _try(database, PASSWORD, address="198.51.100.1")


def test_fifty_wrong_tries_close_an_address_and_its_network(database: Database) -> None:
    for number in range(50):
        with pytest.raises(WrongCredentials):
            _try(database, "wrong", username=f"guess{number}", address=f"2001:db8::{number}")

    with pytest.raises(TooMany):
        _try(database, PASSWORD, address="2001:db8::ffff")

    assert _try(database, PASSWORD, address="2001:db8:0:1::1")


def test_signing_in_forgets_the_tries_of_the_name_but_not_of_the_address(
    database: Database,
) -> None:
    for name in ("ben", "ben", "cid"):
        with pytest.raises(WrongCredentials):
            _try(database, "wrong", username=name)

    _try(database, PASSWORD)

    assert _failures(database) == 3 + 2 + 2  # of the address, of the name, and all of cid


def test_old_tries_are_forgotten(database: Database, at_noon: datetime) -> None:
    with pytest.raises(WrongCredentials):
        _try(database, "wrong")
    clock.set(at_noon + timedelta(minutes=16))

    _try(database, PASSWORD)

    assert _failures(database) == 0


def test_who_has_no_password_cannot_sign_in_by_an_empty_one(database: Database) -> None:
    with database.transaction() as session:
        given.a_user(session, "cid")

    with pytest.raises(WrongCredentials):
        _try(database, "", username="cid")


def test_a_hash_of_weaker_parameters_is_made_anew(database: Database) -> None:
    with database.transaction() as session:
        given.a_user(session, "cid", password=PASSWORD)

    sign_in(database, "cid", PASSWORD, address="::1", passwords=given.STRONGER)

    with database.reading() as session:
        assert not given.STRONGER.is_outdated(given.password_hash_of(session, "cid"))


def test_many_who_sign_in_at_once_all_come_in(app: FastAPI, database: Database) -> None:
    """More than there are shared threads: none may wait for a lock whose holder needs one."""
    names = [f"user{number}" for number in range(rules.TRIES_PER_ADDRESS)]
    with database.transaction() as session:
        for name in names:
            given.a_user(session, name, password=PASSWORD)

    async def all_at_once() -> list[int]:
        browser = Browser(app)
        answers = await asyncio.gather(
            *(
                browser.send_soon("POST", "/sign-in", data={"username": name, "password": PASSWORD})
                for name in names
            )
        )
        return [answer.status_code for answer in answers]

    assert asyncio.run(all_at_once()) == [303] * len(names)


class Slow(Passwords):
    """Cheap hashing, during which something else happens."""

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        super().__init__(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
        self._meanwhile = meanwhile

    @override
    def verify(self, stored: str, password: str) -> bool:
        is_right = super().verify(stored, password)
        self._meanwhile()
        return is_right


def _change(database: Database) -> None:
    with database.reading() as session:
        found = find_credentials(session, "ben")
        assert found is not None
        ben = get_actor(session, found.user_id)
    passwords = given.PASSWORDS
    change_password(database, ben, proven=found, new_password=NEW, passwords=passwords)


def _deactivate(database: Database) -> None:
    with database.transaction() as session:
        found = find_credentials(session, "ben")
        assert found is not None
        deactivate_user(session, CONSOLE, found.user_id)


@pytest.mark.parametrize("deed", [_change, _deactivate])
def test_a_password_that_ends_while_it_is_looked_at_starts_no_session(
    database: Database, deed: Callable[[Database], None]
) -> None:
    slow = Slow(lambda: deed(database))

    with pytest.raises(WrongCredentials):
        sign_in(database, "ben", PASSWORD, address="::1", passwords=slow)

    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignIn)) == 0
    assert _failures(database) == 3  # the try counts


def test_an_outdated_hash_is_never_written_over_a_new_password(database: Database) -> None:
    slow = Slow(lambda: _change(database))

    with pytest.raises(WrongCredentials):
        sign_in(database, "ben", PASSWORD, address="::1", passwords=slow)

    assert _try(database, NEW)


class SlowToHash(Passwords):
    """Cheap hashing; before the first new hash is made something else happens."""

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        super().__init__(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        self._deeds = [meanwhile]

    @override
    def hash(self, password: str) -> str:
        while self._deeds:
            self._deeds.pop()()
        return super().hash(password)


@pytest.mark.parametrize(("door", "status"), [("page", 422), ("api", 400)])
def test_a_password_changed_by_another_meanwhile_stays_theirs(
    app: FastAPI, browser: Browser, database: Database, door: str, status: int
) -> None:
    browser.post("/sign-in", data={"username": "ben", "password": PASSWORD})
    app.state.passwords = SlowToHash(lambda: _change(database))
    change = {"current_password": PASSWORD, "new_password": "the last four words"}

    if door == "page":
        answer = browser.post("/account/password", data=change)
    else:
        answer = browser.send("PUT", "/api/v1/users/me/password", json=change)

    assert answer.status_code == status
    assert _try(database, NEW)
