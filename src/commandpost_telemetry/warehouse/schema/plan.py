"""From the shapes of a batch to the columns of a table: names, sources and what is dropped."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from commandpost_telemetry.rudder.naming import Naming, column_name
from commandpost_telemetry.warehouse.schema.json_paths import JsonPaths
from commandpost_telemetry.warehouse.schema.leaves import (
    Leaf,
    Path,
    is_spread,
    leaves,
    without_mark,
)
from commandpost_telemetry.warehouse.schema.tables import (
    Document,
    Family,
    common_reserved,
    standard_columns,
)
from commandpost_telemetry.warehouse.schema.types import Kind

spread_texts: frozenset[Path] = frozenset({("traits",)})  # of the context
_NO_PATHS = JsonPaths()


@dataclass(frozen=True, slots=True)
class Shape:
    """A distinct form of messages in the batch, and how many have it."""

    message_type: str
    event: str | None
    structures: Mapping[Document, str | None]
    count: int
    json_paths: JsonPaths = _NO_PATHS

    def leaves(self, document: Document) -> Iterator[Leaf]:
        """Return what becomes columns; a text that was spread into an object is one again."""
        structure = self.structures.get(document)
        if (self.message_type, document) == ("group", Document.TRAITS) and is_spread(structure):
            return
        whole = self.json_paths.of(self.message_type, document)
        texts = spread_texts if document is Document.CONTEXT else frozenset()
        yield from leaves(structure, whole, texts)


@dataclass(frozen=True, slots=True)
class Source:
    """One place that a column is read from, and the kinds of values found there."""

    document: Document
    path: Path
    kinds: frozenset[Kind]


@dataclass(frozen=True, slots=True)
class Plan:
    """The columns of one table beside the standard ones; the last source of a column wins."""

    columns: Mapping[str, tuple[Source, ...]]
    dropped: Mapping[str, int] = field(default_factory=dict)  # key -> messages that lost it


def plan_columns(family: Family, shapes: Iterable[Shape], naming: Naming) -> Plan:
    """Name the places found in the shapes, drop what is reserved, gather what collides."""
    found: dict[tuple[int, Path], set[Kind]] = {}
    counts: Counter[tuple[int, Path]] = Counter()
    for shape in shapes:
        for order, document in enumerate(family.documents):
            for leaf in shape.leaves(document):
                found.setdefault((order, leaf.path), set()).add(leaf.kind)
                counts[order, leaf.path] += shape.count
    columns: dict[str, list[Source]] = {}
    dropped: Counter[str] = Counter()
    kept = set(standard_columns(family)) | common_reserved | family.reserved
    for (order, path), kinds in sorted(found.items(), key=lambda item: item[0]):
        if kinds == {Kind.OBJECT}:
            continue
        document = family.documents[order]
        name = flat_name(document, path, naming)
        if not name or name.lower() in kept:
            dropped[".".join((document, *without_mark(path)))] += counts[order, path]
        else:
            columns.setdefault(name, []).append(Source(document, path, frozenset(kinds)))
    return Plan({name: tuple(sources) for name, sources in columns.items()}, dropped)


def flat_name(document: Document, path: Path, naming: Naming) -> str:
    """Return the column of a place: the parents joined, context under its own name."""
    named = without_mark(path)
    parts = (document, *named) if document is Document.CONTEXT else named
    return column_name("_".join(parts), naming)


def width(family: Family, shape: Shape) -> int:
    """Return how many places of a message would become columns, the standard ones included."""
    places = sum(
        leaf.kind is not Kind.OBJECT
        for document in family.documents
        for leaf in shape.leaves(document)
    )
    return places + len(standard_columns(family))
