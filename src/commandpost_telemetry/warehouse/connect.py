"""Opens the warehouse that the settings name."""

from datetime import time, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from commandpost_telemetry.log.entry import LogReader
from commandpost_telemetry.settings import LoadMode, Settings
from commandpost_telemetry.warehouse.calendar import Calendar
from commandpost_telemetry.warehouse.destination import Destination
from commandpost_telemetry.warehouse.duckdb import DuckDBDestination
from commandpost_telemetry.warehouse.errors import WarehouseError
from commandpost_telemetry.warehouse.load import Options
from commandpost_telemetry.warehouse.sync import Sync


def duckdb_path(settings: Settings) -> Path:
    """Return the file of a DuckDB warehouse: `duckdb:///relative` or `duckdb:////absolute`."""
    if not settings.warehouse_url:
        return settings.data_dir / "warehouse.duckdb"
    return Path(urlsplit(settings.warehouse_url).path.removeprefix("/"))


def open_destination(settings: Settings) -> Destination:
    """Return the destination; its tables exist when this returns."""
    scheme = urlsplit(settings.warehouse_url).scheme or "duckdb"
    if scheme == "duckdb":
        return DuckDBDestination(duckdb_path(settings))
    if scheme in {"postgresql", "postgres"}:
        from commandpost_telemetry.warehouse.postgres import (  # noqa: PLC0415 - needs an extra
            PostgresDestination,
        )

        return PostgresDestination(settings.warehouse_url, settings.data_dir / "tmp")
    if scheme == "snowflake":
        from commandpost_telemetry.warehouse.snowflake import (  # noqa: PLC0415 - needs an extra
            SnowflakeDestination,
        )

        return SnowflakeDestination(settings.warehouse_url, settings.data_dir / "tmp")
    raise WarehouseError(
        f"COMMANDPOST_TELEMETRY_WAREHOUSE_URL begins with '{scheme}', which is no warehouse this "
        f"version can load; use duckdb:///path, postgresql:// or snowflake://."
    )


def calendar_of(settings: Settings) -> Calendar:
    """Return when syncs are due."""
    start, _, end = settings.sync_exclude.partition("-")
    return Calendar(
        timedelta(seconds=settings.sync_interval),
        time.fromisoformat(settings.sync_start_at) if settings.sync_start_at else None,
        (time.fromisoformat(start), time.fromisoformat(end)) if end else None,
    )


def open_sync(settings: Settings, log: LogReader, destination: Destination) -> Sync:
    """Return what moves messages from the log into the destination, as the settings say."""
    options = Options(
        is_append_only=settings.load_mode is LoadMode.APPEND,
        window=timedelta(days=settings.merge_window) or None,
    )
    return Sync(log, destination, settings.data_dir / "tmp", options=options)
