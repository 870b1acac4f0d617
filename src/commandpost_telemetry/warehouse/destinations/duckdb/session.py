"""What a DuckDB warehouse says to its file: how far a reader is, tables and columns."""

from collections.abc import Mapping

from duckdb import DuckDBPyConnection

from commandpost_telemetry.rudder.naming import Naming
from commandpost_telemetry.warehouse.destinations.destination import Schema
from commandpost_telemetry.warehouse.schema.comments import comments
from commandpost_telemetry.warehouse.schema.sql import Sql, compose, ident, join
from commandpost_telemetry.warehouse.schema.tables import declared_tables, view_name
from commandpost_telemetry.warehouse.schema.types import ColumnType
from commandpost_telemetry.warehouse.schema.view import view_query

_TYPES = {
    ColumnType.INT: Sql("BIGINT"),
    ColumnType.FLOAT: Sql("DOUBLE"),
    ColumnType.BOOLEAN: Sql("BOOLEAN"),
    ColumnType.STRING: Sql("VARCHAR"),
    ColumnType.DATETIME: Sql("TIMESTAMP"),
    ColumnType.JSON: Sql("JSON"),
}
_TABLES = """
SELECT table_name FROM duckdb_tables()
WHERE database_name = current_database() AND schema_name = ?
"""


def stored_position(connection: DuckDBPyConnection, reader: str) -> int:
    found = connection.execute(
        "SELECT position FROM loader.positions WHERE reader = ?", [reader]
    ).fetchone()
    return int(found[0]) if found else 0


def tables_in(connection: DuckDBPyConnection, schema: str) -> set[str]:
    return {name for (name,) in connection.execute(_TABLES, [schema]).fetchall()}


def declare(connection: DuckDBPyConnection, name: str, schema: Schema) -> None:
    """Make what is there before anything is loaded."""
    connection.execute(compose("CREATE SCHEMA IF NOT EXISTS {s}", s=ident(name)))
    existing = tables_in(connection, name)
    for table, columns in declared_tables(Naming.DUCKDB).items():
        known = schema.get(table, {})
        missing = {column: kind for column, kind in columns.items() if column not in known}
        evolve(connection, name, {table: missing}, existing)
    view, query = ident(name, view_name), view_query(Naming.DUCKDB, name)
    connection.execute(compose("CREATE OR REPLACE VIEW {view} AS {query}", view=view, query=query))
    connection.execute(join("; ", comments(Naming.DUCKDB, name)))


def evolve(connection: DuckDBPyConnection, schema: str, wanted: Schema, existing: set[str]) -> None:
    for table, columns in wanted.items():
        name = ident(schema, table)
        if table not in existing:
            connection.execute(_created(name, columns))
            existing.add(table)
            continue
        for column, column_type in columns.items():
            connection.execute(_widened(name, column, column_type))


def _created(table: Sql, columns: Mapping[str, ColumnType]) -> Sql:
    return compose(
        "CREATE TABLE IF NOT EXISTS {table} ({columns})",
        table=table,
        columns=join(
            ", ",
            (compose("{n} {t}", n=ident(n), t=_TYPES[kind]) for n, kind in columns.items()),
        ),
    )


def _widened(table: Sql, column: str, column_type: ColumnType) -> Sql:
    return compose(
        "ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {column} {type}",
        table=table,
        column=ident(column),
        type=_TYPES[column_type],
    )
