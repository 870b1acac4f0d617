"""The log in a cluster: librdkafka's own mock cluster, or a real one that the environment names."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.log.entry import Entry
from commandpost_telemetry.log.errors import LogUnavailableError
from commandpost_telemetry.log.kafka import KafkaLog
from tests.commandpost_telemetry.log import given
from tests.commandpost_telemetry.log.clusters import QUIET, a_cluster, a_topic

if TYPE_CHECKING:
    from commandpost_telemetry.log.writer import Commit


@pytest.fixture(scope="module")
def brokers() -> Iterator[str]:
    with a_cluster() as found:
        yield found


@pytest.fixture
def topic(brokers: str) -> str:
    return a_topic(brokers, f"telemetry-{uuid4().hex}")


@pytest.fixture
def log(brokers: str, topic: str, tmp_path: Path) -> Iterator[KafkaLog]:
    opened = KafkaLog(brokers, topic, tmp_path, options=QUIET)
    yield opened
    opened.close()


def test_what_was_appended_is_read_as_it_was(log: KafkaLog, at_noon: datetime) -> None:
    request = given.a_request("m1", "m2", padding=1000)

    given.appended(log, request)

    assert given.everything(log) == [Entry(1, "ann", at_noon, 2, request.lines)]
    assert log.last_position() == 1


def test_an_empty_topic_has_nothing_to_read(log: KafkaLog) -> None:
    assert (log.last_position(), log.read(after=0), log.newest(5)) == (0, [], [])


def test_positions_grow_and_a_reader_goes_on_where_it_was(log: KafkaLog) -> None:
    requests = [given.a_request(f"m{n}", padding=600) for n in range(6)]
    given.appended_at_once(log, requests)

    entries = given.everything(log, max_bytes=700)

    assert [entry.position for entry in entries] == [1, 2, 3, 4, 5, 6]
    assert [entry.lines for entry in entries] == [request.lines for request in requests]
    assert [entry.position for entry in log.read(after=3)] == [4, 5, 6]
    assert [entry.position for entry in log.newest(2)] == [6, 5]


def test_repeats_are_left_out_and_counted_even_after_a_restart(
    brokers: str, topic: str, tmp_path: Path
) -> None:
    commits: list[Commit] = []
    for ids in (("m1", "m2"), ("m2", "m3"), ("m1", "m3")):
        log = KafkaLog(brokers, topic, tmp_path, options=QUIET)
        log.on_commit = commits.append
        given.appended(log, given.a_request(*ids))
        log.close()

    log = KafkaLog(brokers, topic, tmp_path, options=QUIET)
    kept = [entry.lines for entry in given.everything(log)]
    log.close()

    assert kept == [given.a_request("m1", "m2").lines, given.a_request("m3").lines]
    assert [commit.repeats for commit in commits] == [0, 1, 2]


def test_recent_events_are_counted_by_source(log: KafkaLog, at_noon: datetime) -> None:
    given.appended(log, given.a_request("m1", "m2"), given.a_request("m1", source_id="ben"))

    assert log.counts_since(at_noon) == {"ann": 2, "ben": 1}
    assert log.counts_since(now() + timedelta(seconds=1)) == {}
    assert log.backlog_bytes() == log.damaged_files() == 0
    log.release(2)
    assert log.last_position() == 2


def test_a_cluster_that_is_away_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # the only way to shorten a patience that is meant for networks
    monkeypatch.setattr("commandpost_telemetry.log.kafka._PATIENCE", 0.2)
    log = KafkaLog("127.0.0.1:1", "telemetry", tmp_path, options=QUIET)

    with pytest.raises(LogUnavailableError, match="not confirmed"):
        given.appended(log, given.a_request("m1"))
    with pytest.raises(LogUnavailableError, match="does not answer"):
        log.read(after=0)
    log.close()
