"""Copies of the files that the pipeline keeps, all of one moment between two syncs."""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing, nullcontext
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import duckdb

from commandpost.kit.errors import Conflict
from commandpost.serve.parts import Parts
from commandpost_telemetry.cli.asking import ask_process
from commandpost_telemetry.kit.control import Answer, Ask, CommandFailed, ControlFile
from commandpost_telemetry.log.open import files_of
from commandpost_telemetry.settings import Settings as PipelineSettings
from commandpost_telemetry.warehouse.connect import duckdb_path, is_duckdb_file
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination
from commandpost_telemetry.warehouse.destinations.errors import WarehouseError

COMMAND = "snapshot"
WAREHOUSE = "warehouse.duckdb"


def snapshot_commands(parts: Parts) -> Mapping[str, Callable[[Ask], Answer]]:
    """Return what a backup asks of the process that owns the warehouse."""

    def snapshot(_ask: Ask) -> Answer:
        open_now = parts.warehouse.destination
        ours = open_now if isinstance(open_now, DuckDBDestination) else None
        with parts.schedule.held():
            return {"folder": str(_copied(parts.pipeline, ours))}

    return {COMMAND: snapshot}


def take_snapshot(pipeline: PipelineSettings) -> Path:
    """Return a new folder of copies, made by the process that owns the files or by this one."""
    running = ControlFile.find_alive(pipeline.data_dir)
    try:
        if running is not None:
            return Path(str(ask_process(running, COMMAND, {})["folder"]))
        return _copied_here(pipeline)
    except (CommandFailed, WarehouseError) as refusal:
        raise Conflict(f"{refusal} No backup was written.") from refusal


def _copied_here(pipeline: PipelineSettings) -> Path:
    file = duckdb_path(pipeline) if is_duckdb_file(pipeline) else None
    has_warehouse = file is not None and file.exists()
    with closing(DuckDBDestination(file)) if has_warehouse else nullcontext() as warehouse:
        return _copied(pipeline, warehouse)


def _copied(pipeline: PipelineSettings, warehouse: DuckDBDestination | None) -> Path:
    """Return a new folder of copies on the same disk, or leave none and say why."""
    beside = pipeline.data_dir / "tmp"
    beside.mkdir(parents=True, exist_ok=True)
    folder = Path(mkdtemp(prefix="backup-", dir=beside))
    try:
        _copy(pipeline, warehouse, folder)
    except (OSError, sqlite3.Error, duckdb.Error) as error:
        rmtree(folder)
        raise CommandFailed(f"The files can't be copied: {error}.") from error
    return folder


def _copy(pipeline: PipelineSettings, warehouse: DuckDBDestination | None, folder: Path) -> None:
    """Copy the warehouse first: what the log has more than it is loaded again, or not at all."""
    if warehouse is not None:
        warehouse.copy_to(folder / WAREHOUSE)
    for name in ("sources.sqlite", "rejects.sqlite"):
        _copy_sqlite(pipeline.data_dir / name, folder / name)
    for path in files_of(pipeline.log_url or pipeline.data_dir / "log"):
        _copy_sqlite(path, folder / "log" / path.name)


def _copy_sqlite(source: Path, target: Path) -> None:
    if not source.exists():
        return
    target.parent.mkdir(exist_ok=True)
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as from_file,
        closing(sqlite3.connect(target)) as to_file,
    ):
        from_file.backup(to_file)
