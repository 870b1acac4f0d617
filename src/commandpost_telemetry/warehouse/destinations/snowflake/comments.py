"""Comments in Snowflake: each statement is a journey, so only what is not said yet is said."""

from collections.abc import Iterator

from snowflake.connector import SnowflakeConnection

from commandpost_telemetry.rudder.naming import Naming
from commandpost_telemetry.warehouse.destinations.snowflake.session import named, run
from commandpost_telemetry.warehouse.schema.comments import comment_on, explained
from commandpost_telemetry.warehouse.schema.sql import Sql, compose, literal

_OF_TABLES = """
SELECT TABLE_NAME, '', COMMENT FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = {schema}
"""
_OF_COLUMNS = """
SELECT TABLE_NAME, COLUMN_NAME, COMMENT FROM INFORMATION_SCHEMA.COLUMNS
WHERE TABLE_SCHEMA = {schema} AND COMMENT IS NOT NULL
"""
_OF_COLUMN = "ALTER TABLE {table} ALTER COLUMN {column} COMMENT {said}"


def explain(connection: SnowflakeConnection, schema: str) -> None:
    """Make the warehouse say what the catalogue says of its tables and columns."""
    said: dict[tuple[str, str], str] = {}
    for query in (_OF_TABLES, _OF_COLUMNS):
        for table, column, comment in run(connection, compose(query, schema=literal(schema))):
            said[str(table), str(column)] = str(comment)
    for statement in _missing(schema, said):
        run(connection, statement)


def _missing(schema: str, said: dict[tuple[str, str], str]) -> Iterator[Sql]:
    for each in explained(Naming.SNOWFLAKE):
        table = named(schema, each.name)
        if said.get((each.name.upper(), "")) != each.said:
            yield comment_on(each.kind, table, each.said)
        for column, comment in each.columns.items():
            if said.get((each.name.upper(), column.upper())) != comment:
                yield compose(_OF_COLUMN, table=table, column=named(column), said=literal(comment))
