"""Columns as SQL over the staged messages: values, types, and what does not fit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from commandpost_telemetry.warehouse.schema.leaves import Path
from commandpost_telemetry.warehouse.schema.plan import Source, spread_texts
from commandpost_telemetry.warehouse.schema.sql import Sql, array, compose, ident, join, literal
from commandpost_telemetry.warehouse.schema.tables import Document
from commandpost_telemetry.warehouse.schema.types import ColumnType, Kind

# what json_type says for each kind
_JSON_TYPES: dict[Kind, tuple[str, ...]] = {
    Kind.BOOLEAN: ("BOOLEAN",),
    Kind.INTEGER: ("UBIGINT", "BIGINT"),
    Kind.DOUBLE: ("DOUBLE", "HUGEINT", "UHUGEINT"),
    Kind.STRING: ("VARCHAR",),
    Kind.ARRAY: ("ARRAY",),
    Kind.OBJECT: ("OBJECT",),
    Kind.SPREAD: ("OBJECT",),
}
_SINGLE = tuple(kind for kind in _JSON_TYPES if kind is not Kind.SPREAD)

# the text of a value, or NULL where it counts as blank and is skipped
_PRESENT: dict[Kind, str] = {
    Kind.BOOLEAN: "{v}",
    Kind.INTEGER: "{v}",
    Kind.DOUBLE: "{v}",
    Kind.STRING: "nullif({v}, '')",
    Kind.ARRAY: "array_value({v})",
    Kind.OBJECT: "NULL",
    Kind.SPREAD: "spread_value({v})",
    Kind.WHOLE: "whole_value({v})",
}
_FIRST_TYPE: dict[Kind, str] = {
    Kind.BOOLEAN: "CASE WHEN {v} IS NOT NULL THEN 'boolean' END",
    Kind.INTEGER: "CASE WHEN {v} IS NOT NULL THEN 'int' END",
    Kind.DOUBLE: "CASE WHEN is_whole({v}) THEN 'int' WHEN {v} IS NOT NULL THEN 'float' END",
    Kind.STRING: "CASE WHEN datetime_value({v}) IS NOT NULL THEN 'datetime'"
    " WHEN {v} <> '' THEN 'string' END",
    Kind.ARRAY: "CASE WHEN array_value({v}) IS NOT NULL THEN 'string' END",
    Kind.OBJECT: "NULL",
    Kind.SPREAD: "CASE WHEN spread_value({v}) IS NOT NULL THEN 'string' END",
    Kind.WHOLE: "CASE WHEN whole_value({v}) IS NOT NULL THEN 'json' END",
}
_VALUES: dict[ColumnType, dict[Kind, str]] = {
    ColumnType.STRING: {
        Kind.BOOLEAN: "{v}",
        Kind.INTEGER: "{v}",
        Kind.DOUBLE: "number_text({v})",
        Kind.STRING: "string_value({v})",
        Kind.ARRAY: "array_value({v})",
        Kind.SPREAD: "spread_value({v})",
        Kind.WHOLE: "whole_value({v})",
    },
    ColumnType.INT: {
        Kind.INTEGER: "try_cast({v} AS BIGINT)",
        Kind.DOUBLE: "int_value({v})",
    },
    ColumnType.FLOAT: {
        Kind.INTEGER: "float_value({v})",
        Kind.DOUBLE: "float_value({v})",
    },
    ColumnType.BOOLEAN: {Kind.BOOLEAN: "({v} = 'true')"},
    ColumnType.DATETIME: {Kind.STRING: "datetime_value({v})"},
    ColumnType.JSON: {
        Kind.BOOLEAN: "{v}",
        Kind.INTEGER: "{v}",
        Kind.DOUBLE: "{v}",
        Kind.STRING: "to_json(string_value({v}))",
        Kind.ARRAY: "array_value({v})",
        Kind.OBJECT: "{v}",
        Kind.SPREAD: "to_json(spread_value({v}))",
        Kind.WHOLE: "whole_value({v})",
    },
}
_SQL_TYPES = {
    ColumnType.INT: "BIGINT",
    ColumnType.FLOAT: "DOUBLE",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.STRING: "VARCHAR",
    ColumnType.DATETIME: "TIMESTAMP",
    ColumnType.JSON: "JSON",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a source's text and kind stand in the row of the reading query."""

    text: Sql
    kind: Sql
    kinds: tuple[Kind, ...]  # more than one: the value itself must be asked

    @classmethod
    def of(cls, source: Source, text: int, kind: int, inside: Sequence[int]) -> "Place":
        kinds = _kinds(source.kinds)
        texts = f"{source.document}_{'wholes' if kinds == (Kind.WHOLE,) else 'texts'}"
        found = compose("{a}[{n}]", a=ident(texts), n=literal(text))
        kind_of = partial(compose, "{a}[{n}]", a=ident(f"{source.document}_kinds"))
        if inside:
            are = (compose("{k} = 'OBJECT'", k=kind_of(n=literal(each))) for each in inside)
            found = compose("CASE WHEN {are} THEN {v} END", are=join(" AND ", are), v=found)
        return cls(found, kind_of(n=literal(kind)), kinds)

    def unless_spread(self, texts: Sql, parent: int) -> "Place":
        """Return the place where it is no character of a text that is put together again."""
        spread = compose("is_spread({a}[{n}])", a=texts, n=literal(parent))
        return replace(self, text=compose("CASE WHEN NOT {s} THEN {v} END", s=spread, v=self.text))

    def pick(self, wanted: Mapping[Kind, str]) -> Sql:
        """Return the expression that `wanted` has for the kind the value is of."""
        if len(self.kinds) == 1:
            return self._filled(wanted.get(self.kinds[0], "NULL"))
        whens = [
            compose(
                "WHEN {k} IN ({types}) THEN {then}",
                k=self.kind,
                types=join(", ", (literal(name) for name in _JSON_TYPES[kind])),
                then=self._filled(wanted[kind]),
            )
            for kind in self.kinds
            if kind in wanted
        ]
        return compose("CASE {whens} END", whens=join(" ", whens)) if whens else Sql("NULL")

    def _filled(self, template: str) -> Sql:
        return compose(template, v=self.text)


class Reading:
    """Numbers the places that a table reads, so that each document is parsed once per row."""

    def __init__(self) -> None:
        self._texts: dict[Document, dict[Path, int]] = {}
        self._wholes: dict[Document, dict[Path, int]] = {}
        self._kinds: dict[Document, dict[Path, int]] = {}

    def place(self, source: Source) -> Place:
        kinds = _kinds(source.kinds)
        text = _numbered(self._wholes if kinds == (Kind.WHOLE,) else self._texts, source)
        kind = 0
        if len(kinds) > 1:
            kind = _numbered(self._kinds, source)
        # to a pointer a number is a key of an object or a place in an array: only the former counts
        inside = [
            _numbered(self._kinds, replace(source, path=source.path[:depth]))
            for depth, key in enumerate(source.path)
            if key.isdigit()
        ]
        place = Place.of(source, text, kind, inside)
        *above, key = source.path
        is_character = source.document is Document.CONTEXT and key.isdigit()
        if not is_character or tuple(above) not in spread_texts:
            return place
        whole = _numbered(self._texts, replace(source, path=tuple(above)))
        return place.unless_spread(ident(f"{source.document}_texts"), whole)

    def columns(self) -> list[Sql]:
        """Return the expressions that take the places out of the documents."""
        return [
            compose(
                "{function}({document}, {pointers}) AS {name}",
                function=Sql(function),
                document=ident(document),
                pointers=array(_pointer(path) for path in paths),
                name=ident(f"{document}_{suffix}"),
            )
            for function, suffix, numbered in (
                ("json_extract_string", "texts", self._texts),
                ("json_extract", "wholes", self._wholes),
                ("json_type", "kinds", self._kinds),
            )
            for document, paths in numbered.items()
        ]


def value(column_type: ColumnType, places: Sequence[Place]) -> Sql:
    """Return the column's value: of the last place that is not blank, NULL when it does not fit."""
    typed = Sql(_SQL_TYPES[column_type])
    if len(places) == 1:
        chosen = places[0].pick(_VALUES[column_type])
    else:
        chosen = _last_present(places, [p.pick(_VALUES[column_type]) for p in places])
    return compose("({chosen})::{typed}", chosen=chosen, typed=typed)


def present(places: Sequence[Place]) -> Sql:
    """Return the text of the value that counts, NULL when the row has none."""
    return _last_present(places, [place.pick(_PRESENT) for place in places])


def first_type(places: Sequence[Place]) -> Sql:
    """Return the type that the row's value would give to a new column, NULL when it has none."""
    return _last_present(places, [place.pick(_FIRST_TYPE) for place in places])


def _last_present(places: Sequence[Place], values: Sequence[Sql]) -> Sql:
    if len(places) == 1:
        return values[0]
    whens = [
        compose("WHEN {there} IS NOT NULL THEN {value}", there=place.pick(_PRESENT), value=chosen)
        for place, chosen in zip(reversed(places), reversed(values), strict=True)
    ]
    return compose("CASE {whens} END", whens=join(" ", whens))


def can_fail(column_type: ColumnType) -> bool:
    """Whether a value can be of a kind that the column does not take."""
    return column_type not in {ColumnType.STRING, ColumnType.JSON}


def _kinds(found: frozenset[Kind]) -> tuple[Kind, ...]:
    """Return the kinds that values are told apart by."""
    if Kind.WHOLE in found:
        return (Kind.WHOLE,)
    if Kind.ANY in found:
        return _SINGLE
    return tuple(sorted(found - {Kind.OBJECT} if Kind.SPREAD in found else found))


def _numbered(numbers: dict[Document, dict[Path, int]], source: Source) -> int:
    paths = numbers.setdefault(source.document, {})
    return paths.setdefault(source.path, len(paths) + 1)


def _pointer(path: Iterable[str]) -> str:
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in path)
