"""A fake of Snowflake that the real connector talks to, behind a door where a test plants words.

The fake knows no bad day: what the service says then is said at the door.
"""

import asyncio
import gzip
import json
import re
import socket
import threading
import warnings
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import uvicorn

QUERIES = "/queries/v1/query-request"
SIGN_IN = "/session/v1/login-request"

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to requests on a path whose body matches; no code: nothing is ever said."""

    path: str
    pattern: re.Pattern[str]
    code: str
    message: str

    def is_to(self, path: str, body: str) -> bool:
        return path == self.path and self.pattern.search(body) is not None

    def body(self) -> bytes:
        said = {"success": False, "code": self.code, "message": self.message}
        return json.dumps({**said, "data": {"sqlState": "57014"}}).encode()


@dataclass
class Door:
    """Hands requests on to the fake, unless an answer is planted."""

    app: App
    planted: list[Answer] = field(default_factory=list)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self.planted:
            await self.app(scope, receive, send)
            return
        body = await _body(receive)
        text = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
        for answer in self.planted:
            if answer.is_to(scope["path"], text.decode(errors="replace")):
                await self._say(answer, send)
                return
        await self.app(scope, _again(body), send)

    @contextmanager
    def saying(
        self, message: str, *, code: str = "", to: str = "", path: str = QUERIES
    ) -> Iterator[None]:
        answer = Answer(path, re.compile(to), code, message)
        self.planted.append(answer)
        try:
            yield
        finally:
            self.planted.remove(answer)

    async def _say(self, answer: Answer, send: Send) -> None:
        while not answer.code and answer in self.planted:  # noqa: ASYNC110 - another thread ends it
            await asyncio.sleep(0.01)
        kind = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": kind})
        await send({"type": "http.response.body", "body": answer.body()})


async def _body(receive: Receive) -> bytes:
    body, is_more = b"", True
    while is_more:
        message = await receive()
        body += message.get("body", b"")
        is_more = message.get("more_body", False)
    return body


def _again(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body}

    return receive


@dataclass(frozen=True, slots=True)
class Snowflake:
    """A running fake; what it holds is kept as long as the tests run."""

    port: int
    door: Door
    sessions: dict[str, Any]

    def new_address(self, **options: int | str) -> str:
        """Return the address of an empty database, which is made when it is connected to."""
        said = {"protocol": "http", "network_timeout": 20, "schema": "events", **options}
        query = "&".join(f"{name}={value}" for name, value in said.items())
        database = f"TEST_{uuid4().hex}"
        return f"snowflake://fake:snow@fakesnow/{database}?host=127.0.0.1&port={self.port}&{query}"

    def end_sessions(self) -> None:
        """Forget who is signed in."""
        self.sessions.clear()


@contextmanager
def quiet() -> Iterator[None]:
    """Let the fake do what DuckDB warns of."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Arrow output on a DB-API result")
        yield


@contextmanager
def a_snowflake() -> Iterator[Snowflake]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its imports warn
        from fakesnow.server import app, sessions  # noqa: PLC0415 - takes seconds
    door = Door(app)
    config = uvicorn.Config(door, ws="none", lifespan="off", log_level="critical", access_log=False)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield Snowflake(listening.getsockname()[1], door, sessions)
        finally:
            server.should_exit = True
            thread.join()
