"""Rejects stay visible, with their reason, and are bounded."""

import sqlite3
from datetime import datetime
from pathlib import Path

import pytest

from commandpost_telemetry.log.errors import LogUnavailableError
from commandpost_telemetry.log.rejects import Reject, Rejects, StoredReject


def test_a_reject_is_kept_as_it_was(tmp_path: Path, at_noon: datetime) -> None:
    rejects = Rejects(tmp_path / "new" / "rejects.sqlite")

    rejects.add([Reject("ann", at_noon, "unknown type of event", b'{"type":"x"}')])

    assert rejects.search() == [
        StoredReject(1, "ann", at_noon, "unknown type of event", 12, b'{"type":"x"}')
    ]
    rejects.close()


def test_the_same_again_does_not_fill_the_store(tmp_path: Path, at_noon: datetime) -> None:
    rejects = Rejects(tmp_path / "rejects.sqlite")
    same = Reject("ann", at_noon, "invalid json", b"{")

    rejects.add([same, same])
    rejects.add([same])

    assert rejects.count() == 1
    rejects.close()


def test_rejects_are_found_by_source_reason_and_body(tmp_path: Path, at_noon: datetime) -> None:
    rejects = Rejects(tmp_path / "rejects.sqlite")
    rejects.add(
        [
            Reject("ann", at_noon, "invalid json", b"{first"),
            Reject("ben", at_noon, "invalid json", b"{second"),
            Reject("ben", at_noon, "nested too deeply", b"[third"),
        ]
    )

    found = {text: [r.body for r in rejects.search(text)] for text in ("ben", "json", "third", "")}
    page = [reject.id for reject in rejects.search(limit=2)]
    next_page = [reject.id for reject in rejects.search(limit=2, before=page[-1])]

    assert found == {
        "ben": [b"[third", b"{second"],
        "json": [b"{second", b"{first"],
        "third": [b"[third"],
        "": [b"[third", b"{second", b"{first"],
    }
    assert (page, next_page) == ([3, 2], [1])
    rejects.close()


def test_of_a_long_body_the_start_is_kept_and_its_size_is_told(
    tmp_path: Path, at_noon: datetime
) -> None:
    rejects = Rejects(tmp_path / "rejects.sqlite")

    rejects.add([Reject("ann", at_noon, "too long", b"x" * 100_000)])

    (kept,) = rejects.search()
    assert (kept.size, kept.body) == (100_000, b"x" * 65_536)
    rejects.close()


def test_a_store_that_cannot_be_written_is_told(tmp_path: Path, at_noon: datetime) -> None:
    path = tmp_path / "rejects.sqlite"
    rejects = Rejects(path)
    rejects.add([])
    connection = sqlite3.connect(path)
    connection.execute("DROP TABLE reject")
    connection.close()

    with pytest.raises(LogUnavailableError, match="send it again"):
        rejects.add([Reject("ann", at_noon, "invalid json", b"{")])
    rejects.close()
