"""`commandpost doctor`: looks at everything an installation stands on, and says what to do."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryFile
from urllib.parse import urlsplit

import httpx
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from commandpost.accounts.queries import count_administrators
from commandpost.kit.db import Database
from commandpost.kit.errors import AppError
from commandpost.kit.migrate import is_current
from commandpost.main import open_database
from commandpost.settings import Settings
from commandpost.telemetry.view import status_view
from commandpost_telemetry.cli.asking import answer_to
from commandpost_telemetry.kit.control import CommandFailed, ControlFile
from commandpost_telemetry.log.open import files_of
from commandpost_telemetry.settings import Settings as PipelineSettings
from commandpost_telemetry.warehouse.connect import duckdb_path
from commandpost_telemetry.warehouse.destinations.errors import WarehouseError

LITTLE = 1 << 30  # bytes free
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Verdict(StrEnum):
    """How a part stands."""

    FINE = "ok"
    WATCH = "watch"
    BROKEN = "BROKEN"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: which part, how it stands, what is so and what to do."""

    part: str
    verdict: Verdict
    sentence: str


def examine(settings: Settings, pipeline: PipelineSettings) -> Iterator[Finding]:
    """Look at each part in turn; nothing is changed."""
    yield _data_directory(settings.data_dir)
    yield _address(settings)
    yield _process(settings)
    database = open_database(settings)
    try:
        found = _database(database)
        yield found
        if found.verdict is not Verdict.BROKEN:
            yield _administrators(database)
            yield from _telemetry(database, settings)
    finally:
        database.dispose()
    yield _files(pipeline)
    yield _warehouse(pipeline)


def _data_directory(folder: Path) -> Finding:
    part = "data directory"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        return Finding(part, Verdict.BROKEN, f"{folder} can't be written: {error.strerror}.")
    said = f"{folder} can be written, {free / (1 << 30):.1f} GiB are free"
    if free < LITTLE:
        return Finding(part, Verdict.WATCH, f"{said}. Make room: events and backups need it.")
    return Finding(part, Verdict.FINE, f"{said}.")


def _address(settings: Settings) -> Finding:
    site = urlsplit(settings.site())
    if site.scheme == "https" or site.hostname in LOOPBACK:
        return Finding("address", Verdict.FINE, f"People find it at {settings.site()}.")
    return Finding(
        "address",
        Verdict.WATCH,
        f"{settings.site()} is not encrypted: passwords cross the network in the clear. Put a "
        "proxy with TLS before it and name its address by COMMANDPOST_SITE_URL.",
    )


def _process(settings: Settings) -> Finding:
    part = "process"
    control = ControlFile.find_alive(settings.data_dir)
    if control is None:
        return Finding(part, Verdict.FINE, "Nothing serves this directory just now.")
    try:
        httpx.get(f"{control.url}/health", timeout=5, trust_env=False).raise_for_status()
    except httpx.HTTPError as error:
        said = (
            f"Process {control.pid} holds the directory but does not answer: {error}. Restart it."
        )
        return Finding(part, Verdict.BROKEN, said)
    return Finding(part, Verdict.FINE, f"Process {control.pid} answers at {control.url}.")


def _database(database: Database) -> Finding:
    part = "database"
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    try:
        if not is_current(database):
            said = f"{kind}, of an older version or empty. Run `commandpost migrate`."
            return Finding(part, Verdict.BROKEN, said)
        damage = _damage(database) if database.is_sqlite else ""
    except SQLAlchemyError as error:
        said = f"{kind} can't be reached or read: {str(error).splitlines()[0]}"
        return Finding(part, Verdict.BROKEN, said)
    if damage:
        said = f"SQLite is damaged: {damage}. Stop the product and restore the last backup."
        return Finding(part, Verdict.BROKEN, said)
    return Finding(part, Verdict.FINE, f"{kind}, of this version and whole.")


def _damage(database: Database) -> str:
    with database.engine.connect() as connection:
        said = str(connection.execute(text("PRAGMA quick_check(1)")).scalar())
    return "" if said == "ok" else said


def _administrators(database: Database) -> Finding:
    with database.reading() as session:
        count = count_administrators(session)
    if count:
        return Finding("accounts", Verdict.FINE, f"{count} can administer this server.")
    return Finding(
        "accounts",
        Verdict.WATCH,
        "Nobody can administer this server. Run `commandpost user create NAME --admin`.",
    )


def _telemetry(database: Database, settings: Settings) -> Iterator[Finding]:
    try:
        with database.reading() as session:
            view = status_view(session, settings)
    except AppError:
        yield Finding("telemetry", Verdict.FINE, "Nothing was recorded yet.")
        return
    yield Finding("telemetry", Verdict.FINE, f"{view.mode}: {view.headline}")
    for lane in view.lanes:
        if lane.held:
            said = f"{lane.open} events wait because the receiver refuses: {lane.answer}"
            yield Finding(f"telemetry, {lane.lane}", Verdict.BROKEN, said)


def _files(pipeline: PipelineSettings) -> Finding:
    part = "log"
    folder = pipeline.data_dir
    paths = [
        folder / "sources.sqlite",
        folder / "rejects.sqlite",
        *files_of(pipeline.log_url or folder / "log"),
    ]
    found = [path for path in paths if path.exists()]
    for path in found:
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as file:
                [(said,)] = file.execute("PRAGMA quick_check(1)").fetchall()
        except sqlite3.Error as error:
            said = str(error)
        if said != "ok":
            return Finding(part, Verdict.BROKEN, f"{path} is damaged: {said}.")
    return Finding(part, Verdict.FINE, f"{len(found)} files of the data plane are whole.")


def _warehouse(pipeline: PipelineSettings) -> Finding:
    part = "warehouse"
    if not pipeline.warehouse_url and not duckdb_path(pipeline).exists():
        return Finding(part, Verdict.FINE, "Nothing has been loaded yet.")
    try:
        loads = answer_to(pipeline, "syncs", {}).get("loads")
    except (CommandFailed, WarehouseError, OSError) as error:
        return Finding(part, Verdict.BROKEN, f"It can't be asked: {error}")
    newest = loads[0] if isinstance(loads, list) and loads else None
    if not isinstance(newest, Mapping):
        return Finding(part, Verdict.FINE, "Nothing has been loaded yet.")
    return Finding(part, Verdict.FINE, f"The last load ended at {newest['finished_at']}.")


def shown(findings: Iterator[Finding], say: Callable[[str], None]) -> bool:
    """Say each finding as it comes; return whether nothing is broken."""
    fine = True
    for finding in findings:
        say(f"{finding.verdict:<7} {finding.part:<16} {finding.sentence}")
        fine = fine and finding.verdict is not Verdict.BROKEN
    return fine
