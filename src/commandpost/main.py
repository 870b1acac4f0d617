"""create_app(): mounts every door; the one file that knows every feature."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from fastapi import FastAPI
from pydantic import ValidationError
from pydantic_settings import SettingsError
from sqlalchemy.orm import Session

from commandpost.accounts import api as accounts_api
from commandpost.accounts import web as accounts_web
from commandpost.accounts.actor import Actor
from commandpost.accounts.listening import may_listen as accounts_may_listen
from commandpost.accounts.openid import OpenIdProvider, openid_from_environment
from commandpost.accounts.same_origin import SameOrigin
from commandpost.chat import api as chat_api
from commandpost.chat import web as chat_web
from commandpost.chat.listening import may_listen as chat_may_listen
from commandpost.chat.listening import who_listens
from commandpost.chat.platform import Platform
from commandpost.chat.platforms.builtin import BuiltinPlatform
from commandpost.incidents import api as incidents_api
from commandpost.incidents import commands as incident_commands
from commandpost.incidents import web as incidents_web
from commandpost.incidents.listening import may_listen as incidents_may_listen
from commandpost.incidents.sidebar import IncidentWorkspace
from commandpost.incidents.web.sidebar import SIDEBAR, glance
from commandpost.kit.db import Base, Database
from commandpost.kit.errors import Invalid
from commandpost.kit.middleware import (
    AccessLog,
    BodyLimit,
    Languages,
    OneCharset,
    PlainCookies,
    SafeHeaders,
)
from commandpost.live import web as live_web
from commandpost.live.fragments import Fragments
from commandpost.live.hub import Hub
from commandpost.live.memory import Memory
from commandpost.playbooks import api as playbooks_api
from commandpost.playbooks import web as playbooks_web
from commandpost.settings import Settings, wrong_setting
from commandpost.slash.registry import Registry
from commandpost.telemetry import api as telemetry_api
from commandpost.telemetry import web as telemetry_web
from commandpost.telemetry.actions import TOPIC as TELEMETRY
from commandpost.telemetry.actions import TOPICS as TELEMETRY_TOPICS
from commandpost.telemetry.actions import configure
from commandpost.telemetry.record import product_version
from commandpost.ui.cached import CachedFiles
from commandpost.ui.faces import add_faces, face

METADATA = Base.metadata
STATIC = Path(__file__).parent / "ui" / "static"
DOORS = (
    incidents_api.router,  # first: routes are tried in order, and this one is asked most
    accounts_web.router,
    accounts_api.router,
    chat_web.router,
    chat_api.router,
    playbooks_web.router,
    playbooks_api.router,
    incidents_web.router,
    telemetry_web.router,
    telemetry_api.router,
    live_web.router,
)

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_app(
    settings: Settings, database: Database, *, lifespan: Lifespan | None = None
) -> FastAPI:
    """Return the application over a migrated database."""
    app = FastAPI(
        title="Commandpost",
        version=product_version(),
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    with database.transaction() as session:
        configure(session, settings)
    _fill_state(app, settings, database)
    _surround(app, settings)
    for router in DOORS:
        app.include_router(router)
    app.mount("/static", CachedFiles(directory=STATIC), name="static")
    return app


def _fill_state(app: FastAPI, settings: Settings, database: Database) -> None:
    app.state.settings = settings
    app.state.database = database
    app.state.openid = _openid(settings)
    app.state.platform = BuiltinPlatform(settings.language)
    app.state.commands = commands()
    app.state.workspace = IncidentWorkspace()
    app.state.who_listens = who_listens
    app.state.may_listen = may_listen
    app.state.memory = Memory()
    database.listen(app.state.memory.hear)  # before the hub: who is told may ask at once
    app.state.hub = Hub(database)


def _surround(app: FastAPI, settings: Settings) -> None:
    """Add what surrounds every request; what is added last is outermost."""
    add_faces(app)
    app.add_middleware(BodyLimit, refuse=face)
    app.add_middleware(OneCharset, refuse=face)
    app.add_middleware(SameOrigin, site_url=settings.site())
    app.add_middleware(Languages)
    app.add_middleware(Fragments, memory=app.state.memory, glances={SIDEBAR: glance})
    app.add_middleware(PlainCookies)
    app.add_middleware(SafeHeaders)
    app.add_middleware(AccessLog)


def _openid(settings: Settings) -> OpenIdProvider | None:
    try:
        return openid_from_environment(settings.site())
    except (ValidationError, SettingsError) as error:
        raise Invalid(wrong_setting(error, "COMMANDPOST_OPENID_")) from error


def commands() -> Registry[Platform]:
    """Return every slash command of the product."""
    registry: Registry[Platform] = Registry()
    incident_commands.register(registry)
    return registry


def may_listen(session: Session, actor: Actor, topic: str) -> bool:
    """Return whether somebody may be told that a topic changed."""
    if topic in TELEMETRY_TOPICS:
        return actor.is_admin or topic == TELEMETRY
    if accounts_may_listen(actor, topic):
        return True
    return incidents_may_listen(session, actor, topic) or chat_may_listen(session, actor, topic)


def open_database(settings: Settings) -> Database:
    """Return the database that the settings name; SQLite's folder is made if missing."""
    if not settings.database_url:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    return Database(settings.database())
