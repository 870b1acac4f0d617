"""Bytes of a request body as JSON text that every later reader can take."""

import re

import msgspec

MAX_DEPTH = 500
MAY_BE_DEEP = 2 * MAX_DEPTH  # bytes: every level opens and closes

# An escaped backslash and a whole pair are passed over, so that only a lone half is replaced.
_SURROGATES = re.compile(
    rb"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)
_ANY = msgspec.json.Decoder(msgspec.Raw)


def readable(body: bytes) -> bytes:
    """Return the body as UTF-8 without raw line ends; what cannot be text becomes U+FFFD."""
    if not body.isascii():
        body = body.decode("utf-8", "replace").encode()
    if b"\n" in body or b"\r" in body:
        body = msgspec.json.format(body, indent=-1)
    return body


def mended(body: bytes) -> bytes:
    """Return the body with half surrogate pairs replaced: some SDKs write them, JSON has none."""
    return _SURROGATES.sub(lambda match: rb"\ufffd" if match[1] else match[0], body)


def is_json(body: bytes) -> bool:
    """Whether the whole body is one JSON value."""
    try:
        _ANY.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def is_too_deep(message: bytes) -> bool:
    """Whether objects and arrays are nested deeper than readers of the log have to follow."""
    if message.count(b"{") + message.count(b"[") <= MAX_DEPTH:
        return False
    depth = deepest = 0
    for token in _TOKENS.finditer(message):
        if token[0] in b"{[":
            depth += 1
            deepest = max(deepest, depth)
        elif token[0] in b"}]":
            depth -= 1
    return deepest > MAX_DEPTH


_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]')
