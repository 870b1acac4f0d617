"""Opens the warehouse of the settings as a source: a door of its own, beside the loader's."""

from commandpost_telemetry.insights.dbapi import POSTGRES, SNOWFLAKE, Connection, DbApiSource
from commandpost_telemetry.insights.source import DuckDBSource, Source
from commandpost_telemetry.settings import Settings
from commandpost_telemetry.warehouse.destinations.destination import Destination
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination


def open_source(settings: Settings, destination: Destination | None) -> Source:
    """Return the source over an open destination, or over one that does not answer yet."""
    if isinstance(destination, DuckDBDestination):
        return DuckDBSource(destination.cursor)
    url = settings.warehouse_url
    return _snowflake(url) if url.startswith("snowflake:") else _postgres(url)


def _postgres(url: str) -> Source:
    import psycopg  # noqa: PLC0415 - needs an extra

    from commandpost_telemetry.warehouse.destinations.postgres.session import SCHEMA, patient  # noqa: PLC0415 - as above

    def connect() -> Connection:
        return psycopg.connect(patient(url), autocommit=True, options="-c timezone=UTC")

    unreachable = (psycopg.OperationalError, psycopg.InterfaceError)
    refused = (
        psycopg.ProgrammingError,
        psycopg.DataError,
        psycopg.IntegrityError,
        psycopg.NotSupportedError,
        psycopg.InternalError,
    )
    return DbApiSource(connect, POSTGRES, SCHEMA, unreachable, refused)


def _snowflake(url: str) -> Source:
    import snowflake.connector  # noqa: PLC0415 - needs an extra
    from snowflake.connector import errors  # noqa: PLC0415 - as above

    from commandpost_telemetry.warehouse.destinations.snowflake.session import (  # noqa: PLC0415 - as above
        connection_arguments,
        schema_name,
    )

    schema = schema_name(url)
    arguments = connection_arguments(url) | {"schema": schema}

    def connect() -> Connection:
        return snowflake.connector.connect(**arguments)

    # what the way to the service says has many classes; what a statement is told has these
    refused = (
        errors.ProgrammingError,
        errors.DataError,
        errors.IntegrityError,
        errors.NotSupportedError,
    )
    return DbApiSource(connect, SNOWFLAKE, schema, (errors.Error,), refused)
