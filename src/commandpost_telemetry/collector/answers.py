"""The answers of the data plane, byte by byte as SDKs know them."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    """One response."""

    status: int
    headers: Headers
    body: bytes


def _answer(status: int, content_type: bytes, body: bytes, *more: tuple[bytes, bytes]) -> Answer:
    length = str(len(body)).encode()
    return Answer(
        status, [(b"content-type", content_type), (b"content-length", length), *more], body
    )


TEXT = b"text/plain; charset=utf-8"
OK = _answer(200, TEXT, b"ok")

# One transparent pixel.
_GIF = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)
PIXEL = _answer(200, b"image/gif", _GIF, (b"cache-control", b"no-store"))
ROBOTS = _answer(200, TEXT, b"User-agent: *\nDisallow: /\n")


def refused(status: int, message: str, *, retry_after: int | None = None) -> Answer:
    """Return an error: always plain text, since SDKs take other JSON for a passing trouble."""
    more: Headers = [(b"x-content-type-options", b"nosniff")]
    if retry_after is not None:
        more.append((b"retry-after", str(retry_after).encode()))
    return _answer(status, TEXT, f"{message}\n".encode(), *more)


def json(content: Mapping[str, object], *, status: int = 200) -> Answer:
    """Return a JSON answer."""
    return _answer(status, b"application/json; charset=utf-8", msgspec.json.encode(content))


def text(body: bytes, content_type: bytes) -> Answer:
    """Return any other text."""
    return _answer(200, content_type, body)
