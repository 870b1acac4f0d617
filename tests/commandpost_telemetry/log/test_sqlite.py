"""The log on one machine: what was acknowledged is there, in order, once."""

import asyncio
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from commandpost_telemetry.kit.clock import clock
from commandpost_telemetry.log.errors import LogUnavailableError
from commandpost_telemetry.log.limits import LogLimits
from commandpost_telemetry.log.seen import Generation
from commandpost_telemetry.log.segments import list_segments
from commandpost_telemetry.log.sqlite import SqliteLog
from tests.commandpost_telemetry.log import given

if TYPE_CHECKING:
    from commandpost_telemetry.log.writer import Commit


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteLog]:
    opened = SqliteLog(tmp_path / "log")
    yield opened
    opened.close()


def test_what_was_appended_is_read_as_it_was(log: SqliteLog, at_noon: datetime) -> None:
    request = given.a_request("m1", "m2", padding=1000)

    given.appended(log, request)

    (entry,) = log.read(after=0)
    assert (entry.source_id, entry.received_at, entry.count, entry.lines) == (
        "ann",
        at_noon,
        2,
        request.lines,
    )
    assert log.last_position() == entry.position


def test_an_empty_log_has_nothing_to_read(log: SqliteLog) -> None:
    assert log.read(after=0) == []
    assert log.last_position() == 0


def test_positions_grow_and_a_reader_goes_on_where_it_was(log: SqliteLog) -> None:
    requests = [given.a_request(f"m{n}", padding=600) for n in range(10)]
    given.appended(log, *requests)

    entries = given.everything(log, max_bytes=700)

    positions = [entry.position for entry in entries]
    assert positions == sorted(set(positions))
    assert [entry.lines for entry in entries] == [request.lines for request in requests]
    assert log.read(after=positions[4], max_bytes=1)[0].position == positions[5]


def test_one_commit_serves_all_who_wait(tmp_path: Path) -> None:
    commits: list[Commit] = []
    log = SqliteLog(tmp_path, on_commit=commits.append)

    given.appended_at_once(log, [given.a_request(f"m{n}") for n in range(50)])
    log.close()

    assert sum(commit.requests for commit in commits) == 50
    assert len(commits) < 50
    assert len(given.kept_ids(log)) == 50


def test_a_repeat_is_left_out_even_after_a_restart(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path)
    given.appended(log, given.a_request("m1", "m2"))
    log.close()

    log = SqliteLog(tmp_path)
    given.appended(log, given.a_request("m2", "m3"), given.a_request("m1", "m3"))
    log.close()

    assert [entry.lines for entry in given.everything(log)] == [
        given.a_request("m1", "m2").lines,
        given.a_request("m3").lines,
    ]
    assert [entry.count for entry in given.everything(log)] == [2, 1]


def test_a_repeat_within_a_request_or_a_commit_is_left_out(log: SqliteLog) -> None:
    requests = [given.a_request("m1", "m1", "m2"), given.a_request("m2", "m3")]

    given.appended_at_once(log, requests)

    assert given.kept_ids(log) == ["m1", "m2", "m3"]


def test_the_same_id_of_another_source_is_another_message(log: SqliteLog) -> None:
    given.appended(log, given.a_request("m1"), given.a_request("m1", source_id="ben"))

    assert [entry.source_id for entry in given.everything(log)] == ["ann", "ben"]


def test_repeats_are_counted(tmp_path: Path) -> None:
    commits: list[Commit] = []
    log = SqliteLog(tmp_path, on_commit=commits.append)

    given.appended(log, given.a_request("m1", "m2"), given.a_request("m1", "m2", "m3"))
    log.close()

    assert [(commit.events, commit.repeats) for commit in commits] == [(2, 0), (3, 2)]


def test_after_an_hour_a_new_file_begins(tmp_path: Path, at_noon: datetime) -> None:
    log = SqliteLog(tmp_path)
    given.appended(log, given.a_request("m1"))
    clock.set(at_noon + timedelta(hours=1))

    given.appended(log, given.a_request("m2"), given.a_request("m3"))
    log.close()

    assert len(list_segments(tmp_path)) == 2
    assert given.kept_ids(log) == ["m1", "m2", "m3"]


def test_a_large_file_is_followed_by_another(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path, LogLimits(segment_bytes=1))

    given.appended(log, *(given.a_request(f"m{n}") for n in range(3)))
    log.close()

    assert len(list_segments(tmp_path)) == 3
    assert given.kept_ids(log) == ["m0", "m1", "m2"]
    positions = [entry.position for entry in given.everything(log)]
    assert positions == list(range(positions[0], positions[0] + 3))


def test_files_that_no_reader_needs_are_removed_and_the_newest_stays(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path, LogLimits(segment_bytes=1))
    given.appended(log, *(given.a_request(f"m{n}") for n in range(3)))
    first, second, third = (entry.position for entry in given.everything(log))

    log.release(first)
    after_first = given.kept_ids(log)
    log.release(third)
    log.close()

    assert after_first == ["m1", "m2"]
    assert given.kept_ids(log) == ["m2"]
    assert log.last_position() == third == second + 1


def test_a_new_log_in_the_place_of_an_old_one_starts_behind_it(
    tmp_path: Path, at_noon: datetime
) -> None:
    old = SqliteLog(tmp_path / "old")
    given.appended(old, given.a_request("m1"))
    old.close()
    clock.set(at_noon + timedelta(seconds=1))

    new = SqliteLog(tmp_path / "new")
    given.appended(new, given.a_request("m1"))
    new.close()

    assert new.last_position() > old.last_position()


def test_two_processes_may_write_the_same_log(tmp_path: Path) -> None:
    limits = LogLimits(segment_bytes=1)
    one, other = SqliteLog(tmp_path, limits), SqliteLog(tmp_path, limits)

    given.appended(one, given.a_request("m1"))
    given.appended(other, given.a_request("m1", "m2"))
    given.appended(one, given.a_request("m2", "m3"))
    one.close()
    other.close()

    assert given.kept_ids(one) == ["m1", "m2", "m3"]


def test_a_file_that_was_cut_short_opens_and_serves(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path)
    given.appended(log, *(given.a_request(f"m{n}", padding=40_000) for n in range(100)))
    log.close()
    (segment,) = list_segments(tmp_path)
    with segment.path.open("r+b") as file:
        file.truncate(segment.path.stat().st_size * 2 // 3 // 16384 * 16384)

    log = SqliteLog(tmp_path)
    before = given.kept_ids(log)
    given.appended(log, given.a_request("after"))
    log.close()

    assert 50 < len(before) < 100
    assert before == [f"m{n}" for n in range(len(before))]
    assert given.kept_ids(log) == [*before, "after"]


def test_a_file_of_garbage_does_not_stop_the_log_and_is_never_deleted(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path)
    given.appended(log, given.a_request("m1"))
    log.close()
    (segment,) = list_segments(tmp_path)
    segment.path.write_bytes(b"not a database at all" * 1000)

    log = SqliteLog(tmp_path)
    given.appended(log, given.a_request("m2"))
    kept = given.kept_ids(log)
    log.release(log.last_position())
    log.close()

    assert kept == ["m2"]
    assert [path.suffix for path in tmp_path.glob(f"{segment.path.name}*")] == [".damaged"]


def test_a_file_without_a_table_is_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "00000000000000000042.sqlite").touch()
    log = SqliteLog(tmp_path)
    empty = (log.read(after=0), log.last_position())

    given.appended(log, given.a_request("m1"))
    log.close()

    assert empty == ([], 0)
    assert [entry.position for entry in given.everything(log)] == [42]


def test_a_disk_that_is_nearly_full_is_said_before_anything_is_taken(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path, LogLimits(min_free_bytes=1 << 62))

    with pytest.raises(LogUnavailableError, match="disk is nearly full"):
        given.appended(log, given.a_request("m1"))

    assert log.read(after=0) == []


def test_too_much_that_waits_to_be_loaded_is_refused(tmp_path: Path) -> None:
    filled = SqliteLog(tmp_path)
    given.appended(filled, given.a_request("m1"))
    filled.close()
    log = SqliteLog(tmp_path, LogLimits(backlog_bytes=1))

    with pytest.raises(LogUnavailableError, match="waits to be loaded"):
        given.appended(log, given.a_request("m2"))

    assert log.backlog_bytes() > 1


def test_too_much_that_waits_for_the_disk_is_refused(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path, LogLimits(queue_bytes=10))

    with pytest.raises(LogUnavailableError, match="waits for the disk"):
        given.appended(log, given.a_request("m1"))


def test_a_closed_log_refuses(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path)
    log.close()

    with pytest.raises(LogUnavailableError, match="closed"):
        given.appended(log, given.a_request("m1"))


def test_a_write_that_fails_is_told_and_the_next_one_succeeds(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path)
    given.appended(log, given.a_request("m1"))
    (segment,) = list_segments(tmp_path)
    with sqlite3.connect(segment.path) as connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE INSERT ON entry BEGIN SELECT raise(ABORT, 'disk full'); END"
        )

    with pytest.raises(LogUnavailableError, match="disk full"):
        given.appended(log, given.a_request("m2"))
    with sqlite3.connect(segment.path) as connection:
        connection.execute("DROP TRIGGER full")
    connection.close()
    given.appended(log, given.a_request("m2"))
    log.close()

    assert given.kept_ids(log) == ["m1", "m2"]


def test_a_folder_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path)
    (tmp_path / "lock").mkdir()

    with pytest.raises(LogUnavailableError, match="cannot be written"):
        given.appended(log, given.a_request("m1"))
    log.close()


def test_someone_who_stopped_waiting_does_not_hold_up_the_others(log: SqliteLog) -> None:
    async def one_gives_up() -> None:
        impatient = asyncio.create_task(log.append(given.a_request("m1")))
        await asyncio.sleep(0)
        impatient.cancel()
        await log.append(given.a_request("m2"))

    asyncio.run(one_gives_up())

    assert given.kept_ids(log) == ["m1", "m2"]


def test_what_was_logged_after_the_last_sync_is_remembered_after_a_power_cut(
    tmp_path: Path,
) -> None:
    log = SqliteLog(tmp_path)
    given.appended(log, given.a_request("m1", "m2", padding=600))
    log.close()
    for path in [*tmp_path.glob("seen-*"), tmp_path / "synced"]:
        path.unlink()

    log = SqliteLog(tmp_path)
    given.appended(log, given.a_request("m1", "m3"))
    log.close()

    assert given.kept_ids(log) == ["m1", "m2", "m3"]


def test_what_is_still_remembered_after_a_crash_takes_no_second_place(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path)
    given.appended(log, given.a_request("m1", "m2"))
    log.close()
    (tmp_path / "synced").unlink()

    log = SqliteLog(tmp_path)
    given.appended(log, given.a_request("m3"))
    log.close()

    table = Generation(next(tmp_path.glob("seen-*")))
    assert table.count == 3
    table.close()


def test_who_looks_sees_the_newest_first_over_several_files(
    tmp_path: Path, at_noon: datetime
) -> None:
    log = SqliteLog(tmp_path, LogLimits(segment_bytes=1))
    given.appended(log, *(given.a_request(f"m{n}") for n in range(4)))
    given.appended(log, given.a_request("m1", "m2", source_id="ben"))
    clock.set(at_noon + timedelta(minutes=5))
    given.appended(log, given.a_request("m9"))
    log.close()

    newest = [(entry.source_id, entry.count) for entry in log.newest(3)]

    assert newest == [("ann", 1), ("ben", 2), ("ann", 1)]
    assert log.counts_since(at_noon) == {"ann": 5, "ben": 2}
    assert log.counts_since(at_noon + timedelta(minutes=1)) == {"ann": 1}


def test_a_loop_that_ended_does_not_hold_up_the_log(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path)

    async def leave() -> None:
        left = asyncio.ensure_future(log.append(given.a_request("m1")))
        await asyncio.sleep(0)
        left.cancel()

    asyncio.run(leave())
    given.appended(log, given.a_request("m2"))
    log.close()

    assert given.kept_ids(log) == ["m1", "m2"]


def test_when_repeats_cannot_be_remembered_the_messages_are_kept_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    # a disk that is full for the one file and not for the other cannot be had otherwise
    monkeypatch.setattr("os.posix_fallocate", full)
    log = SqliteLog(tmp_path)

    given.appended(log, given.a_request("m1"), given.a_request("m1", "m2"))
    log.close()

    assert given.kept_ids(log) == ["m1", "m1", "m2"]


def test_a_file_that_is_damaged_while_it_is_written_to_is_left_and_another_begun(
    tmp_path: Path,
) -> None:
    log = SqliteLog(tmp_path)
    given.appended(log, given.a_request("m1"))
    (segment,) = list_segments(tmp_path)
    with sqlite3.connect(segment.path) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_schema SET rootpage = 99 WHERE name = 'entry'")
        connection.execute("PRAGMA schema_version = 99")
    connection.close()

    with pytest.raises(LogUnavailableError, match="malformed"):
        given.appended(log, given.a_request("m2"))
    given.appended(log, given.a_request("m2"))
    log.close()

    assert len(list_segments(tmp_path)) == 2
    assert given.kept_ids(log) == ["m2"]
