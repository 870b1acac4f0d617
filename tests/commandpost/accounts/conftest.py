"""The doors of accounts over an empty database, with cheap passwords, and a cast of three."""

from dataclasses import dataclass

import pytest
from fastapi import FastAPI

from commandpost.accounts import api, web
from commandpost.accounts.gate import COOKIE
from commandpost.accounts.same_origin import SameOrigin
from commandpost.kit.db import Database
from commandpost.kit.ids import TeamId, UserId
from commandpost.settings import Settings
from commandpost.ui.faces import add_faces
from tests.commandpost.accounts import given
from tests.commandpost.accounts.browser import SITE, Browser

PASSWORD = "four words in a row"


@pytest.fixture
def app(database: Database) -> FastAPI:
    return an_app(database, site_url=SITE)


def an_app(database: Database, *, site_url: str) -> FastAPI:
    app = FastAPI(openapi_url="/api/v1/openapi.json")
    app.state.database = database
    app.state.settings = Settings(site_url=site_url)
    app.state.passwords = given.PASSWORDS
    add_faces(app)
    app.add_middleware(SameOrigin, site_url=site_url)
    app.include_router(web.router)
    app.include_router(api.router)
    return app


@pytest.fixture
def browser(app: FastAPI) -> Browser:
    """A browser in which nobody is signed in."""
    return Browser(app)


@dataclass(frozen=True, slots=True)
class Cast:
    """Ann administers, Ben is in her team, Cid is of another; each in a browser of their own."""

    demo: TeamId
    other: TeamId
    ann_id: UserId
    ben_id: UserId
    cid_id: UserId
    ann: Browser
    ben: Browser
    cid: Browser


@pytest.fixture
def cast(app: FastAPI, database: Database) -> Cast:
    with database.transaction() as session:
        demo = given.a_team(session, "demo", display_name="Demo")
        other = given.a_team(session, "other", display_name="Other")
        ann = given.a_user(session, "ann", teams=[demo], is_admin=True, password=PASSWORD)
        ben = given.a_user(session, "ben", teams=[demo], password=PASSWORD)
        cid = given.a_user(session, "cid", teams=[other], password=PASSWORD)
    browsers = [signed_in_browser(app, database, user_id) for user_id in (ann, ben, cid)]
    return Cast(demo, other, ann, ben, cid, *browsers)


def signed_in_browser(app: FastAPI, database: Database, user_id: str) -> Browser:
    browser = Browser(app)
    with database.transaction() as session:
        browser.cookies.set(COOKIE, given.a_session(session, user_id))
    return browser
