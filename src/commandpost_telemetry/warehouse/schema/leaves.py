"""Reads what DuckDB's json_structure says of a document into leaves, once per distinct shape."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from secrets import token_hex

import msgspec

from commandpost_telemetry.warehouse.schema.types import Kind

type_kinds = {
    "BOOLEAN": Kind.BOOLEAN,
    "UBIGINT": Kind.INTEGER,
    "BIGINT": Kind.INTEGER,
    "HUGEINT": Kind.DOUBLE,
    "UHUGEINT": Kind.DOUBLE,
    "DOUBLE": Kind.DOUBLE,
    "VARCHAR": Kind.STRING,
    "JSON": Kind.ANY,
}

Path = tuple[str, ...]
# the one key of an object around a value that is kept whole: no sender knows it, and it is staged
# alone, never stored
MARK = f"\x1f{token_hex(8)}"

_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"')
_BRACKETS = re.compile(rb"[\[\]{}]")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A place in a document and the kind of value that is there."""

    path: Path
    kind: Kind


@lru_cache(maxsize=4096)
def leaves(
    structure: str | None,
    whole: frozenset[Path] = frozenset(),
    texts: frozenset[Path] = frozenset(),
) -> tuple[Leaf, ...]:
    """Return the leaves of an object in key order; inner objects are listed as such.

    What stands at a path of `whole` is one leaf, and so is a text spread at one of `texts`.
    """
    if structure is None:
        return ()
    shape = msgspec.json.decode(structure)
    return tuple(_walk((), shape, whole, texts)) if isinstance(shape, dict) else ()


@lru_cache(maxsize=4096)
def is_spread(structure: str | None) -> bool:
    """Whether it is that of a text which was spread into an object of its characters."""
    shape = msgspec.json.decode(structure) if structure else None
    return isinstance(shape, dict) and _is_spread(shape)


def _is_spread(shape: Mapping[str, object]) -> bool:
    first = 0 if "0" in shape else 1
    counted = {str(first + n) for n in range(len(shape))}
    is_text = all(each == "VARCHAR" for each in shape.values())
    return bool(shape) and shape.keys() == counted and is_text


def _walk(
    path: Path, shape: dict[str, object], whole: frozenset[Path], texts: frozenset[Path]
) -> Iterator[Leaf]:
    for key in sorted(shape):
        inner, here = shape[key], (*path, key)
        if (key == MARK or here in whole) and inner != "NULL":
            yield Leaf(here, Kind.WHOLE)
        elif isinstance(inner, dict) and here in texts and _is_spread(inner):
            yield Leaf(here, Kind.SPREAD)
        elif isinstance(inner, dict):
            yield Leaf(here, Kind.OBJECT)
            yield from _walk(here, inner, whole, texts)
        elif isinstance(inner, list):
            yield Leaf(here, Kind.ARRAY)
        elif isinstance(inner, str) and inner != "NULL":
            yield Leaf(here, type_kinds.get(inner, Kind.ANY))


def without_mark(path: Path) -> Path:
    """Return the path of the value itself."""
    return tuple(key for key in path if key != MARK)


def depth(line: bytes) -> int:
    """Return how many objects and arrays stand in each other where the JSON is deepest."""
    steps = (1 if each in b"{[" else -1 for each in _BRACKETS.findall(_STRINGS.sub(b"", line)))
    return max(accumulate(steps), default=0)
