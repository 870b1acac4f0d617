"""Reads what DuckDB's json_structure says of a document into leaves, once per distinct shape."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from commandpost_telemetry.warehouse.types import Kind

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


@dataclass(frozen=True, slots=True)
class Leaf:
    """A place in a document and the kind of value that is there."""

    path: Path
    kind: Kind


@lru_cache(maxsize=4096)
def leaves(structure: str | None) -> tuple[Leaf, ...]:
    """Return the leaves of an object in key order; inner objects are listed as such."""
    if structure is None:
        return ()
    shape = msgspec.json.decode(structure)
    return tuple(_walk((), shape)) if isinstance(shape, dict) else ()


def _walk(path: Path, shape: dict[str, object]) -> Iterator[Leaf]:
    for key in sorted(shape):
        inner, here = shape[key], (*path, key)
        if isinstance(inner, dict):
            yield Leaf(here, Kind.OBJECT)
            yield from _walk(here, inner)
        elif isinstance(inner, list):
            yield Leaf(here, Kind.ARRAY)
        elif isinstance(inner, str) and inner != "NULL":
            yield Leaf(here, type_kinds.get(inner, Kind.ANY))
