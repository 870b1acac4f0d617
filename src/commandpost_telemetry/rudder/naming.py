"""How a data plane names tables and columns: `CreateIncident` is `create_incident`."""

import re
from enum import StrEnum
from functools import lru_cache

from commandpost_telemetry.rudder.reserved import RESERVED


class Naming(StrEnum):
    """A kind of warehouse, as far as names differ."""

    DUCKDB = "duckdb"
    POSTGRES = "postgres"
    SNOWFLAKE = "snowflake"


_POSTGRES_LENGTH = 63
_LENGTH = 127

# Tables that the data plane itself fills; an event of that name gets another one.
_OWN_TABLES = frozenset(
    {"tracks", "pages", "screens", "aliases", "groups", "accounts", "users", "identifies"}
)

# Schemas of the loader, of the pages and of the warehouses themselves.
_OWN_SCHEMAS = frozenset({"loader", "insights", "information_schema", "public", "system", "temp"})

_RUN = re.compile(r"[A-Za-z0-9]+")
# Words of a run of letters and digits: `iOSVersion14` is i, OS, Version14.
_WORDS = re.compile(r"[A-Z]?[a-z0-9]+(?=[A-Z]|$)|[A-Z]+(?=[A-Z][a-z0-9]|$)|[A-Z]?[a-z0-9]+|[A-Z]+")
# The same where digits are words of their own; an ordinal such as 1st stays whole.
_WORDS_AND_NUMBERS = re.compile(
    r"[A-Z]?[a-z]+(?=[A-Z]|$)"
    r"|[A-Z]+(?=[A-Z][a-z]|$)"
    r"|[A-Z]?[a-z]+"
    r"|[A-Z]+"
    r"|\d*(?:1ST|2ND|3RD|(?![123])\dTH)(?=\b|[a-z])"
    r"|\d*(?:1st|2nd|3rd|(?![123])\dth)(?=\b|[A-Z])"
    r"|\d+"
)

_NAMESPACE = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")


@lru_cache(maxsize=4096)
def table_name(event: str, naming: Naming = Naming.DUCKDB, *, divide_numbers: bool = False) -> str:
    """Return the table of an event, "" when its name leaves nothing to name a table by."""
    name = _safe(_transformed(event, naming, divide_numbers=divide_numbers), naming)
    return f"_{name}" if name.lower() in _OWN_TABLES else name


@lru_cache(maxsize=16384)
def column_name(key: str, naming: Naming = Naming.DUCKDB, *, divide_numbers: bool = False) -> str:
    """Return the column of a property, "" when the property cannot have one."""
    return _safe(_transformed(key, naming, divide_numbers=divide_numbers), naming)


def namespace_name(text: str, naming: Naming = Naming.DUCKDB) -> str:
    """Return the schema that a source has set; here digits are always words of their own."""
    words = (word.lower() for run in _RUN.findall(text) for word in _NAMESPACE.findall(run))
    name = "_".join(words) or "stringempty"
    is_taken = name in _OWN_SCHEMAS or name.startswith("pg_") or name.upper() in RESERVED[naming]
    if name[0].isdigit() or is_taken:
        name = f"_{name}"
    cased = name.upper() if naming is Naming.SNOWFLAKE else name
    return cased[: _POSTGRES_LENGTH if naming is Naming.POSTGRES else _LENGTH]


def _transformed(text: str, naming: Naming, *, divide_numbers: bool) -> str:
    snake = _snake(text, divide_numbers=divide_numbers)
    if not snake:
        return ""
    leading = len(text) - len(text.lstrip("_"))
    name = "_" * leading + snake
    if name[0].isdigit():
        name = f"_{name}"
    return name[:_POSTGRES_LENGTH] if naming is Naming.POSTGRES else name


def _snake(text: str, *, divide_numbers: bool) -> str:
    words = _WORDS_AND_NUMBERS if divide_numbers else _WORDS
    return "_".join(
        word.lower() for run in _RUN.findall(text) for word in words.findall(run) if word
    )


def _safe(name: str, naming: Naming) -> str:
    if not name:
        return ""
    cased = name.upper() if naming is Naming.SNOWFLAKE else name.lower()
    if cased.upper() in RESERVED[naming]:
        cased = f"_{cased}"
    return cased[:_LENGTH]
