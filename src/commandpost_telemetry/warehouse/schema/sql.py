"""Composes SQL from fixed templates and quoted parts: no name from outside is ever code."""

from collections.abc import Iterable
from datetime import datetime


class Sql(str):
    """Text that may stand in a statement as it is."""

    __slots__ = ()


def ident(*names: str) -> Sql:
    """Quote one identifier, or a dotted one from several names."""
    return Sql(".".join('"' + name.replace('"', '""') + '"' for name in names))


def literal(value: str | float | None) -> Sql:
    """Quote one value; NUL has no literal in SQL and is joined in by its number."""
    if value is None:
        return Sql("NULL")
    if isinstance(value, str):
        quoted = "'" + value.replace("'", "''") + "'"
        if "\0" in quoted:
            quoted = "(" + quoted.replace("\0", "' || chr(0) || '") + ")"
        return Sql(quoted)
    return Sql(repr(value))


def moment(at: datetime) -> Sql:
    """Quote a time in UTC, for columns without a zone."""
    return Sql(f"TIMESTAMP '{at:%Y-%m-%d %H:%M:%S.%f}'")


def array(values: Iterable[str]) -> Sql:
    """Quote a list of texts."""
    return Sql("[" + ", ".join(literal(value) for value in values) + "]")


def join(separator: str, parts: Iterable[Sql]) -> Sql:
    """Join parts that are already safe."""
    return Sql(separator.join(safe(part) for part in parts))


def compose(template: str, /, **parts: Sql) -> Sql:
    """Fill the braces of a fixed template with safe parts only."""
    return Sql(template.format(**{name: safe(part) for name, part in parts.items()}))


def safe(part: str) -> Sql:
    """Refuse text that did not come through this module."""
    if not isinstance(part, Sql):
        raise TypeError("Only parts made by ident, literal or compose may stand in SQL.")
    return part
