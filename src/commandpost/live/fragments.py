"""A fragment that hundreds fetch again at once is rendered once for all who see it alike.

Two things are remembered, each until one of its topics changes: that a session sees a path as a
certain audience (`user:<id>` says when that ends), and what an audience sees there. Both pass the
ordinary route and its permission check first; a route joins in by calling `keep`.
"""

import asyncio
import threading
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from time import monotonic

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from commandpost.kit.db import Database
from commandpost.kit.words import language
from commandpost.live.hub import EVERYTHING

SIGHT_LASTS = 60.0  # seconds; sessions that run out say nothing
ANSWER_LASTS = 20.0  # seconds; durations and names of people go on
MOST_SIGHTS = 20_000
MOST_ANSWERS = 1_000
MOST_BYTES = 32 * 1024 * 1024  # of all answers together
LONGEST_ANSWER = 128 * 1024
MOST_TOPICS = 50_000
LONGEST_KEY = 2048  # who asks for what; beyond it nothing is remembered


@dataclass(frozen=True, slots=True)
class Kept:
    """What a route says of its answer: who sees it alike, and what changes it."""

    viewer_id: str
    audience: str
    topics: frozenset[str]


def keep(request: Request, *, viewer_id: str, audience: str, topics: Iterable[str]) -> None:
    """Let others of the same audience have this answer too, until a topic changes.

    The audience names all that the answer depends on beside the path and the language: two
    viewers with the same one get the same bytes.
    """
    request.state.kept = Kept(viewer_id, f"{language()} {audience}", frozenset(topics))


@dataclass(frozen=True, slots=True)
class Sight:
    """As what somebody sees a path."""

    audience: str
    until: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What an audience sees."""

    headers: list[tuple[bytes, bytes]]
    body: bytes
    until: float


class Memory:
    """Sights and answers by key, forgotten when a topic they hang on changes; for any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sights: dict[Hashable, Sight] = {}
        self._answers: dict[Hashable, Answer] = {}
        self._bytes = 0
        self._hanging: dict[str, set[Hashable]] = {}
        self._hangs_on: dict[Hashable, frozenset[str]] = {}
        self._changed: dict[str, int] = {}
        self._forgotten = 0
        self.tick = 0
        """Counts changes: what was asked before a change is not kept after it."""

    def audience_of(self, sight_key: Hashable) -> str | None:
        """Return as what this session sees the path, if that is known."""
        sight = self._sights.get(sight_key)
        return sight.audience if sight is not None and sight.until >= monotonic() else None

    def find(self, sight_key: Hashable, path: Hashable) -> Answer | None:
        """Return what is remembered for this session at this path."""
        audience = self.audience_of(sight_key)
        answer = self._answers.get((path, audience))
        if audience is None or answer is None or answer.until < monotonic():
            return None
        return answer

    def add(
        self, sight_key: Hashable, path: Hashable, kept: Kept, answer: Answer, *, since: int
    ) -> None:
        """Remember an answer that was asked for at the tick `since`, unless it is old already."""
        own = f"user:{kept.viewer_id}"
        with self._lock:
            if len(answer.body) > LONGEST_ANSWER or self._is_old((own, *kept.topics), since):
                return
            answer_key = (path, kept.audience)
            self._drop(answer_key)  # so that the oldest stand first
            self._make_room(len(answer.body))
            self._sights[sight_key] = Sight(kept.audience, monotonic() + SIGHT_LASTS)
            self._hanging.setdefault(own, set()).add(sight_key)
            self._answers[answer_key] = answer
            self._hangs_on[answer_key] = kept.topics
            self._bytes += len(answer.body)
            for topic in kept.topics:
                self._hanging.setdefault(topic, set()).add(answer_key)

    def _is_old(self, topics: Iterable[str], since: int) -> bool:
        changed = max((self._changed.get(topic, 0) for topic in topics), default=0)
        return max(changed, self._forgotten) > since

    def _make_room(self, size: int) -> None:
        for key, answer in list(self._answers.items()):
            if answer.until >= monotonic():
                break
            self._drop(key)
        is_full = len(self._sights) >= MOST_SIGHTS or len(self._answers) >= MOST_ANSWERS
        if is_full or self._bytes + size > MOST_BYTES:
            self._forget_all()

    def _drop(self, key: Hashable) -> None:
        """Forget one answer, and that it hangs on anything."""
        answer = self._answers.pop(key, None)
        if answer is None:
            return
        self._bytes -= len(answer.body)
        for topic in self._hangs_on.pop(key):
            hanging = self._hanging.get(topic, set())
            hanging.discard(key)
            if not hanging:
                self._hanging.pop(topic, None)

    def _forget_all(self) -> None:
        self._sights.clear()
        self._answers.clear()
        self._bytes = 0
        self._hangs_on.clear()
        self._hanging.clear()

    def hear(self, topics: frozenset[str]) -> None:
        """Forget what hangs on these topics."""
        with self._lock:
            self.tick += 1
            if EVERYTHING in topics or len(self._changed) > MOST_TOPICS:
                self._changed.clear()
                self._forgotten = self.tick
                self._forget_all()
            for topic in topics:
                self._changed[topic] = self.tick
                for key in self._hanging.pop(topic, ()):
                    self._sights.pop(key, None)
                    self._drop(key)


class Fragments:
    """Answers fragments from memory; all else goes on to the application."""

    def __init__(self, app: ASGIApp, *, database: Database) -> None:
        self._app = app
        self._memory = Memory()
        self._asked: dict[tuple[Hashable, str | None], asyncio.Event] = {}
        database.listen(self._memory.hear)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        who = _who(scope)
        if who is None:
            await self._app(scope, receive, send)
            return
        path = (scope["path"], scope["query_string"])
        answer = self._memory.find((path, who), path) or await self._wait(path, who)
        if answer is None:
            await self._ask_first(scope, receive, send, path=path, who=who)
            return
        start = {"type": "http.response.start", "status": 200, "headers": answer.headers}
        await send(start)
        await send({"type": "http.response.body", "body": answer.body})

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
            self._memory.add((path, who), path, kept, answer, since=since)


def _who(scope: Scope) -> tuple[bytes, bytes] | None:
    """Return whose fragment is asked for, in what language; nothing for other requests."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    headers = dict(scope["headers"])
    cookie, languages = headers.get(b"cookie"), headers.get(b"accept-language", b"")
    if not cookie or headers.get(b"hx-request") != b"true" or b"authorization" in headers:
        return None
    if len(cookie) + len(languages) + len(scope["path"]) + len(scope["query_string"]) > LONGEST_KEY:
        return None
    return cookie, languages


def _is_for_all(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    return all(name.lower() != b"set-cookie" for name, _ in headers)
