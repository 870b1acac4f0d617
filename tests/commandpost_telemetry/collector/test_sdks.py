"""The official Python SDKs of Rudder and Segment, unmodified, against the data plane."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rudderstack.analytics.client import Client as RudderClient
from segment.analytics.client import Client as SegmentClient

from tests.commandpost_telemetry.collector import given
from tests.commandpost_telemetry.collector.given import KEY, Plane
from tests.commandpost_telemetry.collector.serving import PATIENCE, Mood, misbehaving, served

MakeClient = Callable[..., Any]

AT = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
COMMON = {"timestamp": AT, "context": {"ip": "192.0.2.9"}}


@pytest.fixture
def plane(tmp_path: Path) -> Iterator[Plane]:
    with given.a_plane(tmp_path) as opened:
        yield opened


def rudder(address: str, **options: Any) -> RudderClient:
    return RudderClient(KEY, host=address, upload_interval=0.05, **options)


def segment(address: str, **options: Any) -> SegmentClient:
    return SegmentClient(KEY, host=address, upload_interval=0.05, **options)


def told_everything(client: Any) -> None:
    """Use all six calls of an SDK."""
    client.track(
        "u1", "Order Completed", {"total": 12.5, "items": ["a", "b"]}, message_id="m1", **COMMON
    )
    client.identify("u1", {"plan": "free"}, message_id="m2", **COMMON)
    client.page("u1", "Docs", "Start", {"path": "/start"}, message_id="m3", **COMMON)
    client.screen("u1", "Main", "Home", {"dark": True}, message_id="m4", **COMMON)
    client.group("u1", "g1", {"size": 3}, message_id="m5", **COMMON)
    client.alias("old", "u1", message_id="m6", **COMMON)


def without(message: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in message.items() if name not in names}


ADDED = ("receivedAt", "request_ip", "rudderId", "sentAt")


@pytest.mark.parametrize("gzip", [True, False])
@pytest.mark.parametrize("make", [rudder, segment])
def test_what_arrives_is_what_an_sdk_was_told(plane: Plane, make: MakeClient, gzip: bool) -> None:
    with served(plane) as (host, port):
        client = make(f"http://{host}:{port}", gzip=gzip)
        told_everything(client)
        client.shutdown()

    kept = {message["messageId"]: message for message in plane.kept()}

    assert {number: message["type"] for number, message in kept.items()} == {
        "m1": "track",
        "m2": "identify",
        "m3": "page",
        "m4": "screen",
        "m5": "group",
        "m6": "alias",
    }
    assert all(message["userId"] == "u1" for message in kept.values())
    assert {datetime.fromisoformat(each["timestamp"]) for each in kept.values()} == {AT}
    assert {message["context"]["ip"] for message in kept.values()} == {"192.0.2.9"}
    assert kept["m1"]["event"] == "Order Completed"
    assert kept["m1"]["properties"] == {"total": 12.5, "items": ["a", "b"]}
    traits = kept["m2"].get("traits") or kept["m2"]["context"]["traits"]
    assert traits == {"plan": "free"}
    assert (kept["m3"]["category"], kept["m3"]["name"]) == ("Docs", "Start")
    assert kept["m4"]["properties"] == {"dark": True}
    assert (kept["m5"]["groupId"], kept["m5"]["traits"]) == ("g1", {"size": 3})
    assert kept["m6"]["previousId"] == "old"
    assert all(set(ADDED) <= set(message) for message in kept.values())


def test_every_byte_of_a_rudder_message_is_kept(plane: Plane) -> None:
    with served(plane) as (host, port):
        client = rudder(f"http://{host}:{port}", send=True)
        _, queued = client.track(
            "u1", "Ev", {"text": "ünï 日本 \u2028", "n": None}, message_id="m1"
        )
        client.shutdown()

    (message,) = plane.kept()
    assert without(message, *ADDED) == json.loads(json.dumps(queued))


@pytest.mark.parametrize(
    "moods",
    [
        [Mood.BUSY],
        [Mood.BROKEN],
        [Mood.RESETS],
        [Mood.FORGETS],
        [Mood.SLOW],
        [Mood.LATE],
        [Mood.BROKEN, Mood.FORGETS],
    ],
    ids=lambda moods: "+".join(mood.name for mood in moods),
)
@pytest.mark.parametrize("make", [rudder, segment])
def test_an_sdk_that_had_to_try_again_ends_with_each_event_once(
    plane: Plane, make: MakeClient, moods: list[Mood]
) -> None:
    with (
        served(plane) as (host, port),
        misbehaving(f"http://{host}:{port}", moods) as address,
    ):
        client = make(address, timeout=PATIENCE)
        for number in range(5):
            client.track("u1", "Ev", {"n": number}, message_id=f"m{number}")
        client.shutdown()

    assert sorted(message["messageId"] for message in plane.kept()) == [
        "m0",
        "m1",
        "m2",
        "m3",
        "m4",
    ]


@pytest.mark.parametrize("make", [rudder, segment])
def test_an_sdk_drops_what_is_refused_for_good_after_one_request(
    plane: Plane, make: MakeClient
) -> None:
    plane.parts.sources.add("ben", "key-of-ben")
    plane.parts.sources.disable("ben")
    failures: list[str] = []

    with served(plane) as (host, port):
        client = make(
            f"http://{host}:{port}", on_error=lambda error, _batch: failures.append(str(error))
        )
        client.write_key = "key-of-ben"
        for consumer in client.consumers:
            consumer.write_key = "key-of-ben"
        client.track("u1", "Ev", message_id="m1")
        client.shutdown()
        page = plane.send("GET", "/metrics").body.decode()

    assert len(failures) == 1
    assert 'telemetry_requests_refused_total{reason="source is disabled",status="404"} 1.0' in page
    assert plane.kept() == []
