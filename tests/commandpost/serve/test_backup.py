"""A backup carries everything, between databases too; a restore fills what is empty or nothing."""

import json
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine, text

from commandpost.demo import fill_with_demo
from commandpost.kit.db import Base, Database
from commandpost.kit.dump import tables_of
from commandpost.kit.errors import AppError, Conflict, Invalid
from commandpost.kit.migrate import drift, upgrade
from commandpost.main import open_database
from commandpost.serve.archive import MANIFEST
from commandpost.serve.backup import Done, back_up
from commandpost.serve.restore import restore
from commandpost.settings import Settings
from commandpost.telemetry.actions import configure
from commandpost_telemetry.collector.sources import Sources
from commandpost_telemetry.kit.control import ControlFile
from commandpost_telemetry.log.open import open_log
from commandpost_telemetry.settings import Settings as PipelineSettings
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination
from tests.commandpost.chat.postgres import postgres_url
from tests.commandpost_telemetry.log.given import a_request, appended

__all__ = ["postgres_url"]


def settings_of(folder: Path, url: str = "") -> Settings:
    return Settings(
        data_dir=folder, database_url=url, do_not_track="", demo_password=SecretStr("four words")
    )


def backed_up(folder: Path, file: Path, url: str = "") -> Done:
    return back_up(settings_of(folder, url), PipelineSettings(data_dir=folder), file)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with demo data, a source and a warehouse with one row."""
    folder = tmp_path_factory.mktemp("home") / "data"
    settings = settings_of(folder)
    database = open_database(settings)
    upgrade(database)
    with database.transaction() as session:
        configure(session, settings)  # so that events are recorded
    fill_with_demo(database, settings)
    database.dispose()
    with closing(Sources(folder / "sources.sqlite")) as sources:
        sources.ensure("shop", "a-key-that-is-kept")
    open_log(folder / "log").close()
    with closing(DuckDBDestination(folder / "warehouse.duckdb")) as warehouse:
        warehouse.cursor().execute("INSERT INTO main.tracks (id, event) VALUES ('m1', 'deed')")
    return folder


@pytest.fixture(scope="module")
def file(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backup") / "backup.zip"
    backed_up(home, path)
    return path


def rows_in(file: Path) -> dict[str, list[str]]:
    """Return the rows of a backup by table, in an order of our own."""
    with zipfile.ZipFile(file) as archive:
        return {
            name: sorted(archive.read(name).decode().splitlines())
            for name in archive.namelist()
            if name.startswith("tables/")
        }


def test_a_restored_installation_has_every_row_and_file(home: Path, file: Path, tmp_path: Path):
    target = tmp_path / "restored"

    done = restore(settings_of(target), file)

    again = tmp_path / "again.zip"
    assert backed_up(target, again).rows == done.rows > 50
    assert rows_in(again) == rows_in(file)
    with closing(duckdb.connect(target / "warehouse.duckdb", read_only=True)) as warehouse:
        assert warehouse.execute("SELECT id, event FROM tracks").fetchall() == [("m1", "deed")]
        assert warehouse.execute("SELECT count(*) FROM telemetry_events").fetchall() == [(0,)]
    with closing(Sources(target / "sources.sqlite")) as sources:
        found = sources.find("a-key-that-is-kept")
        assert found is not None
        assert found.id == "shop"
    database = Database(settings_of(target).database())
    assert drift(database) == []
    database.dispose()


def test_from_sqlite_to_postgresql_and_back(postgres_url: str, file: Path, tmp_path: Path):
    _emptied(postgres_url)

    restore(settings_of(tmp_path / "there", postgres_url), file)
    back = tmp_path / "back.zip"
    backed_up(tmp_path / "there", back, postgres_url)
    restore(settings_of(tmp_path / "home again"), back)

    assert rows_in(back) == rows_in(file)
    assert _new_number(postgres_url) > _highest_number(file)
    with pytest.raises(Conflict, match="The database holds rows already"):
        restore(settings_of(tmp_path / "elsewhere", postgres_url), file)
    assert not (tmp_path / "elsewhere").exists()


def _emptied(url: str) -> None:
    database = Database(url)
    Base.metadata.drop_all(database.engine)
    with database.engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    database.dispose()


def _new_number(url: str) -> int:
    engine = create_engine(url)
    with engine.connect() as connection:
        asked = text("SELECT nextval(pg_get_serial_sequence('outbox_message', 'number'))")
        number = int(connection.execute(asked).scalar_one())
    engine.dispose()
    return number


def _highest_number(file: Path) -> int:
    lines = rows_in(file)["tables/outbox_message.jsonl"]
    return max(int(json.loads(line)["number"]) for line in lines)


def test_a_backup_of_the_first_version_is_brought_to_this_one(file: Path, tmp_path: Path):
    old = tmp_path / "old.zip"
    _as_of_the_first_version(file, old, tmp_path / "first.sqlite")

    restore(settings_of(tmp_path / "data"), old)

    database = Database(settings_of(tmp_path / "data").database())
    assert drift(database) == []
    database.dispose()
    again = tmp_path / "again.zip"
    backed_up(tmp_path / "data", again)
    assert len(rows_in(again)["tables/post.jsonl"]) == len(rows_in(file)["tables/post.jsonl"]) > 0


def _as_of_the_first_version(file: Path, old: Path, empty: Path) -> None:
    """Write a backup as the first version did: only with tables and columns that it had."""
    database = Database(f"sqlite:///{empty}")
    upgrade(database, "0001")
    with database.engine.connect() as connection:
        tables = {table.name: set(table.columns.keys()) for table in tables_of(connection)}
    database.dispose()
    with zipfile.ZipFile(file) as archive, zipfile.ZipFile(old, "w") as written:
        manifest = json.loads(archive.read(MANIFEST))
        rows = {name: count for name, count in manifest["tables"].items() if name in tables}
        written.writestr(
            MANIFEST, json.dumps(manifest | {"revision": "0001", "files": [], "tables": rows})
        )
        for name in rows:
            lines = archive.read(f"tables/{name}.jsonl").splitlines()
            kept = (
                {key: value for key, value in json.loads(line).items() if key in tables[name]}
                for line in lines
            )
            written.writestr(f"tables/{name}.jsonl", "".join(f"{json.dumps(k)}\n" for k in kept))


def test_a_backup_is_for_its_owner_only_and_never_overwrites(home: Path, file: Path):
    before = file.read_bytes()

    with pytest.raises(Invalid, match="is there already"):
        backed_up(home, file)

    assert file.read_bytes() == before
    assert file.stat().st_mode & 0o077 == 0
    assert list(file.parent.iterdir()) == [file]
    assert not any((home / "tmp").iterdir())


def test_a_file_that_cannot_be_copied_leaves_no_backup_and_no_copies(file: Path, tmp_path: Path):
    home = tmp_path / "home"
    restore(settings_of(home), file)
    (home / "sources.sqlite").write_bytes(b"this was never a database" * 1000)

    with pytest.raises(Conflict, match=r"can't be copied.*No backup was written"):
        backed_up(home, tmp_path / "new.zip")

    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    assert not any((home / "tmp").iterdir())


def test_a_warehouse_that_stood_elsewhere_comes_back_in_the_data_directory(
    home: Path, tmp_path: Path
):
    elsewhere = tmp_path / "elsewhere.duckdb"
    elsewhere.write_bytes((home / "warehouse.duckdb").read_bytes())
    pipeline = PipelineSettings(data_dir=home, warehouse_url=f"duckdb:///{elsewhere}")

    back_up(settings_of(home), pipeline, tmp_path / "new.zip")
    restore(settings_of(tmp_path / "restored"), tmp_path / "new.zip")

    with closing(duckdb.connect(tmp_path / "restored" / "warehouse.duckdb")) as warehouse:
        assert warehouse.execute("SELECT id FROM tracks").fetchall() == [("m1",)]


def test_a_log_that_stood_elsewhere_comes_back_in_the_data_directory(home: Path, tmp_path: Path):
    elsewhere = tmp_path / "elsewhere"
    with closing(open_log(elsewhere)) as log:
        appended(log, a_request("m1"))
        [entry] = log.read(after=0)
    pipeline = PipelineSettings(data_dir=home, log_url=f"sqlite:///{elsewhere}")

    back_up(settings_of(home), pipeline, tmp_path / "new.zip")
    restore(settings_of(tmp_path / "restored"), tmp_path / "new.zip")

    with closing(open_log(tmp_path / "restored" / "log")) as log:
        assert log.read(after=0) == [entry]


Spoil = Callable[[Path], None]


def flip_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[200] ^= 0xFF
    path.write_bytes(content)


def cut_it_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def rewrite(path: Path, content: bytes | None = None, **changes: Any) -> None:
    """Write the archive anew with another manifest, and what that names if content is given."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    if content is not None:
        members |= {f"files/{name}": content for name in changes.get("files", ())}
        members |= {f"tables/{name}.jsonl": content for name in changes.get("tables", ())}
    members[MANIFEST] = json.dumps(json.loads(members[MANIFEST]) | changes).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, kept in members.items():
            archive.writestr(name, kept)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (flip_a_byte, "damaged|be read"),
        (cut_it_short, "is no backup that can be read"),
        (lambda path: path.unlink(), "is no backup that can be read"),
        (lambda path: rewrite(path, revision="9999", version="9.9"), "Commandpost 9.9, which is"),
        (lambda path: rewrite(path, format=2), "is of format 2"),
        (lambda path: rewrite(path, b"x", files=["../outside"]), "outside of the data directory"),
        (lambda path: rewrite(path, b"{}", tables={"no_such": 0}), "no place for no_such"),
        (
            lambda path: rewrite(path, files=["log/missing.sqlite"]),
            "lacks files/log/missing.sqlite",
        ),
    ],
)
def test_a_file_that_is_not_whole_restores_nothing(
    file: Path, tmp_path: Path, spoil: Spoil, says: str
):
    spoiled = tmp_path / "spoiled.zip"
    spoiled.write_bytes(file.read_bytes())
    spoil(spoiled)

    with pytest.raises(AppError, match=says):
        restore(settings_of(tmp_path / "data"), spoiled)

    assert [path.name for path in tmp_path.iterdir() if path != spoiled] == []


def test_what_is_there_is_never_overwritten(file: Path, tmp_path: Path):
    (tmp_path / "mine.txt").write_text("keep me")

    with pytest.raises(Conflict, match="is not empty, and was left alone"):
        restore(settings_of(tmp_path), file)

    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_volume_is_filled_where_it_is(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    data = tmp_path / "data"
    data.mkdir()
    stands_on = data.stat().st_ino
    monkeypatch.setattr(Path, "is_mount", lambda path: path == data)  # one needs root to mount

    restore(settings_of(data), file)

    assert data.stat().st_ino == stands_on
    assert {"commandpost.sqlite", "sources.sqlite", "warehouse.duckdb"} <= {
        path.name for path in data.iterdir()
    }
    assert not list(data.glob("data.restored-*"))


def test_an_empty_directory_is_filled(file: Path, tmp_path: Path):
    (tmp_path / "data").mkdir()

    restore(settings_of(tmp_path / "data"), file)

    assert (tmp_path / "data" / "commandpost.sqlite").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


@pytest.fixture
def served_folder(tmp_path: Path) -> Iterator[Path]:
    """A directory that a living process says it owns, without answering."""
    control = ControlFile.write(tmp_path, "http://127.0.0.1:9")
    assert control.pid == os.getpid()
    yield tmp_path
    control.remove(tmp_path)


def test_a_directory_in_use_is_neither_restored_nor_copied_behind_its_owner(
    served_folder: Path, file: Path
):
    with pytest.raises(Conflict, match="Stop it first"):
        restore(settings_of(served_folder), file)
    database = open_database(settings_of(served_folder))
    upgrade(database)
    database.dispose()
    with pytest.raises(Conflict, match=r"does not answer.*No backup was written"):
        backed_up(served_folder, served_folder / "backup.zip")
    assert not list(served_folder.glob("backup.zip*"))
