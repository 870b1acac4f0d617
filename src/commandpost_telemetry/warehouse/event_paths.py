"""Places kept as JSON that a message names itself, in its `integrations`.

What stands there is wrapped into an object with one key, which its shape then tells of.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

import msgspec

from commandpost_telemetry.warehouse.json_paths import JsonPaths, wire_names
from commandpost_telemetry.warehouse.shape import MARK, Path

_ASKS = b'"jsonPaths"'
_ANY_WAREHOUSE = "DATA_WAREHOUSE"
_Document = dict[str, msgspec.Raw]


class _Options(msgspec.Struct):
    jsonPaths: list[str] | str = ""  # noqa: N815 - the name on the wire


class _Integration(msgspec.Struct):
    options: _Options = msgspec.field(default_factory=_Options)


class _Head(msgspec.Struct):
    type: str
    integrations: dict[str, msgspec.Raw]


def marked(lines: bytes, destination: str, kept: JsonPaths) -> bytes:
    """Wrap what the messages want kept, unless it is `kept` as JSON in all of them."""
    if _ASKS not in lines:
        return lines
    return b"\n".join(_marked(line, destination, kept) for line in lines.split(b"\n"))


def _marked(line: bytes, destination: str, kept: JsonPaths) -> bytes:
    with suppress(msgspec.MsgspecError, RecursionError):  # then it asks for nothing
        head = msgspec.json.decode(line, type=_Head)
        paths = JsonPaths.read(_asked(head.integrations, destination))
        message = msgspec.json.decode(line, type=_Document)
        for document, name in wire_names.items():
            wanted = paths.of(head.type, document)
            if wanted and name in message:
                outermost = _outermost(wanted, kept.of(head.type, document))
                message[name] = _wrapped(message[name], outermost)
        return msgspec.json.encode(message)
    return line


def _asked(integrations: Mapping[str, msgspec.Raw], destination: str) -> str:
    """Return the paths for this warehouse, else those for any."""
    for name in (destination, _ANY_WAREHOUSE):
        if name in integrations:
            asked = msgspec.json.decode(integrations[name], type=_Integration).options.jsonPaths
            if asked:
                return asked if isinstance(asked, str) else ",".join(asked)
    return ""


def _outermost(wanted: frozenset[Path], kept: frozenset[Path]) -> Iterator[Path]:
    """Return the paths that lie in no other, shortest first."""
    taken = set(kept)
    for path in sorted(wanted, key=len):
        if not any(path[:depth] in taken for depth in range(1, len(path) + 1)):
            taken.add(path)
            yield path


def _wrapped(document: msgspec.Raw, paths: Iterator[Path]) -> msgspec.Raw:
    for path in paths:
        with suppress(msgspec.ValidationError, KeyError):  # nothing stands there
            document = _wrapped_at(document, path)
    return document


def _wrapped_at(value: msgspec.Raw, path: Sequence[str]) -> msgspec.Raw:
    if not path:
        return msgspec.Raw(msgspec.json.encode({MARK: value}))
    parts = msgspec.json.decode(value, type=_Document)
    key, *rest = path
    parts[key] = _wrapped_at(parts[key], rest)
    return msgspec.Raw(msgspec.json.encode(parts))
