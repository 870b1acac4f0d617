"""Places in messages whose values are kept whole as JSON, instead of a column for each leaf."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from commandpost_telemetry.warehouse.schema.leaves import Path
from commandpost_telemetry.warehouse.schema.tables import Document, families

wire_names = {
    Document.PROPERTIES: "properties",
    Document.USER_PROPERTIES: "userProperties",
    Document.TRAITS: "traits",
    Document.CONTEXT: "context",
}
_DOCUMENTS = {name: document for document, name in wire_names.items()}
_TYPES = {family.message_type for family in families}
_Place = tuple[str, Document]  # message type and part of the message


@dataclass(frozen=True, slots=True)
class JsonPaths:
    """The paths by where they apply."""

    places: Mapping[_Place, frozenset[Path]] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str) -> "JsonPaths":
        """Return the paths of a list with commas, as `track.properties.a.b, identify.traits.c`.

        Without a type in front a path is one of a track: of its context, else of its properties.
        """
        places: dict[_Place, set[Path]] = {}
        for place, path in _read(text):
            places.setdefault(place, set()).add(path)
        return cls({place: frozenset(paths) for place, paths in places.items()})

    def of(self, message_type: str, document: Document) -> frozenset[Path]:
        """Return the paths in one part of the messages of one type."""
        return self.places.get((message_type, document), frozenset())


def _read(text: str) -> Iterator[tuple[_Place, Path]]:
    for each in text.split(","):
        keys = tuple(each.strip().split("."))
        if keys == ("",):
            continue
        message_type, document, *path = *keys, ""
        if message_type in _TYPES and document in _DOCUMENTS and path[:-1]:
            yield (message_type, _DOCUMENTS[document]), tuple(path[:-1])
        elif message_type == "context" and len(keys) > 1:
            yield ("track", Document.CONTEXT), keys[1:]
        else:
            yield ("track", Document.PROPERTIES), keys
