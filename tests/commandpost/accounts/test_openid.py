"""Signing in by a real OpenID provider, and what a dishonest one can't do."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from markupsafe import escape
from pydantic import ValidationError

from commandpost.accounts.actions.tokens import create_token_for
from commandpost.accounts.actions.users import deactivate_user
from commandpost.accounts.actor import CONSOLE
from commandpost.accounts.gate import COOKIE
from commandpost.accounts.openid import openid_from_environment
from commandpost.accounts.queries import list_teams_of
from commandpost.accounts.queries.secrets import list_identities
from commandpost.accounts.rules import Scope
from commandpost.kit.db import Database
from tests.commandpost.accounts.browser import SITE, Browser
from tests.commandpost.accounts.conftest import Cast, an_app, signed_in_browser
from tests.commandpost.accounts.provider import CLIENT_ID, Provider, known_to_us, running

JOURNEY = "commandpost_openid"
CONNECT = "/account/identities/connect"
DORA = {
    "sub": "4711",
    "preferred_username": "Dora Dunn",
    "name": "Dora  Dunn",
    "email": "dora@example.org",
}


@pytest.fixture(scope="module")
def _served() -> Iterator[Provider]:
    with running(Provider()) as provider:
        yield provider


@pytest.fixture
def provider(_served: Provider, app: FastAPI) -> Provider:
    _served.person, _served.lies, _served.announced, _served.down = dict(DORA), {}, {}, False
    _served.instead = ""
    _served.change_keys()
    app.state.openid = known_to_us(_served)
    return _served


def _go(browser: Browser, *, query: str = "") -> httpx.Response:
    """Walk to the provider and back, as a browser does."""
    there = browser.get(f"/sign-in/openid{query}").headers["location"]
    back = httpx.get(there).headers["location"]
    return browser.get(back.removeprefix(SITE))


def _connect(browser: Browser) -> httpx.Response:
    """Press the button of the account page, and walk to the provider and back."""
    return browser.get(_way_back(browser))


def _way_back(browser: Browser) -> str:
    """Return where the provider sends who wants to connect."""
    there = browser.post(CONNECT).headers["refresh"].removeprefix("0; url=")
    return httpx.get(there).headers["location"].removeprefix(SITE)


def test_somebody_new_gets_an_account_in_no_team(
    browser: Browser, database: Database, provider: Provider
) -> None:
    answer = _go(browser, query="?next=/account")

    me = browser.get("/api/v1/users/me").json()

    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert {**me, "id": ""} == {
        "id": "",
        "username": "dora-dunn",
        "display_name": "Dora Dunn",
        "email": "dora@example.org",
        "language": "",
        "is_admin": False,
    }
    with database.reading() as session:
        assert list_teams_of(session, me["id"]) == []
        assert [(i.issuer, i.subject) for i in list_identities(session, me["id"])] == [
            (provider.issuer, "4711")
        ]


def test_the_same_person_comes_back_to_the_same_account_whatever_their_name(
    app: FastAPI, browser: Browser, provider: Provider
) -> None:
    _go(browser)
    first = browser.get("/api/v1/users/me").json()["id"]
    provider.person = {"sub": "4711", "preferred_username": "ann"}
    again = Browser(app)

    _go(again)

    assert again.get("/api/v1/users/me").json()["id"] == first


@pytest.mark.parametrize(
    ("person", "username"),
    [
        ({"preferred_username": "Ben"}, "ben-2"),
        ({"email": "ben@example.org"}, "ben-2"),
        ({"preferred_username": "all"}, "all-2"),
        ({"preferred_username": "Дора"}, "user"),
        ({"name": "!", "email": "nonsense"}, "nonsense"),
        ({}, "user"),
    ],
)
def test_the_user_name_is_close_to_theirs_and_never_somebody_elses(
    browser: Browser, cast: Cast, provider: Provider, person: dict[str, str], username: str
) -> None:
    provider.person = {"sub": "1", **person}

    _go(browser)

    assert browser.get("/api/v1/users/me").json()["username"] == username


def test_nobody_new_comes_in_where_accounts_are_made_by_hand(
    app: FastAPI, browser: Browser, provider: Provider
) -> None:
    app.state.openid = known_to_us(provider, create_users=False)

    answer = _go(browser)

    assert answer.status_code == 403
    assert "You have no account here." in answer.text


def test_an_account_is_connected_from_its_page(
    app: FastAPI, cast: Cast, provider: Provider
) -> None:
    app.state.openid = known_to_us(provider, create_users=False)
    offered = cast.ben.get("/account").text

    answer = _connect(cast.ben)
    again = _connect(cast.ben)
    fresh = Browser(app)
    _go(fresh)

    assert "Connect Example ID" in offered
    assert (answer.headers["location"], again.headers["location"]) == ("/account", "/account")
    assert provider.issuer in cast.ben.get("/account").text
    assert fresh.get("/api/v1/users/me").json()["username"] == "ben"


def test_a_sign_in_is_connected_to_one_account(cast: Cast, provider: Provider) -> None:
    _connect(cast.ben)

    assert _connect(cast.cid).status_code == 409


def test_no_link_and_no_other_site_connects_anything(cast: Cast, provider: Provider) -> None:
    by_link = cast.ben.get("/sign-in/openid?connect=true").headers["location"]
    back = httpx.get(by_link).headers["location"].removeprefix(SITE)
    answer = cast.ben.get(back)

    cast.ben.headers["sec-fetch-site"] = "cross-site"
    from_elsewhere = cast.ben.post(CONNECT)

    assert answer.headers["location"] == "/"  # it signs in whom the provider names, and no more
    assert from_elsewhere.status_code == 403
    assert "set-cookie" not in from_elsewhere.headers


def test_the_way_to_connect_is_a_page_that_leads_on(cast: Cast, provider: Provider) -> None:
    answer = cast.ben.post(CONNECT)

    there = answer.headers["refresh"].removeprefix("0; url=")
    assert answer.status_code == 200
    assert there.startswith(provider.issuer)
    assert f'href="{escape(there)}"' in answer.text


def test_who_is_signed_out_is_not_sent_to_connect(browser: Browser, provider: Provider) -> None:
    answer = browser.post(CONNECT)

    assert answer.headers["location"].startswith("/sign-in")
    assert "set-cookie" not in answer.headers


def _identities(database: Database, user_id: str) -> list[str]:
    with database.reading() as session:
        return [identity.subject for identity in list_identities(session, user_id)]


def test_who_is_signed_out_meanwhile_connects_nothing(
    cast: Cast, database: Database, provider: Provider
) -> None:
    back = _way_back(cast.ben)
    del cast.ben.cookies[COOKIE]

    answer = cast.ben.get(back)

    assert answer.headers["location"].startswith("/sign-in?")
    assert _identities(database, cast.ben_id) == []


def test_who_signed_in_as_somebody_else_meanwhile_connects_nothing(
    cast: Cast, database: Database, provider: Provider
) -> None:
    back = _way_back(cast.cid)
    cast.cid.cookies.set(COOKIE, cast.ben.cookies[COOKIE])

    assert cast.cid.get(back).status_code == 403
    assert _identities(database, cast.ben_id) == []
    assert _identities(database, cast.cid_id) == []


def test_a_journey_to_sign_in_turned_into_one_to_connect_is_refused(
    cast: Cast, database: Database, provider: Provider
) -> None:
    there = cast.ben.get("/sign-in/openid").headers["location"]
    back = httpx.get(there).headers["location"].removeprefix(SITE)
    fields = json.loads(base64.urlsafe_b64decode(cast.ben.cookies[JOURNEY].strip('"')))
    del cast.ben.cookies[JOURNEY]
    cast.ben.cookies.set(JOURNEY, _packed({**fields, "connects": "é"}))

    assert cast.ben.get(back).status_code == 403
    assert _identities(database, cast.ben_id) == []


@pytest.mark.parametrize("scope", list(Scope))
def test_a_token_connects_nothing_to_its_owner(
    app: FastAPI, cast: Cast, database: Database, provider: Provider, scope: Scope
) -> None:
    with database.transaction() as session:
        token = create_token_for(session, username="ben", name="x", scope=scope)
    thief = signed_in_browser(app, database, cast.cid_id)
    back = _way_back(thief)
    thief.headers["authorization"] = f"Bearer {token}"

    began = thief.post(CONNECT)
    came_back = thief.get(back)

    assert began.status_code == (403 if scope is Scope.READ else 303)
    assert "refresh" not in began.headers
    assert came_back.headers["location"].partition("?")[0] == "/sign-in"
    assert _identities(database, cast.ben_id) == []
    assert _identities(database, cast.cid_id) == []


def _packed(fields: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode()


WHOLE = {"state": "5", "nonce": "n", "verifier": "v", "next": "/", "connects": ""}


@pytest.mark.parametrize(
    "journey",
    [
        *(_packed({**WHOLE, field: 5}) for field in WHOLE),
        _packed({**WHOLE, "next": ["/"]}),
        _packed({**WHOLE, "state": "\ud800"}),
        _packed({**WHOLE, "more": "x"}),
        _packed({"state": "5"}),
        _packed([1]),
        _packed("x"),
        base64.urlsafe_b64encode(b"[" * 3_000).decode(),
        "x",
    ],
)
def test_a_journey_that_somebody_made_is_refused(
    browser: Browser, provider: Provider, journey: str
) -> None:
    browser.cookies.set(JOURNEY, journey)

    answer = browser.get("/sign-in/openid/callback?code=x&state=5")

    assert answer.status_code == 403
    assert "The sign-in provider did not confirm who you are." in answer.text


def test_who_was_deactivated_stays_out(
    browser: Browser, database: Database, provider: Provider
) -> None:
    _go(browser)
    with database.transaction() as session:
        deactivate_user(session, CONSOLE, browser_user(browser))

    assert _go(browser).status_code == 403


def browser_user(browser: Browser) -> str:
    return str(browser.get("/api/v1/users/me").json()["id"])


@pytest.mark.parametrize(
    "lies",
    [
        {"iss": "https://other.example"},
        {"aud": "another application"},
        {"aud": ["commandpost", "another"], "azp": "another"},
        {"nonce": "of another sign-in"},
        {"exp": 1},
        {"iat": 99_999_999_999},
        {"at_hash": "of another token"},
        {"sub": ""},
    ],
)
def test_tokens_that_are_not_for_us_sign_nobody_in(
    browser: Browser, provider: Provider, lies: dict[str, Any]
) -> None:
    provider.lies = lies

    answer = _go(browser)

    assert answer.status_code == 403
    assert "The sign-in provider did not confirm who you are." in answer.text
    assert browser.get("/api/v1/users/me").status_code == 401


def test_new_keys_of_the_provider_are_fetched(
    app: FastAPI, browser: Browser, provider: Provider
) -> None:
    _go(browser)
    provider.change_keys()
    again = Browser(app)

    assert _go(again).status_code == 303


def test_a_key_that_the_provider_does_not_publish_is_not_believed(
    browser: Browser, provider: Provider
) -> None:
    provider.forge_keys()

    assert _go(browser).status_code == 403


@pytest.mark.parametrize("query", ["", "?code=x", "?code=x&state=y", "?state=&code=x"])
def test_an_answer_that_this_browser_did_not_ask_for_is_refused(
    browser: Browser, provider: Provider, query: str
) -> None:
    assert browser.get(f"/sign-in/openid/callback{query}").status_code == 403


def test_the_answer_to_another_browser_is_refused(
    app: FastAPI, browser: Browser, provider: Provider
) -> None:
    there = browser.get("/sign-in/openid").headers["location"]
    back = httpx.get(there).headers["location"].removeprefix(SITE)
    other = Browser(app)
    other.get("/sign-in/openid")

    assert other.get(back).status_code == 403


def test_a_code_is_good_once(browser: Browser, provider: Provider) -> None:
    there = browser.get("/sign-in/openid").headers["location"]
    back = httpx.get(there).headers["location"].removeprefix(SITE)
    cookies = httpx.Cookies(browser.cookies)
    first = browser.get(back)
    browser.cookies = cookies

    assert (first.status_code, browser.get(back).status_code) == (303, 403)


def test_the_cookie_of_the_journey_is_ours_alone_by_https(
    database: Database, provider: Provider
) -> None:
    app = an_app(database, site_url="https://incidents.example.org")
    app.state.openid = known_to_us(provider)

    cookie = Browser(app).get("/sign-in/openid").headers["set-cookie"]

    assert cookie.startswith("__Host-commandpost_openid=")
    assert {"Secure", "HttpOnly", "Path=/"} <= {part.strip() for part in cookie.split(";")}


def test_a_provider_that_fails_is_named_as_such(browser: Browser, provider: Provider) -> None:
    provider.down = True

    answer = _go(browser)

    assert answer.status_code == 502
    assert "The sign-in provider does not answer." in answer.text


@pytest.mark.parametrize(
    ("announced", "status"),
    [
        ({"issuer": "https://other.example"}, 403),
        ({"authorization_endpoint": None}, 403),
        ({"jwks_uri": "http://127.0.0.1:9/keys"}, 502),
    ],
)
def test_a_provider_that_announces_nonsense_signs_nobody_in(
    browser: Browser, provider: Provider, announced: dict[str, Any], status: int
) -> None:
    provider.announced = announced

    there = browser.get("/sign-in/openid")
    if there.status_code == 303:
        back = httpx.get(there.headers["location"]).headers["location"]
        there = browser.get(back.removeprefix(SITE))

    assert there.status_code == status


@pytest.mark.parametrize("answer", ["<html>", "[]"])
def test_a_provider_that_answers_something_else_signs_nobody_in(
    browser: Browser, provider: Provider, answer: str
) -> None:
    provider.instead = answer

    assert browser.get("/sign-in/openid").status_code == 403


def test_a_provider_that_is_not_there_is_named_as_such(app: FastAPI, browser: Browser) -> None:
    app.state.openid = known_to_us(Provider(issuer="http://127.0.0.1:9"))

    assert browser.get("/sign-in/openid").status_code == 502


def test_the_sign_in_page_offers_the_provider(
    app: FastAPI, browser: Browser, provider: Provider
) -> None:
    offered = browser.get("/sign-in?next=/account").text
    app.state.openid = None

    assert 'href="/sign-in/openid?next=/account"' in offered
    assert "Sign in by Example ID" in offered
    assert "/sign-in/openid" not in browser.get("/sign-in").text


def test_the_environment_names_the_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    assert openid_from_environment(SITE) is None
    monkeypatch.setenv("COMMANDPOST_OPENID_ISSUER", "https://id.example")
    with pytest.raises(ValidationError, match="COMMANDPOST_OPENID_CLIENT_ID"):
        openid_from_environment(SITE)
    monkeypatch.setenv("COMMANDPOST_OPENID_CLIENT_ID", CLIENT_ID)
    monkeypatch.setenv("COMMANDPOST_OPENID_NAME", "Example ID")

    found = openid_from_environment(SITE)

    assert found is not None
    assert (found.name, found.creates_users) == ("Example ID", True)
