"""A data plane in a folder, asked without a socket."""

import asyncio
import json
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commandpost_telemetry.collector.limits import CollectorLimits
from commandpost_telemetry.collector.service import DataPlane, open_data_plane
from commandpost_telemetry.log.limits import LogLimits
from commandpost_telemetry.settings import Settings

KEY = "key-of-ann"
TRACK = {"type": "track", "event": "Ev", "userId": "u1", "messageId": "m1"}


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: dict[str, str]
    body: bytes


class Plane:
    """What a test needs of a data plane."""

    def __init__(self, parts: DataPlane) -> None:
        self.parts = parts

    def send(
        self,
        method: str,
        path: str,
        *chunks: bytes,
        headers: Mapping[str, str] | None = None,
        key: str | None = KEY,
        breaks_off: bool = False,
        peer: tuple[str, int] | None = ("203.0.113.7", 1234),
    ) -> Response:
        """Ask once; the body comes in chunks and may break off."""
        return asyncio.run(
            self.asend(
                method, path, *chunks, headers=headers, key=key, breaks_off=breaks_off, peer=peer
            )
        )

    async def asend(
        self,
        method: str,
        path: str,
        *chunks: bytes,
        headers: Mapping[str, str] | None = None,
        key: str | None = KEY,
        breaks_off: bool = False,
        peer: tuple[str, int] | None = ("203.0.113.7", 1234),
    ) -> Response:
        """Ask within a running loop."""
        authorized = {"authorization": basic(key)} if key is not None else {}
        name, _, query = path.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": name,
            "query_string": query.encode(),
            "headers": [
                (key.lower().encode(), value.encode("latin-1"))
                for key, value in (authorized | dict(headers or {})).items()
            ],
            "client": peer,
        }
        sent: list[Any] = []
        incoming = iter(_messages(chunks, breaks_off=breaks_off))

        async def receive() -> Any:
            await asyncio.sleep(0)
            return next(incoming)

        async def send(message: Any) -> None:
            await asyncio.sleep(0)
            sent.append(message)

        await self.parts.app(scope, receive, send)
        start, body = sent
        answered = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
        return Response(start["status"], answered, body["body"])

    def post(self, path: str, content: object, **options: Any) -> Response:
        """Post as JSON."""
        return self.send("POST", path, json.dumps(content).encode(), **options)

    def kept(self) -> list[dict[str, Any]]:
        """Return the messages in the log."""
        return [
            json.loads(line)
            for entry in self.parts.log.read(after=0)
            for line in entry.lines.splitlines()
        ]

    def rejected(self) -> list[tuple[str, bytes]]:
        """Return the rejects, oldest first."""
        return [(each.reason, each.body) for each in reversed(self.parts.rejects.search())]


@contextmanager
def a_plane(
    folder: Path,
    *,
    limits: CollectorLimits | None = None,
    log_limits: LogLimits | None = None,
    keys: Mapping[str, str] | None = None,
) -> Iterator[Plane]:
    settings = Settings(data_dir=folder, collector_write_keys=dict(keys or {"ann": KEY}))
    parts = open_data_plane(settings, version="0.4.0", limits=limits, log_limits=log_limits)
    try:
        yield Plane(parts)
    finally:
        parts.close()


def basic(key: str) -> str:
    return "Basic " + b64encode(f"{key}:".encode()).decode()


def _messages(chunks: Sequence[bytes], *, breaks_off: bool) -> Iterator[dict[str, Any]]:
    for number, chunk in enumerate(chunks or [b""], 1):
        more = breaks_off or number < len(chunks)
        yield {"type": "http.request", "body": chunk, "more_body": more}
    yield {"type": "http.disconnect"}
