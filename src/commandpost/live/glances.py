"""As what somebody sees a path, without rendering it: for hundreds at once, in a few reads."""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import Scope

from commandpost.kit.db import Database
from commandpost.kit.edge import database_of
from commandpost.live.memory import Kept

MOST_AT_ONCE = 1000  # look together; a statement takes only so many values
REST = 0.01  # seconds after a look in which others gather: a crowd comes connection by connection

Glance = Callable[[Sequence[Request], Session, str], None]
"""Calls `keep` for each of those who ask, all by cookie, that sees what the path names.

Of the others it says nothing: the ordinary route refuses them, or lets them in.
"""


@dataclass(frozen=True, slots=True)
class Looking:
    """Somebody who asks, and what a glance will say of them."""

    request: Request
    kept: "asyncio.Future[Kept | None]"


class Glances:
    """Glances by the pattern of a path, whose group is what is glanced at."""

    def __init__(self, glances: Mapping[re.Pattern[str], Glance]) -> None:
        self._glances = glances
        self._waiting: dict[tuple[Glance, str], list[Looking]] = {}
        self._rests_until = 0.0

    async def look(self, scope: Scope) -> Kept | None:
        """Return as what somebody sees the path; nothing where the ordinary route has to say."""
        for path, glance in self._glances.items():
            if found := path.fullmatch(scope["path"]):
                future = asyncio.get_running_loop().create_future()
                return await self._with_others(glance, found[1], Looking(Request(scope), future))
        return None

    async def _with_others(self, glance: Glance, named: str, looking: Looking) -> Kept | None:
        crowd = self._waiting.setdefault((glance, named), [])
        crowd.append(looking)
        if len(crowd) == 1:
            await self._look_for_all(glance, named, crowd)
        return await looking.kept

    async def _look_for_all(self, glance: Glance, named: str, crowd: Sequence[Looking]) -> None:
        """Look for all who come until the rest is over; whoever is first does it."""
        try:
            try:
                await asyncio.sleep(self._rests_until - monotonic())
            finally:
                del self._waiting[glance, named]
            requests = [each.request for each in crowd]
            database = database_of(requests[0])
            if database.is_sqlite:  # its rows are nearer than another thread
                _glance(database, glance, requests, named)
            else:
                await run_in_threadpool(_glance, database, glance, requests, named)
        finally:
            self._rests_until = monotonic() + REST
            for each in crowd:
                if not each.kept.done():
                    each.kept.set_result(each.request.scope.get("state", {}).pop("kept", None))


def _glance(database: Database, glance: Glance, requests: Sequence[Request], named: str) -> None:
    with database.reading() as session:
        for start in range(0, len(requests), MOST_AT_ONCE):
            glance(requests[start : start + MOST_AT_ONCE], session, named)
