"""Opens what the settings name: the warehouse, and the syncs that fill it."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import time, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from prometheus_client import CollectorRegistry

from commandpost_telemetry.log.entry import LogReader
from commandpost_telemetry.rudder.naming import namespace_name
from commandpost_telemetry.settings import LoadMode, Settings
from commandpost_telemetry.warehouse.destinations.destination import Destination
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination
from commandpost_telemetry.warehouse.destinations.errors import (
    StatementRefused,
    WarehouseError,
    WarehouseUnavailable,
)
from commandpost_telemetry.warehouse.loading.options import Options
from commandpost_telemetry.warehouse.schema.json_paths import JsonPaths
from commandpost_telemetry.warehouse.syncing.archive import ARCHIVE, Archive
from commandpost_telemetry.warehouse.syncing.archiving import Archiving
from commandpost_telemetry.warehouse.syncing.calendar import Calendar
from commandpost_telemetry.warehouse.syncing.metrics import SyncMetrics
from commandpost_telemetry.warehouse.syncing.namespaces import (
    PartOfLog,
    Positions,
    reader_of,
    settle,
)
from commandpost_telemetry.warehouse.syncing.sync import READER, Sync
from commandpost_telemetry.warehouse.syncing.syncs import NamespaceSync, Syncs

DEFAULT = "main"
_SETTING = "COMMANDPOST_TELEMETRY_WAREHOUSE_URL"


def is_duckdb_file(settings: Settings) -> bool:
    """Whether the warehouse is a file of this process; any other has a server of its own."""
    return _scheme(settings) == "duckdb"


def _scheme(settings: Settings) -> str:
    return urlsplit(settings.warehouse_url).scheme or "duckdb"


def duckdb_path(settings: Settings) -> Path:
    """Return the file of a DuckDB warehouse: `duckdb:///relative` or `duckdb:////absolute`."""
    if not settings.warehouse_url:
        return settings.data_dir / "warehouse.duckdb"
    return Path(urlsplit(settings.warehouse_url).path.removeprefix("/"))


def open_destination(settings: Settings) -> Destination:
    """Return the destination; its tables exist when this returns."""
    scheme = _scheme(settings)
    if scheme not in _OPENERS:
        raise WarehouseError(
            f"{_SETTING} begins with '{scheme}', which is no warehouse this version can load; use "
            f"duckdb:///path, postgresql:// or snowflake://."
        )
    try:
        return _OPENERS[scheme](settings)
    except ImportError as error:
        raise WarehouseError(
            f"{_SETTING} begins with '{scheme}', whose client is not installed: add the extra "
            f"`{scheme.replace('postgresql', 'postgres')}`."
        ) from error
    except WarehouseError as error:
        if error.__cause__ is None or is_duckdb_file(settings):
            raise
        can_heal = not isinstance(error, StatementRefused)  # a wrong address never does
        raise (WarehouseUnavailable if can_heal else WarehouseError)(
            f"The warehouse that {_SETTING} names can't be opened: "
            f"{_without_secret(str(error.__cause__), settings)}. The log keeps what waits for it."
        ) from error


def _open_duckdb(settings: Settings) -> Destination:
    return DuckDBDestination(duckdb_path(settings))


def _open_postgres(settings: Settings) -> Destination:
    from commandpost_telemetry.warehouse.destinations.postgres.destination import (  # noqa: PLC0415 - needs an extra
        PostgresDestination,
    )

    return PostgresDestination(settings.warehouse_url, settings.data_dir / "tmp")


def _open_snowflake(settings: Settings) -> Destination:
    from commandpost_telemetry.warehouse.destinations.snowflake.destination import (  # noqa: PLC0415 - needs an extra
        SnowflakeDestination,
    )

    return SnowflakeDestination(settings.warehouse_url, settings.data_dir / "tmp")


_OPENERS: Mapping[str, Callable[[Settings], Destination]] = {
    "duckdb": _open_duckdb,
    "postgresql": _open_postgres,
    "postgres": _open_postgres,
    "snowflake": _open_snowflake,
}


def _without_secret(said: str, settings: Settings) -> str:
    """Return what a client said, on one line and without the password of the address."""
    secret = urlsplit(settings.warehouse_url).password
    line = " ".join(said.split()).rstrip(".")
    return line.replace(secret, "…") if secret else line


def calendar_of(settings: Settings) -> Calendar:
    """Return when syncs are due."""
    start, _, end = settings.sync_exclude.partition("-")
    return Calendar(
        timedelta(seconds=settings.sync_interval),
        time.fromisoformat(settings.sync_start_at) if settings.sync_start_at else None,
        (time.fromisoformat(start), time.fromisoformat(end)) if end else None,
    )


def open_sync(
    settings: Settings,
    log: LogReader,
    destination: Destination,
    metrics: SyncMetrics | None = None,
) -> Syncs:
    """Return what moves messages from the log into the destination, as the settings say."""
    options = Options(
        is_append_only=settings.load_mode is LoadMode.APPEND,
        window=timedelta(days=settings.merge_window) or None,
        retention=settings.retention_days,
        json_paths=JsonPaths.read(settings.json_paths),
    )
    metrics = metrics or SyncMetrics(CollectorRegistry())
    namespaces = namespaces_of(settings, destination)
    positions = Positions(log)

    def opened(namespace: str) -> Sync:
        reader = reader_of(namespace)
        return Sync(
            PartOfLog(log, positions, reader, partial(_is_of, namespaces, namespace)),
            destination.within(namespace) if namespace else destination,
            settings.data_dir / "tmp",
            options=options,
            metrics=metrics,
            reader=reader,
        )

    main, names = opened(""), sorted(set(namespaces.values()))
    settle(destination, main, [READER, *map(reader_of, names)], positions)
    others = [NamespaceSync(reader_of(each), destination, partial(opened, each)) for each in names]
    archive = _archive(settings, log, positions)
    archiving = Archiving(archive, destination, metrics) if archive else None
    return Syncs([main, *others], positions, archiving)


def _archive(settings: Settings, log: LogReader, positions: Positions) -> Archive | None:
    if not settings.archive_dir:
        return None
    part = PartOfLog(log, positions, ARCHIVE, lambda _: True)
    archive = Archive(part, Path(settings.archive_dir))
    positions.note(ARCHIVE, 0)  # all of the log is kept for an archive that can't be read now
    with suppress(WarehouseUnavailable):
        positions.note(ARCHIVE, archive.position())
    return archive


def namespaces_of(settings: Settings, destination: Destination) -> Mapping[str, str]:
    """Return the schemas that sources have set, by source; `main` is that of all others."""
    named = {
        source: namespace_name(text, destination.naming)
        for source, text in settings.namespaces.items()
    }
    return {source: name for source, name in named.items() if name.lower() != DEFAULT}


def _is_of(namespaces: Mapping[str, str], namespace: str, source: str) -> bool:
    return namespaces.get(source, "") == namespace
