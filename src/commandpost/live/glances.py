"""As what somebody sees a path, without rendering it: for hundreds at once, in one session."""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import Scope

from commandpost.kit.db import Database
from commandpost.kit.edge import database_of
from commandpost.kit.errors import AppError
from commandpost.live.memory import Kept

Glance = Callable[[Request, Session, str], None]
"""Calls `keep` if who asks sees what the path names; else it refuses, or does nothing."""


@dataclass(frozen=True, slots=True)
class Looking:
    """Somebody who asks, what the path names, and what a glance will say of them."""

    request: Request
    named: str
    kept: "asyncio.Future[Kept | None]"


class Glances:
    """Glances by the pattern of a path, whose group is what is glanced at."""

    def __init__(self, glances: Mapping[re.Pattern[str], Glance]) -> None:
        self._glances = glances
        self._waiting: dict[Glance, list[Looking]] = {}

    async def look(self, scope: Scope) -> Kept | None:
        """Return as what somebody sees the path; nothing where the ordinary route has to say."""
        for path, glance in self._glances.items():
            if found := path.fullmatch(scope["path"]):
                future = asyncio.get_running_loop().create_future()
                return await self._with_others(glance, Looking(Request(scope), found[1], future))
        return None

    async def _with_others(self, glance: Glance, looking: Looking) -> Kept | None:
        crowd = self._waiting.setdefault(glance, [])
        crowd.append(looking)
        if len(crowd) == 1:
            await self._look_for_all(glance, crowd)
        return await looking.kept

    async def _look_for_all(self, glance: Glance, crowd: Sequence[Looking]) -> None:
        """Look for all who come in the same turn of the loop; whoever is first does it."""
        try:
            try:
                await asyncio.sleep(0)
            finally:
                del self._waiting[glance]
            database = database_of(crowd[0].request)
            if database.is_sqlite:  # its rows are nearer than another thread
                _glance(database, glance, crowd)
            else:
                await run_in_threadpool(_glance, database, glance, crowd)
        finally:
            for each in crowd:
                if not each.kept.done():
                    each.kept.set_result(each.request.scope.get("state", {}).pop("kept", None))


def _glance(database: Database, glance: Glance, crowd: Sequence[Looking]) -> None:
    with database.reading() as session:
        for each in crowd:
            with suppress(AppError):  # the ordinary route words refusals
                glance(each.request, session, each.named)
