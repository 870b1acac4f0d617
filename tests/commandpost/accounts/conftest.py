"""The doors of accounts over an empty database, with cheap passwords."""

import pytest
from fastapi import FastAPI

from commandpost.accounts import api, web
from commandpost.accounts.same_origin import SameOrigin
from commandpost.kit.db import Database
from commandpost.settings import Settings
from commandpost.ui.faces import add_faces
from tests.commandpost.accounts import given
from tests.commandpost.accounts.browser import SITE, Browser


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
    return Browser(app)
