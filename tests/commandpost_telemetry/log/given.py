"""Requests and logs with nothing hidden."""

import asyncio
from collections.abc import Sequence
from hashlib import shake_256

from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.log.entry import Entry, Request
from commandpost_telemetry.log.log import Log


def a_request(*message_ids: str, source_id: str = "ann", padding: int = 0) -> Request:
    lines = [
        b'{"messageId":"%s","type":"track","padding":"%s"}\n'
        % (each.encode(), _noise(each, padding))
        for each in message_ids
    ]
    return Request(
        source_id=source_id,
        received_at=now(),
        count=len(lines),
        lines=b"".join(lines),
        message_ids=message_ids,
    )


def appended(log: Log, *requests: Request) -> None:
    """Append one after the other."""

    async def append() -> None:
        for request in requests:
            await log.append(request)

    asyncio.run(append())


def appended_at_once(log: Log, requests: Sequence[Request]) -> None:
    async def append() -> None:
        await asyncio.gather(*(log.append(request) for request in requests))

    asyncio.run(append())


def everything(log: Log, *, max_bytes: int = 64 << 20) -> list[Entry]:
    """Read as a reader does, call by call."""
    entries: list[Entry] = []
    while found := log.read(after=entries[-1].position if entries else 0, max_bytes=max_bytes):
        entries += found
    return entries


def kept_ids(log: Log) -> list[str]:
    return [
        line.split(b'"')[3].decode()
        for entry in everything(log)
        for line in entry.lines.splitlines()
    ]


def _noise(seed: str, size: int) -> bytes:
    """Text that does not shrink much when it is compressed, the same for the same seed."""
    return shake_256(seed.encode()).hexdigest(size // 2).encode()
