"""A fragment that hundreds fetch again at once is rendered once for all who see it alike.

A viewer passes the ordinary route and its permission check, or a glance: the same check without
the rendering. A route joins in by calling `keep`, and its glance by calling it with the same words.
"""

import asyncio
import re
from collections.abc import Hashable, Iterable, Mapping
from time import monotonic

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from commandpost.kit.edge import language_of
from commandpost.live.glances import Glance, Glances
from commandpost.live.memory import ANSWER_LASTS, Answer, Kept, Memory

LONGEST_KEY = 2048  # who asks for what; beyond it nothing is remembered


def keep(request: Request, *, viewer_id: str, audience: str, topics: Iterable[str]) -> None:
    """Let others of the same audience have this answer too, until a topic changes.

    The audience names all that the answer depends on beside the path and the language: two
    viewers with the same one get the same bytes.
    """
    request.state.kept = Kept(viewer_id, f"{language_of(request)} {audience}", frozenset(topics))


class Fragments:
    """Answers fragments from memory; all else goes on to the application."""

    def __init__(
        self, app: ASGIApp, *, memory: Memory, glances: Mapping[re.Pattern[str], Glance]
    ) -> None:
        self._app = app
        self._glances = Glances(glances)
        self._memory = memory
        self._asked: dict[tuple[Hashable, str | None], asyncio.Event] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        who = _who(scope)
        if who is None:
            await self._app(scope, receive, send)
            return
        path = (scope["path"], scope["query_string"])
        await self._look(scope, (path, who))
        answer = self._memory.find((path, who), path) or await self._wait(path, who)
        if answer is None:
            await self._ask_first(scope, receive, send, path=path, who=who)
            return
        start = {"type": "http.response.start", "status": 200, "headers": answer.headers}
        await send(start)
        await send({"type": "http.response.body", "body": answer.body})

    async def _look(self, scope: Scope, sight_key: Hashable) -> None:
        """Note as what somebody sees the path, where that is not known and a glance tells."""
        if self._memory.audience_of(sight_key) is None:
            since = self._memory.tick
            kept = await self._glances.look(scope)
            if kept is not None:
                self._memory.note(sight_key, kept, since=since)

    async def _wait(self, path: Hashable, who: Hashable) -> Answer | None:
        """Wait for who asks just now as the same audience; then their answer does for all."""
        asked = self._asked.get((path, self._memory.audience_of((path, who))))
        if asked is None:
            return None
        await asked.wait()
        return self._memory.find((path, who), path)

    async def _ask_first(
        self, scope: Scope, receive: Receive, send: Send, *, path: Hashable, who: Hashable
    ) -> None:
        """Ask the application; others of a known audience wait meanwhile."""
        key = (path, self._memory.audience_of((path, who)))
        if key[1] is None or key in self._asked:
            await self._ask(scope, receive, send, path=path, who=who)
            return
        self._asked[key] = asyncio.Event()
        try:
            await self._ask(scope, receive, send, path=path, who=who)
        finally:
            self._asked.pop(key).set()

    async def _ask(
        self, scope: Scope, receive: Receive, send: Send, *, path: Hashable, who: Hashable
    ) -> None:
        since = self._memory.tick
        parts: list[bytes] = []
        headers: list[tuple[bytes, bytes]] = []
        status = 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers.extend(message["headers"])
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))
            await send(message)

        await self._app(scope, receive, noting)
        kept = scope.get("state", {}).get("kept")
        if isinstance(kept, Kept) and status == 200 and _is_for_all(headers):  # noqa: PLR2004 - HTTP
            answer = Answer(headers, b"".join(parts), monotonic() + ANSWER_LASTS)
            self._memory.add(path, kept, answer, since=since)
            self._memory.note((path, who), kept, since=since)


def _who(scope: Scope) -> tuple[bytes, bytes] | None:
    """Return whose fragment is asked for, in what language; nothing for other requests.

    A proxy may hand cookies on one by one: all of them say who it is, the last alone does not.
    """
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    headers = dict(scope["headers"])
    cookie = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    languages = headers.get(b"accept-language", b"")
    if not cookie or headers.get(b"hx-request") != b"true" or b"authorization" in headers:
        return None
    if len(cookie) + len(languages) + len(scope["path"]) + len(scope["query_string"]) > LONGEST_KEY:
        return None
    return cookie, languages


def _is_for_all(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    return all(name.lower() != b"set-cookie" for name, _ in headers)
