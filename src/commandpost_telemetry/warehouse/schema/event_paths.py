"""Places kept as JSON that a message names itself, in its `integrations`.

What stands there is wrapped into an object with one key, which its shape then tells of.
"""

from collections.abc import Mapping
from contextlib import suppress
from functools import reduce

import msgspec

from commandpost_telemetry.warehouse.schema.json_paths import JsonPaths, wire_names
from commandpost_telemetry.warehouse.schema.leaves import MARK, Path

_ASKS = b'"jsonPaths"'
_MOST = 200  # paths of a message, which may fill as many columns
_DEEPEST = 100  # keys of a path: a message that is nested deeper becomes no row
_ANY_WAREHOUSE = "DATA_WAREHOUSE"
_Document = dict[str, msgspec.Raw]


class _Tree(dict[str, "_Tree"]):
    """Keys of paths; one that has none behind it is the end of a path."""


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
            if name in message:
                tree = _outermost(paths.of(head.type, document), kept.of(head.type, document))
                message[name] = _wrapped(message[name], tree) if tree else message[name]
        return msgspec.json.encode(message)
    return line


def _asked(integrations: Mapping[str, msgspec.Raw], destination: str) -> str:
    """Return the first of the paths for this warehouse, else of those for any."""
    for name in (destination, _ANY_WAREHOUSE):
        if name in integrations:
            asked = msgspec.json.decode(integrations[name], type=_Integration).options.jsonPaths
            if asked:
                text = asked if isinstance(asked, str) else ",".join(asked)
                return ",".join(text.split(",", _MOST)[:_MOST])
    return ""


def _outermost(wanted: frozenset[Path], kept: frozenset[Path]) -> _Tree:
    """Return the paths that lie in no other, as a tree."""
    taken = set(kept)
    tree = _Tree()
    for path in sorted((each for each in wanted if len(each) <= _DEEPEST), key=len):
        if not any(path[:depth] in taken for depth in range(1, len(path) + 1)):
            taken.add(path)
            reduce(lambda branch, key: branch.setdefault(key, _Tree()), path, tree)
    return tree


def _wrapped(value: msgspec.Raw, tree: _Tree) -> msgspec.Raw:
    """Wrap what stands at the leaves of the tree; each part is read once, whatever is wanted."""
    with suppress(msgspec.ValidationError):  # it has no parts
        parts = msgspec.json.decode(value, type=_Document)
        for key in tree.keys() & parts.keys():
            parts[key] = _wrapped(parts[key], tree[key]) if tree[key] else _whole(parts[key])
        return msgspec.Raw(msgspec.json.encode(parts))
    return value


def _whole(value: msgspec.Raw) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode({MARK: value}))
