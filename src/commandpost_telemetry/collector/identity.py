"""Ids as the data plane compares them: text without what nobody can see."""

import re
from functools import lru_cache
from hashlib import md5
from uuid import UUID

import msgspec

# Printable to Python, yet nothing is seen of them: fillers, joiners, blanks.
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0]")


def cleaned(text: str) -> str:
    """Return the text without invisible characters and without space around it."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(c for c in _UNSEEN.sub("", text) if c.isprintable() or c.isspace())
        text = "".join(c for c in text if c == " " or not c.isspace())
    return text.strip()


def as_text(value: object) -> str:
    """Return an id of any JSON type as text, "" for none."""
    if isinstance(value, str):
        return cleaned(value)
    if value is None or value is msgspec.UNSET:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, int | float):
        return str(value)
    return msgspec.json.encode(value).decode()


@lru_cache(maxsize=8192)
def rudder_id(user_id: str, anonymous_id: str) -> str:
    """Return the id that both ids of a message make together, always the same for the same two."""
    digest = md5(f"{user_id}:{anonymous_id}".encode(), usedforsecurity=False).digest()
    return str(UUID(bytes=digest, version=4))
