"""Reads a request body within bounds of size and time, and inflates it within the same."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from commandpost_telemetry.collector.limits import CollectorLimits
from commandpost_telemetry.collector.pressure import Held

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

_GZIP = 16 + zlib.MAX_WBITS


class TooLarge(Exception):
    """The body is larger than the limit, or would be once inflated."""


class Unreadable(Exception):
    """The body broke off, came too slowly or cannot be inflated."""


async def read_body(
    receive: Receive, encoding: bytes, limits: CollectorLimits, held: Held
) -> bytes:
    """Return the whole body, inflated if it says gzip."""
    try:
        async with asyncio.timeout(limits.body_seconds):
            raw = await _read(receive, limits, held)
    except TimeoutError as error:
        raise Unreadable from error
    if encoding != b"gzip":
        return raw
    body = inflated(raw, limits.body_bytes)
    held.hold(len(body))
    return body


def inflated(raw: bytes, most: int) -> bytes:
    """Return what a gzip stream holds, never inflating more than `most` bytes of it."""
    pieces: list[bytes] = []
    room = most + 1
    rest = raw
    try:
        while rest:
            stream = zlib.decompressobj(_GZIP)
            piece = stream.decompress(rest, room)
            pieces.append(piece)
            room -= len(piece)
            if room <= 0:
                raise TooLarge
            if not stream.eof:
                raise Unreadable
            rest = stream.unused_data  # another member may follow
    except zlib.error as error:
        raise Unreadable from error
    return b"".join(pieces)


async def _read(receive: Receive, limits: CollectorLimits, held: Held) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Unreadable
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= limits.body_bytes:
            held.hold(len(chunk))
            chunks.append(chunk)
        elif size > limits.drained_bytes:
            raise TooLarge
        if not message.get("more_body", False):
            break
    if size > limits.body_bytes:
        raise TooLarge
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)
