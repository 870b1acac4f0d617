"""The official Node SDKs of Rudder and Segment, where npm has brought them."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.commandpost_telemetry.collector import given
from tests.commandpost_telemetry.collector.given import KEY, Plane
from tests.commandpost_telemetry.collector.serving import Mood, misbehaving, served

SCRIPT = Path(__file__).with_name("node_sdk.mjs")
SDKS = Path(os.environ.get("COMMANDPOST_NODE_SDKS", Path(__file__).parents[3]))
PACKAGES = {"rudder": "@rudderstack/rudder-sdk-node", "segment": "@segment/analytics-node"}
AT = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)


@pytest.fixture(params=PACKAGES)
def sdk(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    if shutil.which("node") is None or not (SDKS / "node_modules" / PACKAGES[kind]).is_dir():
        pytest.skip(f"needs node and the package {PACKAGES[kind]}; see COMMANDPOST_NODE_SDKS")
    return kind


@pytest.fixture
def plane(tmp_path: Path) -> Iterator[Plane]:
    with given.a_plane(tmp_path) as opened:
        yield opened


def told(kind: str, address: str) -> None:
    """Run the script to its end."""
    subprocess.run(
        ["node", str(SCRIPT), kind, address, KEY],  # noqa: S607 - whatever node is on the machine
        env=os.environ | {"NODE_SDKS": str(SDKS)},
        check=True,
        timeout=60,
    )


@pytest.mark.slow
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
    assert kept["m2"]["traits"] == {"plan": "free"}
    assert kept["m3"]["name"] == "Start"
    assert kept["m4"]["properties"]["dark"] is True
    assert (kept["m5"]["groupId"], kept["m5"]["traits"]) == ("g1", {"size": 3})
    assert kept["m6"]["previousId"] == "old"


@pytest.mark.slow
@pytest.mark.parametrize("mood", [Mood.BUSY, Mood.BROKEN, Mood.RESETS, Mood.FORGETS])
def test_an_sdk_that_had_to_try_again_ends_with_each_event_once(
    plane: Plane, sdk: str, mood: Mood
) -> None:
    with (
        served(plane) as (host, port),
        misbehaving(f"http://{host}:{port}", [mood]) as address,
    ):
        told(sdk, address)

    assert sorted(message["messageId"] for message in plane.kept()) == [
        f"m{number}" for number in range(1, 7)
    ]
