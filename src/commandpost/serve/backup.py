"""`commandpost backup`: a whole installation in one file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from zipfile import ZipFile

import msgspec
from sqlalchemy import Connection

from commandpost.kit.clock import now
from commandpost.kit.db import Database
from commandpost.kit.dump import lines_of, tables_of
from commandpost.kit.migrate import require_current, revision_of
from commandpost.main import open_database
from commandpost.serve.archive import (
    FORMAT,
    MANIFEST,
    Manifest,
    add_lines,
    member_of_file,
    member_of_table,
    opened_archive,
    written,
)
from commandpost.serve.snapshot import WAREHOUSE, take_snapshot
from commandpost.settings import Settings
from commandpost.telemetry.record import product_version
from commandpost_telemetry.settings import Settings as PipelineSettings


@dataclass(frozen=True, slots=True)
class Done:
    """What a backup or a restore carried."""

    manifest: Manifest
    bytes: int

    @property
    def rows(self) -> int:
        return sum(self.manifest.tables.values())

    @property
    def has_warehouse(self) -> bool:
        return WAREHOUSE in self.manifest.files


def back_up(settings: Settings, pipeline: PipelineSettings, path: Path) -> Done:
    """Write everything to a new file, beside a running product or without one, and check it."""
    database = open_database(settings)
    try:
        require_current(database)
        with written(path) as archive, _whole(database) as connection:
            tables = {
                table.name: add_lines(
                    archive, member_of_table(table.name), lines_of(connection, table)
                )
                for table in tables_of(connection)
            }
            # after the database: what both have is recognised, what neither has would be lost
            files = _add_files(archive, pipeline)
            revision = revision_of(connection) or ""
            manifest = Manifest(
                FORMAT, product_version(), revision, now().isoformat(), tables, files
            )
            archive.writestr(MANIFEST, msgspec.json.encode(manifest))
    finally:
        database.dispose()
    with opened_archive(path) as (_, manifest):
        return Done(manifest, path.stat().st_size)


@contextmanager
def _whole(database: Database) -> Iterator[Connection]:
    """One reading of the whole database as it is at one moment."""
    level = {} if database.is_sqlite else {"isolation_level": "REPEATABLE READ"}
    with database.engine.connect().execution_options(**level) as connection:
        yield connection


def _add_files(archive: ZipFile, pipeline: PipelineSettings) -> list[str]:
    folder = take_snapshot(pipeline)
    try:
        found = sorted(path for path in folder.rglob("*") if path.is_file())
        names = [path.relative_to(folder).as_posix() for path in found]
        for path, name in zip(found, names, strict=True):
            archive.write(path, member_of_file(name))
        return names
    finally:
        rmtree(folder)
