"""Names in Snowflake are upper case; which of them plans have in lower case."""

from collections.abc import Mapping

from commandpost_telemetry.warehouse.schema.tables import (
    common_columns,
    discard_columns,
    discards_table,
    event_family,
    families,
    standard_columns,
    users_table,
)
from commandpost_telemetry.warehouse.schema.types import ColumnType

OWN_TABLES = {family.table for family in families} | {users_table, discards_table}


def planned(name: str, lower: Mapping[str, object] | set[str]) -> str:
    """Return the name as plans have it: our own in lower case, those from events in upper."""
    return name.lower() if name.lower() in lower else name


def standard_of(table: str) -> Mapping[str, ColumnType]:
    """Return the columns of the table that every one of its kind has."""
    if table == users_table:
        return common_columns
    if table == discards_table:
        return discard_columns
    family = next((each for each in families if each.table == table), event_family)
    return standard_columns(family)
