"""`commandpost restore`: an installation from the file of a backup."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from zipfile import ZipFile

from sqlalchemy import Connection

from commandpost.kit.db import Database
from commandpost.kit.dump import has_rows, insert_lines, tables_of
from commandpost.kit.errors import Conflict, Invalid
from commandpost.kit.migrate import is_known, upgrade_within
from commandpost.serve.archive import Manifest, extract, member_of_table, opened_archive
from commandpost.serve.backup import Done
from commandpost.settings import Settings
from commandpost.telemetry.record import product_version
from commandpost_telemetry.kit.control import ControlFile

SQLITE = "commandpost.sqlite"


def restore(settings: Settings, path: Path) -> Done:
    """Fill an empty installation from a file; one that is not whole leaves it empty."""
    _require_empty(settings.data_dir)
    with opened_archive(path) as (archive, manifest):
        if not is_known(manifest.revision):
            raise Invalid(
                f"{path} was written by Commandpost {manifest.version}, which is newer than this "
                f"one ({product_version()}). Nothing was changed; restore it by that version."
            )
        with _made_beside(settings.data_dir) as folder:
            for name in manifest.files:
                extract(archive, name, folder / name)
            _restore_database(settings, folder, archive, manifest)
        return Done(manifest, path.stat().st_size)


def _require_empty(data_dir: Path) -> None:
    running = ControlFile.find_alive(data_dir)
    if running is not None:
        raise Conflict(
            f"Process {running.pid} serves {data_dir}. Stop it first; nothing was changed."
        )
    if data_dir.exists() and (not data_dir.is_dir() or any(data_dir.iterdir())):
        raise Conflict(
            f"{data_dir} is not empty, and was left alone. Name an empty directory by --data-dir, "
            f"or move this one away."
        )


@contextmanager
def _made_beside(data_dir: Path) -> Iterator[Path]:
    """Give a folder that takes the data directory's place once all in it is good."""
    home = data_dir if data_dir.is_mount() else data_dir.absolute().parent
    home.mkdir(parents=True, exist_ok=True)
    folder = Path(mkdtemp(prefix=f"{data_dir.name}.restored-", dir=home))
    try:
        yield folder
        _put_in_place(folder, data_dir)
    except BaseException:
        rmtree(folder, ignore_errors=True)
        raise


def _put_in_place(folder: Path, data_dir: Path) -> None:
    if folder.parent == data_dir:  # a volume of its own, which stays where it is
        for each in folder.iterdir():
            each.replace(data_dir / each.name)
        folder.rmdir()
        return
    if data_dir.exists():
        data_dir.rmdir()
    folder.replace(data_dir)


def _restore_database(
    settings: Settings, folder: Path, archive: ZipFile, manifest: Manifest
) -> None:
    url = settings.database() if settings.database_url else f"sqlite:///{folder / SQLITE}"
    database = Database(url)
    try:
        _require_no_rows(database)
        with database.engine.begin() as connection:
            upgrade_within(connection, manifest.revision)
            _insert(connection, archive, manifest)
            upgrade_within(connection)
    finally:
        database.dispose()


def _require_no_rows(database: Database) -> None:
    with database.engine.connect() as connection:
        if has_rows(connection):
            raise Conflict(
                "The database holds rows already, and was left alone. Name an empty one by "
                "COMMANDPOST_DATABASE_URL."
            )


def _insert(connection: Connection, archive: ZipFile, manifest: Manifest) -> None:
    """Insert every row; a table that the migrations do not make would be a loss, so it is said."""
    tables = tables_of(connection)
    unknown = manifest.tables.keys() - {table.name for table in tables}
    if unknown:
        raise Invalid(f"There is no place for {', '.join(sorted(unknown))}. Nothing was changed.")
    for table in tables:
        if table.name in manifest.tables:
            with archive.open(member_of_table(table.name)) as lines:
                insert_lines(connection, table, lines)
