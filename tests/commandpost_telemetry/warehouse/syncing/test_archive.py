"""The log as Parquet by day: whole, once, whatever breaks on the way, before the log lets go."""

import fcntl
import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from pathlib import Path

import duckdb
import pytest
from prometheus_client import CollectorRegistry, generate_latest

from commandpost_telemetry.log.entry import Entry
from commandpost_telemetry.settings import Settings
from commandpost_telemetry.warehouse.connect import open_destination, open_sync
from commandpost_telemetry.warehouse.destinations.errors import WarehouseUnavailable
from commandpost_telemetry.warehouse.listings.listings import listings
from commandpost_telemetry.warehouse.syncing.archive import Archive
from commandpost_telemetry.warehouse.syncing.metrics import SyncMetrics
from tests.commandpost_telemetry.warehouse import given

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def a_log(count: int = 6) -> given.MemoryLog:
    """Entries of two messages each, half a day apart."""
    log = given.MemoryLog()
    extended(log, count)
    return log


def extended(log: given.MemoryLog, count: int) -> None:
    for _ in range(count):
        number = len(log.entries)
        lines = [given.a_line(given.a_message(messageId=f"m{number}{part}")) for part in "ab"]
        at = NOON + timedelta(hours=12 * number)
        log.entries.append(Entry(number + 1, "shop", at, 2, b"".join(lines)))


def kept(folder: Path) -> list[tuple[str, int, str]]:
    """Day, position and id of every message, as DuckDB reads them."""
    with duckdb.connect() as reader:
        return reader.execute(
            "SELECT day::VARCHAR, position, message ->> '$.messageId' FROM"
            " read_parquet($files, hive_partitioning = true) ORDER BY 2, 3",
            {"files": f"{folder}/day=*/*.parquet"},
        ).fetchall()


def of(log: given.MemoryLog) -> list[tuple[str, int, str]]:
    return [
        (str(entry.received_at.date()), entry.position, json.loads(line)["messageId"])
        for entry in log.entries
        for line in entry.lines.splitlines()
    ]


def test_every_message_is_there_once_by_its_day(tmp_path: Path) -> None:
    log = a_log()
    Archive(log, tmp_path, batch_bytes=1000).run()
    extended(log, 3)
    Archive(log, tmp_path).run()
    Archive(log, tmp_path).run()

    assert kept(tmp_path) == of(log)
    assert log.released == 9
    with duckdb.connect() as reader:
        row = reader.execute(
            "SELECT source_id, received_at AT TIME ZONE 'UTC', message FROM read_parquet($files)"
            " ORDER BY position, message LIMIT 1",
            {"files": f"{tmp_path}/day=*/*.parquet"},
        ).fetchone()
    first = log.entries[0].lines.splitlines()[0].decode()
    assert row == ("shop", NOON.replace(tzinfo=None), first)


@pytest.mark.parametrize("step", range(7))
def test_a_crash_at_any_step_leaves_each_message_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    log = a_log(3)
    renamed, steps = Path.rename, iter(range(100))

    def breaking(self: Path, target: Path) -> Path:
        if next(steps) == step:
            raise OSError(28, "No space left on device")
        return renamed(self, target)

    # where a process ends cannot be had in any other way without a thousand of them
    monkeypatch.setattr(Path, "rename", breaking)
    archive = Archive(log, tmp_path, batch_bytes=1500)
    try:
        archive.run()
    except WarehouseUnavailable as error:
        assert "No space left" in str(error)  # noqa: PT017 - only some steps are reached
        assert log.released <= archive.position()
    monkeypatch.undo()
    extended(log, 2)
    Archive(log, tmp_path).run()

    assert kept(tmp_path) == of(log)
    assert not list(tmp_path.glob("*.part"))


def test_a_marker_that_was_removed_costs_nothing(tmp_path: Path) -> None:
    log = a_log()
    Archive(log, tmp_path).run()
    (tmp_path / "position").unlink()
    (tmp_path / "day=2026-11-24" / "notes.txt").write_text("of somebody")
    extended(log, 1)

    Archive(log, tmp_path).run()

    assert kept(tmp_path) == of(log)


def test_a_log_that_was_replaced_is_archived_beside_the_old_one(tmp_path: Path) -> None:
    old, log = a_log(6), a_log(0)
    Archive(old, tmp_path, batch_bytes=1000).run()
    (tmp_path / "position").write_text("6")  # as it was written before there was a second log
    Archive(log, tmp_path).run()
    extended(log, 2)

    assert Archive(log, tmp_path).position() == 0
    Archive(log, tmp_path).run()
    extended(log, 1)
    Archive(log, tmp_path).run()
    (tmp_path / "position").unlink()
    Archive(log, tmp_path).run()

    assert kept(tmp_path) == sorted(of(old) + of(log), key=itemgetter(1, 2))
    assert (log.released, Archive(log, tmp_path).position()) == (3, 3)


def test_two_never_write_at_once(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(WarehouseUnavailable, match="another process writes it"):
            Archive(a_log(), tmp_path).run()


def a_file(folder: Path) -> None:
    folder.write_text("a file where the folder should be")


def unreadable(folder: Path) -> None:
    folder.symlink_to(folder)  # no rights keep root out


@pytest.mark.parametrize("broken", [a_file, unreadable])
def test_the_log_is_let_go_only_of_what_is_archived_and_loads_go_on(
    tmp_path: Path, broken: Callable[[Path], None]
) -> None:
    folder = tmp_path / "archive"
    broken(folder)
    settings = Settings(data_dir=tmp_path, archive_dir=str(folder))
    log = a_log()
    with closing(open_destination(settings)) as destination:
        syncs = open_sync(settings, log, destination, SyncMetrics(registry := CollectorRegistry()))
        first = syncs.run()
        failures = destination.query("SELECT reader, error FROM loader.failures").rows

        assert (first.loaded, first.archived, list(first.failed)) == (12, 0, ["archive"])
        assert "can't be written" in first.failed["archive"]
        assert failures == [("archive", first.failed["archive"])]
        assert destination.query("SELECT count(*) FROM tracks").rows == [(12,)]
        assert (log.released, syncs.lags()) == (0, {"archive": 6, "log": 0})

        folder.unlink()
        second = syncs.run()
        extended(log, 1)
        syncs.run()
        [listed] = [each.read(destination.query) for each in listings if each.name == "archived"]

    numbers = generate_latest(registry).decode()
    assert "telemetry_archived_messages_total 14.0" in numbers
    assert (second.archived, second.failed) == (12, {})
    assert sorted(row[1:] for row in listed) == [(2, 6, 7, 0), (12, 0, 6, 0)]

    assert log.released == 7
    assert kept(folder) == of(log)


def test_without_the_setting_there_is_none(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with closing(open_destination(settings)) as destination:
        open_sync(settings, a_log(), destination).run()

    assert not list(tmp_path.glob("**/*.parquet"))


@pytest.mark.slow
def test_a_backlog_of_any_size_is_archived_in_bounded_memory(tmp_path: Path) -> None:
    module = "tests.commandpost_telemetry.warehouse.syncing.archived_backlog"
    megabytes, most = 400, 512  # DuckDB may hold 256, and a part of the log is 64

    done = subprocess.run(
        [sys.executable, "-m", module, str(tmp_path), str(megabytes)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )

    messages, peak = map(int, done.stdout.split())
    assert messages == megabytes * 500
    assert peak < most
