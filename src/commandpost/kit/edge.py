"""The edge of a request: its transaction, and what every door asks of the application."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Annotated

from anyio import Lock
from anyio.lowlevel import RunVar
from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from commandpost.kit.db import Database
from commandpost.kit.words import ENGLISH, preferred
from commandpost.settings import Settings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def database_of(request: Request) -> Database:
    """Return the database that the application was made with."""
    database: Database = request.app.state.database
    return database


async def settings_of(request: Request) -> Settings:
    """Return the settings that the application was made with."""
    settings: Settings = request.app.state.settings
    return settings


def language_of(connection: HTTPConnection) -> str:
    """Return in which language to answer: as the viewer chose, else as the browser asks.

    Programs are answered in English.
    """
    if connection.scope["path"].startswith("/api/"):
        return ENGLISH
    chosen: str = getattr(getattr(connection.state, "viewer", None), "language", "")
    return chosen or preferred(connection.headers.get("accept-language", ""))


async def transaction(request: Request) -> AsyncIterator[Session]:
    """One request, one transaction: committed before the answer leaves, else rolled back."""
    edge = _reading if request.method in SAFE_METHODS else _writing
    async with edge(database_of(request)) as session:
        yield session


async def writing(request: Request) -> AsyncIterator[Session]:
    """As `transaction`, for the few doors that write when they are read (who enters a team)."""
    async with _writing(database_of(request)) as session:
        yield session


@asynccontextmanager
async def _reading(database: Database) -> AsyncIterator[Session]:
    session = database.reading()
    try:
        yield session
    finally:
        if database.is_sqlite:
            session.close()
        else:
            await run_in_threadpool(session.close)


@asynccontextmanager
async def _writing(database: Database) -> AsyncIterator[Session]:
    async with _turn(database):
        session = database.writing()
        try:
            yield session
            await run_in_threadpool(database.commit, session)
        finally:
            await run_in_threadpool(session.close)


_turns: RunVar[Lock] = RunVar("sqlite_writers")


def _turn(database: Database) -> AbstractAsyncContextManager[object]:
    """Let one request at a time write to SQLite, which has one writer anyway.

    Waiting for its lock in threads instead would fill them all, and leave the one that holds it
    without a thread to commit in.
    """
    if not database.is_sqlite:
        return nullcontext()
    turns = _turns.get(None)
    if turns is None:
        turns = Lock()
        _turns.set(turns)
    return turns


Db = Annotated[Session, Depends(transaction, scope="function")]
WriteDb = Annotated[Session, Depends(writing, scope="function")]
SettingsOf = Annotated[Settings, Depends(settings_of)]
