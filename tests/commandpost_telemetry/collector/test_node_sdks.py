"""The official Node SDKs of Rudder and Segment, unmodified, against the data plane."""

import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.commandpost_telemetry.collector import given
from tests.commandpost_telemetry.collector.given import KEY, Plane
from tests.commandpost_telemetry.collector.serving import PATIENCE, Mood, misbehaving, served
from tools import assets

SCRIPT = Path(__file__).with_name("node_sdk.mjs")
SDKS = ["rudder", "segment"]
AT = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
MOODS = [Mood.BUSY, Mood.BROKEN, Mood.LATE, Mood.RESETS, Mood.FORGETS]
ALL_SIX = [f"m{number}" for number in range(1, 7)]


@pytest.fixture
def plane(tmp_path: Path) -> Iterator[Plane]:
    with given.a_plane(tmp_path) as opened:
        yield opened


def told(sdk: str, address: str, *, key: str = KEY) -> str:
    """Use all six calls of the SDK to its end; return what it says of what it gave up."""
    node = assets.find_node()
    assert node is not None
    return subprocess.run(
        [node, str(SCRIPT), sdk, address, key, str(int(PATIENCE * 1000))],
        env=os.environ | {"NODE_SDKS": str(assets.ROOT)},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
    ).stdout


@pytest.mark.slow
@pytest.mark.parametrize("sdk", SDKS)
def test_what_arrives_is_what_an_sdk_was_told(plane: Plane, sdk: str) -> None:
    with served(plane) as (host, port):
        told(sdk, f"http://{host}:{port}")

    kept = {message["messageId"]: message for message in plane.kept()}
    assert {number: message["type"] for number, message in kept.items()} == {
        "m1": "track",
        "m2": "identify",
        "m3": "page",
        "m4": "screen",
        "m5": "group",
        "m6": "alias",
    }
    assert {message["userId"] for message in kept.values()} == {"u1"}
    assert {message["context"]["ip"] for message in kept.values()} == {"192.0.2.9"}
    moments = {each.get("timestamp") or each["originalTimestamp"] for each in kept.values()}
    assert {datetime.fromisoformat(moment) for moment in moments} == {AT}
    assert kept["m1"]["event"] == "Order Completed"
    assert kept["m1"]["properties"] == {"total": 12.5, "items": ["a", "b"]}
    traits = kept["m2"].get("traits") or kept["m2"]["context"]["traits"]
    assert traits == {"plan": "free"}
    assert (kept["m3"]["name"], kept["m3"]["properties"]["path"]) == ("Start", "/start")
    assert (kept["m4"]["name"], kept["m4"]["properties"]["dark"]) == ("Home", True)
    assert (kept["m5"]["groupId"], kept["m5"]["traits"]) == ("g1", {"size": 3})
    assert kept["m6"]["previousId"] == "old"


@pytest.mark.slow
@pytest.mark.parametrize("mood", MOODS, ids=lambda mood: mood.name)
@pytest.mark.parametrize("sdk", SDKS)
def test_an_sdk_that_had_to_try_again_ends_with_each_event_once(
    plane: Plane, sdk: str, mood: Mood
) -> None:
    with (
        served(plane) as (host, port),
        misbehaving(f"http://{host}:{port}", [mood]) as address,
    ):
        told(sdk, address)

    assert sorted(message["messageId"] for message in plane.kept()) == ALL_SIX


@pytest.mark.slow
@pytest.mark.parametrize("sdk", SDKS)
def test_an_sdk_gives_up_what_is_refused_for_good_after_one_request(plane: Plane, sdk: str) -> None:
    with served(plane) as (host, port):
        given_up = told(sdk, f"http://{host}:{port}", key="key-of-nobody").splitlines()

    page = plane.send("GET", "/metrics").body.decode()
    assert ["401" in reason for reason in given_up] == [True] * len(given_up) != []
    assert f'{{reason="invalid write key",status="401"}} {len(given_up)}.0' in page
    assert plane.kept() == []
