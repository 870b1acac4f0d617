"""Sources and their write keys."""

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from commandpost_telemetry.collector.sources import Source, SourceError, Sources
from commandpost_telemetry.kit.clock import clock


def test_an_added_source_is_found_by_its_key(tmp_path: Path, at_noon: datetime) -> None:
    sources = Sources(tmp_path / "sources.sqlite")

    key = sources.add("ann")

    assert len(key) == 32
    assert sources.find(key) == Source("ann", True, at_noon, None)  # noqa: FBT003 - see Source
    assert sources.find(key + "x") is None
    sources.close()


def test_of_a_key_only_a_hash_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "sources.sqlite"
    sources = Sources(path)

    key = sources.add("ann")
    sources.close()

    assert key.encode() not in path.read_bytes()


def test_a_disabled_source_is_known_but_disabled(tmp_path: Path) -> None:
    sources = Sources(tmp_path / "sources.sqlite")
    key = sources.add("ann")

    sources.disable("ann")
    disabled = sources.find(key)
    sources.enable("ann")
    enabled = sources.find(key)

    assert disabled is not None
    assert enabled is not None
    assert (disabled.is_enabled, enabled.is_enabled) == (False, True)
    sources.close()


def test_a_rotated_key_replaces_the_old_one(tmp_path: Path) -> None:
    sources = Sources(tmp_path / "sources.sqlite")
    old = sources.add("ann")

    new = sources.rotate("ann")

    assert sources.find(old) is None
    assert sources.find(new) is not None
    sources.close()


def test_ensuring_a_source_twice_changes_nothing(tmp_path: Path, at_noon: datetime) -> None:
    sources = Sources(tmp_path / "sources.sqlite")
    sources.ensure("commandpost", "key")
    clock.set(at_noon + timedelta(days=1))

    sources.ensure("commandpost", "key")

    assert sources.list_sources() == [Source("commandpost", True, at_noon, None)]  # noqa: FBT003 - see Source
    sources.close()


def test_sources_of_the_settings_are_there_without_being_stored(tmp_path: Path) -> None:
    path = tmp_path / "sources.sqlite"
    sources = Sources(path, {"ben": "key-of-ben"})

    assert sources.find("key-of-ben") == Source("ben", True, None, None, is_from_settings=True)  # noqa: FBT003 - see Source
    assert [source.id for source in sources.list_sources()] == ["ben"]
    sources.close()
    alone = Sources(path)
    assert alone.find("key-of-ben") is None
    alone.close()


def test_what_another_process_changed_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "sources.sqlite"
    one, other = Sources(path), Sources(path, recheck_seconds=0)
    key = one.add("ann")
    found_before = other.find(key)

    one.disable("ann")
    found_after = other.find(key)

    assert found_before is not None
    assert found_after is not None
    assert (found_before.is_enabled, found_after.is_enabled) == (True, False)
    one.close()
    other.close()


def test_when_a_source_was_last_seen_is_kept_once_a_minute(
    tmp_path: Path, at_noon: datetime
) -> None:
    sources = Sources(tmp_path / "sources.sqlite")
    source = sources.find(sources.add("ann"))
    assert source is not None
    seen = []

    for seconds in (0, 59, 61):
        clock.set(at_noon + timedelta(seconds=seconds))
        if sources.is_note_due(source):
            sources.note_seen(source)
        seen.append(sources.list_sources()[0].last_seen)

    assert seen == [at_noon, at_noon, at_noon + timedelta(seconds=61)]
    sources.close()


def test_a_source_that_cannot_be_noted_stays_a_source(tmp_path: Path) -> None:
    path = tmp_path / "sources.sqlite"
    sources = Sources(path)
    key = sources.add("ann")
    source = sources.find(key)
    assert source is not None
    connection = sqlite3.connect(path)
    connection.execute("ALTER TABLE source RENAME COLUMN last_seen TO gone")
    connection.close()

    sources.note_seen(source)

    assert not sources.is_note_due(source)
    sources.close()


@pytest.mark.parametrize("name", ["", "a b", "../etc", "x" * 65, "-x"])
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    sources = Sources(tmp_path / "sources.sqlite")

    with pytest.raises(SourceError, match="cannot name a source"):
        sources.add(name)

    assert sources.list_sources() == []
    sources.close()


def test_a_name_or_key_that_is_taken_is_refused(tmp_path: Path) -> None:
    sources = Sources(tmp_path / "sources.sqlite")
    key = sources.add("ann")

    with pytest.raises(SourceError, match="already"):
        sources.add("ann")
    with pytest.raises(SourceError, match="already"):
        sources.add("ben", key)

    assert [source.id for source in sources.list_sources()] == ["ann"]
    sources.close()


def test_a_source_that_is_not_kept_here_cannot_be_changed(tmp_path: Path) -> None:
    sources = Sources(tmp_path / "sources.sqlite", {"ben": "key"})

    for change in (sources.disable, sources.enable, sources.rotate):
        with pytest.raises(SourceError, match="no source “ben” whose key is kept here"):
            change("ben")
    sources.close()


def test_a_file_of_another_kind_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "sources.sqlite"
    path.write_bytes(b"something else" * 100)

    with pytest.raises(sqlite3.DatabaseError):
        Sources(path)

    assert path.read_bytes() == b"something else" * 100
