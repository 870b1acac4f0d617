"""The page of one's own account."""

import re
from datetime import datetime, timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from commandpost.accounts.actions.sign_in import start_session
from commandpost.accounts.models import Identity, SignIn, Token
from commandpost.accounts.queries import get_user
from commandpost.accounts.queries.secrets import list_sessions
from commandpost.accounts.rules import secret_hash
from commandpost.kit.clock import clock, now
from commandpost.kit.db import Database
from tests.commandpost.accounts import given
from tests.commandpost.accounts.browser import Browser
from tests.commandpost.accounts.conftest import PASSWORD, Cast, signed_in_browser

NEW = "another four words"


def test_the_page_shows_who_one_is(cast: Cast) -> None:
    ben = cast.ben.get("/account").text
    ann = cast.ann.get("/account").text

    assert "You are @ben." in ben
    assert "You are @ann, and administer this server." in ann
    assert ("/backstage/people" in ben, "/backstage/people" in ann) == (False, True)


def test_name_and_address_are_saved(cast: Cast, database: Database) -> None:
    form = {"display_name": "Benjamin Baker", "email": "ben@example.org"}

    answer = cast.ben.post("/account/profile", data=form)

    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert "Your name and address are saved." in cast.ben.get("/account").text
    with database.reading() as session:
        assert get_user(session, cast.ben_id).email == "ben@example.org"


def test_a_refused_profile_stays_as_typed_and_changes_nothing(
    cast: Cast, database: Database
) -> None:
    form = {"display_name": "Benjamin", "email": "not an address"}

    answer = cast.ben.post("/account/profile", data=form)

    assert answer.status_code == 422
    assert 'value="Benjamin"' in answer.text
    assert 'value="not an address"' in answer.text
    assert "This is not an e-mail address." in answer.text
    with database.reading() as session:
        assert get_user(session, cast.ben_id).display_name == "ben"


def test_what_an_administrator_saved_meanwhile_is_shown_beside_ones_own(
    cast: Cast, database: Database
) -> None:
    opened = _hidden_in(cast.ben.get("/account").text)
    theirs = {"display_name": "Ben Brook", "email": "ben@example.org"}

    cast.ann.post(f"/backstage/people/{cast.ben_id}", data=theirs)
    mine = cast.ben.post("/account/profile", data={**opened, "display_name": "Benno"})
    with database.reading() as session:
        kept = get_user(session, cast.ben_id).display_name
    form = {**_hidden_in(mine.text), "display_name": "Benno", "email": "ben@example.org"}
    again = cast.ben.post("/account/profile", data=form)

    assert [mine.status_code, kept, again.status_code] == [409, "Ben Brook", 303]
    assert "to “Ben Brook” where you have “Benno”" in mine.text
    assert 'value="Benno"' in mine.text
    with database.reading() as session:
        ben = get_user(session, cast.ben_id)
        assert (ben.display_name, ben.email) == ("Benno", "ben@example.org")


def test_what_one_left_alone_stays_as_an_administrator_saved_it(
    cast: Cast, database: Database
) -> None:
    opened = _hidden_in(cast.ben.get("/account").text)
    left = {"display_name": "ben", "email": "", "language": "de"}

    cast.ann.post(
        f"/backstage/people/{cast.ben_id}",
        data={"display_name": "Ben Brook", "email": "ben@example.org"},
    )
    cast.ben.post("/account/profile", data={**opened, **left})

    with database.reading() as session:
        ben = get_user(session, cast.ben_id)
        assert (ben.display_name, ben.email) == ("Ben Brook", "ben@example.org")
        assert ben.language == "de"


def _hidden_in(page: str) -> dict[str, str]:
    """Return what the form of the profile says it showed."""
    return dict(re.findall(r'name="(was_\w+)"\s+value="([^"]*)"', page))


def test_a_new_password_ends_all_other_sessions(
    app: FastAPI, database: Database, cast: Cast
) -> None:
    elsewhere = signed_in_browser(app, database, cast.ben_id)

    answer = cast.ben.post(
        "/account/password", data={"current_password": PASSWORD, "new_password": NEW}
    )

    assert answer.status_code == 303
    assert cast.ben.get("/account").status_code == 200
    assert elsewhere.get("/api/v1/users/me").status_code == 401
    with database.reading() as session:
        assert given.PASSWORDS.verify(given.password_hash_of(session, "ben"), NEW)


@pytest.mark.parametrize(
    ("current", "new", "sentence"),
    [
        ("wrong", NEW, "This is not your current password."),
        (PASSWORD, "short", "A password has at least 10 characters."),
    ],
)
def test_a_refused_password_changes_nothing(
    cast: Cast, database: Database, current: str, new: str, sentence: str
) -> None:
    answer = cast.ben.post(
        "/account/password", data={"current_password": current, "new_password": new}
    )

    assert answer.status_code == 422
    assert sentence in answer.text
    with database.reading() as session:
        assert given.PASSWORDS.verify(given.password_hash_of(session, "ben"), PASSWORD)


def test_guessing_the_current_password_is_throttled(cast: Cast) -> None:
    form = {"current_password": "wrong", "new_password": NEW}

    statuses = [cast.ben.post("/account/password", data=form).status_code for _ in range(11)]

    assert statuses == [422] * 10 + [429]


def test_sessions_are_listed_and_ended_one_by_one(
    app: FastAPI, database: Database, cast: Cast
) -> None:
    elsewhere = signed_in_browser(app, database, cast.ben_id)
    elsewhere_id = secret_hash(str(elsewhere.cookies["commandpost_session"]))

    page = cast.ben.get("/account").text
    answer = cast.ben.post(f"/account/sessions/{elsewhere_id}/end")

    assert page.count(">Test browser<") == 2
    assert page.count("This one") == 1
    assert f"/account/sessions/{elsewhere_id}/end" in page
    assert answer.status_code == 303
    assert elsewhere.get("/api/v1/users/me").status_code == 401
    assert cast.ben.get("/api/v1/users/me").status_code == 200


def test_all_other_sessions_end_together(app: FastAPI, database: Database, cast: Cast) -> None:
    for _ in range(2):
        signed_in_browser(app, database, cast.ben_id)

    cast.ben.post("/account/sessions/end-others")

    with database.reading() as session:
        assert len(list_sessions(session, cast.ben_id, at=now())) == 1
        assert len(list_sessions(session, cast.ann_id, at=now())) == 1


def test_nobody_ends_the_session_of_somebody_else(cast: Cast, database: Database) -> None:
    with database.reading() as session:
        anns = session.scalar(select(SignIn.id).where(SignIn.user_id == cast.ann_id))

    assert cast.ben.post(f"/account/sessions/{anns}/end").status_code == 404
    assert cast.ann.get("/account").status_code == 200


def test_a_new_token_outlives_a_reload_for_some_minutes(app: FastAPI, cast: Cast) -> None:
    made = cast.ben.post(
        "/account/tokens", data={"name": "deploy script", "scope": "read", "days": "7"}
    )
    secret = _shown_token(cast.ben)

    assert (made.status_code, made.headers["location"]) == (303, "/account")
    assert Browser(app, token="cp_" + secret).get("/api/v1/users/me").status_code == 200
    assert _shown_token(cast.ben) == secret
    (cookie,) = (each for each in cast.ben.cookies.jar if each.name == "commandpost_shown")
    assert (cookie.path, cookie.has_nonstandard_attr("HttpOnly")) == ("/account", True)
    assert "Max-Age=300" in made.headers["set-cookie"]


def test_a_token_is_not_shown_to_somebody_else_nor_when_it_is_revoked(cast: Cast) -> None:
    cast.ben.post("/account/tokens", data={"name": "deploy script"})
    secret = "cp_" + _shown_token(cast.ben)
    (token_id,) = (row["id"] for row in cast.ben.get("/api/v1/users/me/tokens").json()["items"])
    cast.ann.cookies.set("commandpost_shown", secret)

    cast.ben.post(f"/account/tokens/{token_id}/revoke")

    assert secret not in cast.ann.get("/account").text
    assert secret not in cast.ben.get("/account").text


def _shown_token(browser: Browser) -> str:
    return browser.get("/account").text.split('<code class="mono">cp_')[1].split("</code>")[0]


@pytest.mark.parametrize(
    ("days", "expires_in"), [("7", timedelta(days=7)), ("never", None), ("", None)]
)
def test_a_token_is_good_for_as_long_as_chosen(
    cast: Cast, database: Database, at_noon: datetime, days: str, expires_in: timedelta | None
) -> None:
    cast.ben.post("/account/tokens", data={"name": "x", "scope": "write", "days": days})

    with database.reading() as session:
        token = session.scalars(select(Token)).one()

    assert token.expires_at == (at_noon + expires_in if expires_in else None)
    assert token.scope == "write"


def test_a_token_that_ran_out_says_so(cast: Cast, at_noon: datetime) -> None:
    cast.ben.post("/account/tokens", data={"name": "x", "scope": "read", "days": "7"})
    clock.set(at_noon + timedelta(days=8))

    assert "Expired" in cast.ben.get("/account").text


def test_a_token_needs_a_name(cast: Cast) -> None:
    answer = cast.ben.post("/account/tokens", data={"name": "…", "scope": "read"})

    assert answer.status_code == 422
    assert 'id="token_name_error"' in answer.text
    assert 'value="…"' in answer.text


def test_a_revoked_token_ends_at_once(app: FastAPI, cast: Cast, database: Database) -> None:
    cast.ben.post("/account/tokens", data={"name": "x", "scope": "read"})
    secret = "cp_" + _shown_token(cast.ben)
    with database.reading() as session:
        token_id = session.scalars(select(Token.id)).one()

    refused = cast.cid.post(f"/account/tokens/{token_id}/revoke")
    before = Browser(app, token=secret).get("/api/v1/users/me").status_code
    cast.ben.post(f"/account/tokens/{token_id}/revoke")

    assert refused.status_code == 404
    assert before == 200
    assert Browser(app, token=secret).get("/api/v1/users/me").status_code == 401


def _connect(database: Database, user_id: str) -> None:
    with database.transaction() as session:
        session.add(
            Identity(issuer="https://id.example", subject="1", user_id=user_id, created_at=now())
        )


def test_a_provider_is_disconnected(cast: Cast, database: Database) -> None:
    _connect(database, cast.ben_id)
    form = {"issuer": "https://id.example", "subject": "1"}

    page = cast.ben.get("/account").text
    others = cast.cid.post("/account/identities/disconnect", data=form)
    answer = cast.ben.post("/account/identities/disconnect", data=form)

    assert "https://id.example" in page
    assert (others.status_code, answer.status_code) == (303, 303)
    assert "https://id.example" not in cast.ben.get("/account").text


def test_the_last_way_in_is_kept(app: FastAPI, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        dan = given.a_user(session, "dan")
    _connect(database, dan)
    browser = signed_in_browser(app, database, dan)

    answer = browser.post(
        "/account/identities/disconnect", data={"issuer": "https://id.example", "subject": "1"}
    )

    assert answer.status_code == 409
    assert "This is your only way to sign in." in answer.text
    assert "https://id.example" in browser.get("/account").text


def test_a_theme_is_kept_by_the_browser_and_on_its_pages_from_the_first_byte(
    cast: Cast, browser: Browser
) -> None:
    def scheme(of: Browser, path: str) -> tuple[bool, bool]:
        text = of.get(path).text
        return 'data-theme="dark"' in text, 'name="color-scheme" content="dark"' in text

    before = scheme(cast.ben, "/account")
    chosen = cast.ben.post("/account/theme", data={"theme": "dark"})
    after = [scheme(cast.ben, path) for path in ("/account", "/no-such-page")]
    page = cast.ben.get("/account").text
    cast.ben.post("/account/theme", data={"theme": "pink"})

    assert (before, chosen.status_code) == ((False, False), 303)
    assert after == [(True, True)] * 2
    assert '<option value="dark" selected>' in page
    assert scheme(cast.ben, "/account") == (False, False)
    assert scheme(browser, "/sign-in") == (False, False)


def test_a_session_or_token_that_comes_or_goes_is_told_and_shown_in_the_lists_alone(
    cast: Cast, database: Database
) -> None:
    heard: list[frozenset[str]] = []
    database.listen(heard.append)

    cast.ben.post("/account/tokens", data={"name": "deploy script"})
    with database.transaction() as session:
        start_session(session, cast.ben_id, user_agent="Firefox")
    lists = cast.ben.get("/account", headers={"HX-Request": "true"}).text

    assert [f"user:{cast.ben_id}" in topics for topics in heard] == [True, True]
    assert lists.lstrip().startswith('<div class="stack" id="account_access"')
    assert ("deploy script" in lists, "/account/profile" in lists) == (True, False)
    assert lists.count('<tr id="session_') == 2
