"""Other sites can't act with our visitors' cookies."""

import pytest
from fastapi import FastAPI

from commandpost.accounts.gate import COOKIE
from commandpost.kit.db import Database
from tests.commandpost.accounts import given
from tests.commandpost.accounts.browser import Browser

HTTPS = "https://incidents.example.org"


@pytest.mark.parametrize(
    ("headers", "with_cookie", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, True, 303),
        ({"sec-fetch-site": "none"}, True, 303),
        ({"sec-fetch-site": "same-site"}, True, 403),
        ({"sec-fetch-site": "cross-site"}, True, 403),
        ({"sec-fetch-site": "cross-site"}, False, 403),
        ({"sec-fetch-site": "cross-site", "origin": "http://testserver"}, True, 403),
        ({"origin": "http://testserver"}, True, 303),
        ({"origin": "http://testserver:80"}, True, 303),
        ({"origin": "http://testserver:8000"}, True, 403),
        ({"origin": "https://testserver"}, True, 403),
        ({"origin": "http://evil.example"}, True, 403),
        ({"origin": "null"}, True, 403),
        ({"origin": "http://testserver:port"}, True, 403),
        ({"authorization": "Basic eDp5"}, True, 403),
        ({}, True, 403),
        ({}, False, 303),
    ],
)
def test_unsafe_requests_come_from_this_site(
    app: FastAPI, headers: dict[str, str], with_cookie: bool, status: int
) -> None:
    browser = Browser(app)
    browser.headers = headers
    if with_cookie:
        browser.cookies.set(COOKIE, "anything")

    answer = browser.post("/sign-out")

    assert answer.status_code == status


def test_the_refusal_says_what_to_do(browser: Browser) -> None:
    browser.headers = {"sec-fetch-site": "cross-site"}

    answer = browser.post("/sign-in", data={"username": "ann"})

    assert "This came from another site, so nothing was changed." in answer.text


def test_reading_from_elsewhere_is_an_ordinary_link(browser: Browser) -> None:
    browser.headers = {"sec-fetch-site": "cross-site"}

    assert browser.get("/sign-in").status_code == 200


def test_programs_with_a_token_come_from_anywhere(app: FastAPI, database: Database) -> None:
    with database.transaction() as session:
        token = given.a_token(session, given.an_actor(session, "ben"))
    program = Browser(app, token=token)
    program.headers["origin"] = "http://elsewhere.example"

    assert program.post("/sign-out").status_code == 303
