"""While a password is hashed or a provider is asked, others write."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from pydantic import SecretStr
from typing_extensions import override

from commandpost.accounts.actions.first_run import offer_setup
from commandpost.accounts.actions.passwords import make_password_link
from commandpost.accounts.actor import CONSOLE
from commandpost.accounts.openid import OpenIdProvider, OpenIdSettings
from commandpost.accounts.passwords import Passwords
from commandpost.kit.db import Database
from tests.commandpost.accounts import given
from tests.commandpost.accounts.browser import SITE, Browser
from tests.commandpost.accounts.conftest import PASSWORD, signed_in_browser
from tests.commandpost.accounts.provider import CLIENT_ID, CLIENT_SECRET, Provider, running

NEW = "another four words"

Sending: TypeAlias = Coroutine[Any, Any, httpx.Response]
Door: TypeAlias = Callable[[FastAPI, Database], Sending]


@dataclass
class Hold:
    """Where something slow stands until the test lets it go on."""

    began: threading.Event = field(default_factory=threading.Event)
    goes_on: threading.Event = field(default_factory=threading.Event)

    def stand(self) -> None:
        self.began.set()
        self.goes_on.wait(20)


class HeldPasswords(Passwords):
    """Cheap hashing that takes as long as the test wants."""

    def __init__(self, hold: Hold) -> None:
        super().__init__(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        self._hold = hold

    @override
    def hash(self, password: str) -> str:
        self._hold.stand()
        return super().hash(password)


async def _meanwhile(hold: Hold, slow: Sending, others: list[Sending]) -> list[int]:
    """Return the statuses of others who write while the slow one stands, then its own."""
    standing = asyncio.create_task(slow)
    try:
        assert await asyncio.to_thread(hold.began.wait, 20)
        answers = [await asyncio.wait_for(other, 5) for other in others]
        assert not standing.done()
    finally:
        hold.goes_on.set()
    return [answer.status_code for answer in (*answers, await standing)]


def _ann(app: FastAPI, database: Database) -> Browser:
    with database.transaction() as session:
        ann = given.a_user(session, "ann", is_admin=True, password=PASSWORD)
    return signed_in_browser(app, database, ann)


def set_up(app: FastAPI, database: Database) -> Sending:
    with database.transaction() as session:
        token = offer_setup(session)
    form = {"token": token, "username": "ann", "display_name": "Ann", "team_name": "Demo"}
    return Browser(app).send_soon("POST", "/setup", data={**form, "password": NEW})


def post_user(app: FastAPI, database: Database) -> Sending:
    new = {"username": "dan", "password": NEW}
    return _ann(app, database).send_soon("POST", "/api/v1/users", json=new)


def set_password_by_link(app: FastAPI, database: Database) -> Sending:
    with database.transaction() as session:
        link = make_password_link(session, CONSOLE, given.a_user(session, "ben"))
    return Browser(app).send_soon("POST", f"/password/{link}", data={"password": NEW})


def put_password(app: FastAPI, database: Database) -> Sending:
    change = {"current_password": PASSWORD, "new_password": NEW}
    return _ann(app, database).send_soon("PUT", "/api/v1/users/me/password", json=change)


def change_password(app: FastAPI, database: Database) -> Sending:
    change = {"current_password": PASSWORD, "new_password": NEW}
    return _ann(app, database).send_soon("POST", "/account/password", data=change)


@pytest.mark.parametrize(
    ("door", "status"),
    [
        (set_up, 303),
        (post_user, 201),
        (set_password_by_link, 303),
        (put_password, 204),
        (change_password, 303),
    ],
)
def test_others_write_while_a_password_is_hashed(
    app: FastAPI, database: Database, door: Door, status: int
) -> None:
    hold = Hold()
    app.state.passwords = HeldPasswords(hold)
    slow = door(app, database)
    sign_out = Browser(app).send_soon("POST", "/sign-out")  # it writes, whoever asks

    assert asyncio.run(_meanwhile(hold, slow, [sign_out])) == [303, status]


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/setup", {"token": "guess", "username": "eve", "password": NEW}),
        ("/password/guess", {"password": NEW}),
    ],
)
def test_a_guess_is_not_worth_a_hash(app: FastAPI, address: str, form: dict[str, str]) -> None:
    hold = Hold()
    app.state.passwords = HeldPasswords(hold)

    answer = Browser(app).post(address, data=form)

    assert (answer.status_code, hold.began.is_set()) == (404, False)


def test_others_write_and_sign_in_while_the_provider_is_slow(
    app: FastAPI, database: Database
) -> None:
    hold = Hold()
    _ann(app, database)
    browser = Browser(app)
    with running(Provider(person={"sub": "4711"})) as provider:
        known = OpenIdSettings(
            issuer=provider.issuer,
            client_id=CLIENT_ID,
            client_secret=SecretStr(CLIENT_SECRET),
        )
        app.state.openid = OpenIdProvider(known, site=SITE)
        there = browser.get("/sign-in/openid").headers["location"]
        back = httpx.get(there).headers["location"].removeprefix(SITE)
        provider.before_token = hold.stand
        form = {"username": "ann", "password": PASSWORD}
        others = [
            Browser(app).send_soon("POST", "/sign-out"),
            Browser(app).send_soon("POST", "/sign-in", data=form),
        ]

        statuses = asyncio.run(_meanwhile(hold, browser.send_soon("GET", back), others))

    assert statuses == [303, 303, 303]
    assert browser.get("/api/v1/users/me").json()["username"] == "user"
