"""The stream: a WebSocket that tells a browser which topics changed, never what changed.

The features above say who a connection is and what it may hear: `app.state.who_listens` and
`app.state.may_listen`, see `Door`. Both are asked in a thread, and asked again whenever the topic
`user:<id>` says that the person's session or memberships changed.
"""

import asyncio
import contextlib
from collections.abc import Iterable
from typing import Protocol
from urllib.parse import urlsplit

import anyio
import msgspec
import structlog
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from commandpost.live.hub import Hub, Listener

router = APIRouter()

MOST_TOPICS = 1000
LONGEST_TOPIC = 80
CHECK_AGAIN = 300.0  # seconds; ends connections whose session ran out
SIGNED_OUT = 4401
FOREIGN = 4403
GARBLED = 1007
FAILED = 1011

log = structlog.get_logger()


class Viewer(Protocol):
    """Who listens."""

    @property
    def id(self) -> str: ...


class Door(Protocol):
    """What the features above answer; see `commandpost.chat.listening`."""

    def who_listens(self, session: Session, connection: WebSocket) -> Viewer | None:
        """Return whose connection it is now."""
        ...

    def may_listen(self, session: Session, viewer: Viewer, topic: str) -> bool:
        """Return whether they may be told that a topic changed."""
        ...


class Wish(msgspec.Struct):
    """What a browser sends: everything it wants to hear from now on."""

    topics: list[str]


class Stream:
    """One connection and what it may hear."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._hub: Hub = socket.app.state.hub
        self._state = socket.app.state
        self._listener = Listener()
        self._viewer: Viewer | None = None
        self._wanted: frozenset[str] = frozenset()
        self._allowed: dict[str, bool] = {}
        self._asking = asyncio.Lock()  # a wish and a look again never mix their answers

    async def run(self) -> None:
        """Admit, then listen and tell until one side ends it.

        Who is admitted listens already: nothing that changes from then on is missed. A refusal
        admits first too, since a browser learns its code only from an open connection.
        """
        if not is_own_origin(self._socket):
            await self._refuse(FOREIGN)
            return
        await self._want(self._socket.query_params.get("topics", "").split(","))
        if self._viewer is not None:
            await self._check_again()  # what they lost while they were asked for was told to nobody
        if self._viewer is None:
            await self._refuse(SIGNED_OUT)
            return
        try:
            await self._socket.accept()
            await self._both_ways()
        finally:
            self._hub.leave(self._listener)

    async def _refuse(self, code: int) -> None:
        await self._socket.accept()
        await self._socket.close(code)

    async def _both_ways(self) -> None:
        """Hear until the browser leaves; what is just being read for it is read to its end."""
        async with anyio.create_task_group() as both:
            both.start_soon(self._tell_until_gone)
            await self._hear()
            both.cancel_scope.cancel()

    async def _hear(self) -> None:
        """Take wishes until the browser leaves or sends what can't be read."""
        try:
            while True:
                wish = msgspec.json.decode(await self._socket.receive_text(), type=Wish)
                before = self._listener.topics
                await self._want(wish.topics)
                self._catch_up(self._listener.topics - before)
        except (msgspec.DecodeError, KeyError):  # KeyError: bytes where text belongs
            await self._close(GARBLED)
        except (WebSocketDisconnect, RuntimeError):  # RuntimeError: we closed it meanwhile
            return

    def _catch_up(self, topics: Iterable[str]) -> None:
        """Tell of topics once: they may have changed between the rendering and the listening."""
        for topic in topics:
            self._listener.hear(topic)

    async def _tell_until_gone(self) -> None:
        """Tell, and never leave a browser connected to which nothing is told any more."""
        try:
            await self._tell()
        except (WebSocketDisconnect, RuntimeError):
            return  # gone while we wrote
        except Exception:  # a browser whose stream ended connects again
            log.exception("stream failed")
            await self._close(FAILED)

    async def _tell(self) -> None:
        """Tell what changed; look again who listens when the person themselves changed."""
        while self._viewer is not None:
            changed = await self._changes()
            if not changed or f"user:{self._viewer.id}" in changed:
                await self._check_again()
            told = sorted(changed & self._wanted & self._listener.topics)
            if told:
                await self._socket.send_text(msgspec.json.encode({"topics": told}).decode())
        await self._close(SIGNED_OUT)

    async def _changes(self) -> frozenset[str]:
        try:
            async with asyncio.timeout(CHECK_AGAIN):
                return await self._listener.changes()
        except TimeoutError:
            return frozenset()

    async def _close(self, code: int) -> None:
        with contextlib.suppress(RuntimeError):  # closed already from the other side
            await self._socket.close(code)

    async def _want(self, topics: Iterable[str]) -> None:
        """Listen to these topics from now on, as far as they are allowed."""
        wanted = [t for t in dict.fromkeys(topics) if 0 < len(t) <= LONGEST_TOPIC]
        self._wanted = frozenset(wanted[:MOST_TOPICS])
        async with self._asking:
            await self._listen()

    async def _check_again(self) -> None:
        """Ask everything anew, and stop hearing what is no longer allowed."""
        async with self._asking:
            self._viewer = None
            self._allowed.clear()
            await self._listen()

    async def _listen(self) -> None:
        unknown = self._wanted - self._allowed.keys()
        if unknown or self._viewer is None:
            self._viewer, answers = await run_in_threadpool(self._ask, unknown)
            known = self._allowed | answers
            self._allowed = {topic: known.get(topic, False) for topic in self._wanted}
        if self._viewer is None:
            self._hub.leave(self._listener)
            return
        allowed = {topic for topic in self._wanted if self._allowed.get(topic)}
        self._hub.listen(self._listener, allowed | {f"user:{self._viewer.id}"})

    def _ask(self, topics: frozenset[str]) -> tuple[Viewer | None, dict[str, bool]]:
        with self._state.database.reading() as session:
            viewer: Viewer | None = self._state.who_listens(session, self._socket)
            if viewer is None:
                return None, {}
            return viewer, {t: self._state.may_listen(session, viewer, t) for t in topics}


def is_own_origin(socket: WebSocket) -> bool:
    """Return whether a page of this site opened the stream: browsers always say which one did."""
    site = urlsplit(socket.app.state.settings.site()).netloc
    try:
        opener = urlsplit(socket.headers.get("origin", "")).netloc
    except ValueError:  # no address at all
        return False
    return bool(opener) and opener in {socket.headers.get("host", ""), site}


@router.websocket("/live")
async def live(socket: WebSocket) -> None:
    """Tell a signed-in browser which of its topics changed."""
    await Stream(socket).run()
