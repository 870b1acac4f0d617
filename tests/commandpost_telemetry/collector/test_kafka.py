"""The data plane over a topic: the same answers, the same messages, each once."""

import gzip
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from rudderstack.analytics.client import Client

from commandpost_telemetry.collector.service import open_data_plane
from commandpost_telemetry.settings import Settings
from tests.commandpost_telemetry.collector.given import KEY, TRACK, Plane
from tests.commandpost_telemetry.collector.serving import Mood, misbehaving, served
from tests.commandpost_telemetry.log.clusters import a_cluster, a_topic


@pytest.fixture(scope="module")
def brokers() -> Iterator[str]:
    with a_cluster() as found:
        yield found


@pytest.fixture
def plane(brokers: str, tmp_path: Path) -> Iterator[Plane]:
    topic = a_topic(brokers, f"telemetry-{uuid4().hex}")
    settings = Settings(
        data_dir=tmp_path,
        collector_write_keys={"ann": KEY},
        log_url=f"kafka://{brokers}/{topic}?log_level=0",
    )
    parts = open_data_plane(settings, version="0.4.0")
    yield Plane(parts)
    parts.close()


def test_what_is_answered_ok_is_in_the_topic_once(plane: Plane, at_noon: datetime) -> None:
    batch = [TRACK, TRACK | {"messageId": "m2", "event": "ünï"}]
    body = gzip.compress(json.dumps({"batch": batch}).encode())

    answers = [
        plane.send("POST", "/v1/batch", body, headers={"content-encoding": "gzip"}),
        plane.post("/v1/batch", {"batch": batch[1:]}),
        plane.post("/v1/track", {"userId": "u1", "messageId": "m3"}),
    ]

    assert [answer.body for answer in answers] == [b"ok"] * 3
    kept = plane.kept()
    assert [(each["messageId"], each["type"]) for each in kept] == [
        ("m1", "track"),
        ("m2", "track"),
        ("m3", "track"),
    ]
    assert {each["receivedAt"] for each in kept} == {"2026-11-24T12:00:00.000Z"}


def test_what_is_refused_is_not_in_the_topic(plane: Plane) -> None:
    answer = plane.post("/v1/batch", {"batch": [TRACK, 7]})

    assert (answer.status, answer.body) == (400, b"event is not a valid rudder event\n")
    assert plane.kept() == []


def test_a_body_of_the_largest_size_fits_into_an_entry(plane: Plane) -> None:
    noise = "".join(uuid4().hex for _ in range(120_000))

    answer = plane.post("/v1/track", TRACK | {"properties": {"noise": noise}})

    assert answer.status == 200
    assert [message["properties"]["noise"] == noise for message in plane.kept()] == [True]


def test_an_sdk_that_had_to_try_again_ends_with_each_event_once(plane: Plane) -> None:
    with (
        served(plane) as (host, port),
        misbehaving(f"http://{host}:{port}", [Mood.FORGETS]) as address,
    ):
        client = Client(KEY, host=address, upload_interval=0.05)
        for number in range(3):
            client.track("u1", "Ev", message_id=f"m{number}")
        client.shutdown()

    assert sorted(message["messageId"] for message in plane.kept()) == ["m0", "m1", "m2"]
