"""The edge of a request: its transaction, and what every door asks of the application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from commandpost.kit.db import Database
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


async def transaction(request: Request) -> AsyncIterator[Session]:
    """One request, one transaction: committed before the answer leaves, else rolled back."""
    edge = _reading if request.method in SAFE_METHODS else _writing
    async with edge(database_of(request)) as session:
        yield session


async def writing(request: Request) -> AsyncIterator[Session]:
    """As `transaction`, for the few pages that write when they are read (marks as read)."""
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
    session = database.writing()
    try:
        yield session
        await run_in_threadpool(database.commit, session)
    finally:
        await run_in_threadpool(session.close)


Db = Annotated[Session, Depends(transaction, scope="function")]
WriteDb = Annotated[Session, Depends(writing, scope="function")]
SettingsOf = Annotated[Settings, Depends(settings_of)]
