"""What the data plane answers without taking anything, and to browsers that ask first."""

import json
from pathlib import Path

import pytest

from commandpost_telemetry.collector.limits import CollectorLimits, RateLimit
from commandpost_telemetry.collector.metrics import Metrics
from commandpost_telemetry.collector.web import owns
from commandpost_telemetry.log.limits import LogLimits
from tests.commandpost_telemetry.collector import given
from tests.commandpost_telemetry.collector.given import TRACK, Plane

GIF = "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"


@pytest.mark.parametrize("path", ["/", "/health"])
def test_health_is_told(plane: Plane, path: str) -> None:
    answer = plane.send("GET", path, key=None)

    assert answer.status == 200
    assert json.loads(answer.body) == {
        "appType": "EMBEDDED",
        "server": "UP",
        "db": "UP",
        "acceptingEvents": "TRUE",
        "routingEvents": "TRUE",
        "mode": "NORMAL",
    }


def test_a_log_that_takes_nothing_is_no_health(tmp_path: Path) -> None:
    with given.a_plane(tmp_path, log_limits=LogLimits(min_free_bytes=1 << 62)) as plane:
        answer = plane.send("GET", "/health")

    assert (answer.status, json.loads(answer.body)["acceptingEvents"]) == (503, "FALSE")


def test_the_version_is_told(plane: Plane) -> None:
    answer = plane.send("GET", "/version")

    assert json.loads(answer.body) == {"Version": "0.4.0", "Features": []}


def test_robots_stay_away(plane: Plane) -> None:
    assert plane.send("GET", "/robots.txt").body == b"User-agent: *\nDisallow: /\n"


def test_a_head_has_no_body(plane: Plane) -> None:
    answer = plane.send("HEAD", "/version")

    assert (answer.status, answer.body) == (200, b"")


def test_a_browser_sdk_gets_its_configuration(plane: Plane) -> None:
    answer = plane.send("GET", "/sourceConfig/?p=web&v=3")

    assert json.loads(answer.body)["source"] == {
        "id": "ann",
        "name": "ann",
        "writeKey": given.KEY,
        "enabled": True,
        "config": {},
        "connections": [],
        "destinations": [],
        "dataplanes": {},
        "workspaceId": "",
    }


@pytest.mark.parametrize("key", [None, "key-of-cid"])
def test_nobody_else_gets_a_configuration(plane: Plane, key: str | None) -> None:
    assert plane.send("GET", "/sourceConfig", key=key).status == 401


@pytest.mark.parametrize("kind", ["track", "page"])
def test_a_pixel_takes_the_event_of_its_address(plane: Plane, kind: str) -> None:
    answer = plane.send(
        "GET", f"/pixel/v1/{kind}?writeKey=key-of-ann&userId=u1&event=Opened&messageId=m1", key=None
    )

    assert (answer.status, answer.headers["content-type"]) == (200, "image/gif")
    assert answer.body.hex() == GIF
    (message,) = plane.kept()
    assert {name: message.get(name) for name in ("type", "event", "userId", "channel", "name")} == {
        "type": kind,
        "event": "Opened",
        "userId": "u1",
        "channel": "web",
        "name": "Unknown Page" if kind == "page" else None,
    }
    assert message["sentAt"] == message["originalTimestamp"] == "2026-11-24T12:00:00.000Z"
    assert "writeKey" not in message


@pytest.mark.parametrize(
    "query",
    [
        "writeKey=key-of-cid&userId=u1&event=Opened",
        "writeKey=key-of-ann&userId=u1",
        "writeKey=key-of-ann&event=Opened",
        "",
    ],
)
def test_a_pixel_is_a_picture_whatever_happened(plane: Plane, query: str) -> None:
    answer = plane.send("GET", f"/pixel/v1/track?{query}", key=None)

    assert (answer.status, answer.body.hex()) == (200, GIF)
    assert plane.kept() == []


def test_a_pixel_without_an_event_is_kept_as_a_reject(plane: Plane) -> None:
    plane.send("GET", "/pixel/v1/track?userId=u1")

    ((reason, content),) = plane.rejected()
    assert (reason, json.loads(content)["userId"]) == ("event has no name", "u1")


def test_a_pixel_counts_like_any_other_request(tmp_path: Path) -> None:
    limits = CollectorLimits(rate=RateLimit(events=2, seconds=60))
    with given.a_plane(tmp_path, limits=limits) as plane:
        answers = [
            plane.send("GET", f"/pixel/v1/page?userId=u1&messageId=m{number}")
            for number in range(3)
        ]
        kept = [message["messageId"] for message in plane.kept()]
        page = plane.send("GET", "/metrics").body.decode()

    assert [(each.status, each.body.hex()) for each in answers] == [(200, GIF)] * 3
    assert kept == ["m0", "m1"]
    assert 'telemetry_events_accepted_total{source="ann"} 2.0' in page
    assert 'refused_total{reason="max requests limit reached",status="429"} 1.0' in page


def test_a_pixel_is_a_picture_even_when_the_disk_is_full(tmp_path: Path) -> None:
    with given.a_plane(tmp_path, log_limits=LogLimits(min_free_bytes=1 << 62)) as plane:
        answer = plane.send("GET", "/pixel/v1/track?userId=u1&event=Opened")

    assert (answer.status, answer.body.hex()) == (200, GIF)


def test_a_browser_that_asks_first_may_send(plane: Plane) -> None:
    answer = plane.send(
        "OPTIONS",
        "/v1/track",
        key=None,
        headers={
            "origin": "https://shop.example",
            "access-control-request-method": "POST",
            "access-control-request-headers": "anonymousid,authorization",
        },
    )

    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers == {
        "vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
        "access-control-allow-origin": "https://shop.example",
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": "anonymousid,authorization",
        "access-control-max-age": "900",
    }


@pytest.mark.parametrize(
    "headers",
    [
        {"access-control-request-method": "POST"},
        {"origin": "https://shop.example", "access-control-request-method": "DELETE"},
    ],
)
def test_a_refused_question_lacks_the_permission(plane: Plane, headers: dict[str, str]) -> None:
    answer = plane.send("OPTIONS", "/v1/track", headers=headers)

    assert (answer.status, list(answer.headers)) == (204, ["vary"])


def test_an_answer_may_be_read_by_the_page_that_sent(plane: Plane) -> None:
    answer = plane.post("/v1/track", TRACK, headers={"origin": "https://shop.example"})

    assert answer.headers == {
        "content-type": "text/plain; charset=utf-8",
        "content-length": "2",
        "vary": "Origin",
        "access-control-allow-origin": "https://shop.example",
        "access-control-allow-credentials": "true",
    }


@pytest.mark.parametrize("path", ["/metrics", "/api/v1/incidents"])
def test_no_other_page_may_be_read(plane: Plane, path: str) -> None:
    headers = {"origin": "https://shop.example", "access-control-request-method": "GET"}

    for method in ("GET", "OPTIONS"):
        answer = plane.send(method, path, headers=headers)
        assert not any(name.startswith("access-control") for name in answer.headers)


@pytest.mark.parametrize(
    ("path", "is_own"),
    [
        ("/v1/batch", True),
        ("/v1/t", True),
        ("/beacon/v1/batch", True),
        ("/pixel/v1/page", True),
        ("/health", True),
        ("/metrics", True),
        ("/sourceConfig/", True),
        ("/", False),
        ("/robots.txt", False),
        ("/v1", False),
        ("/v1/incidents", False),
        ("/api/v1/incidents", False),
    ],
)
def test_the_data_plane_owns_its_paths_and_no_other(path: str, is_own: bool) -> None:
    assert owns(path) is is_own


def test_every_number_is_explained_by_itself_and_by_the_documentation() -> None:
    documented = Path("docs/collector.md").read_text().splitlines()

    for family in Metrics().registry.collect():
        name = f"{family.name}_total" if family.type == "counter" else family.name
        assert family.documentation.endswith(".")
        assert any(line.startswith(f"| `{name}` |") for line in documented), name


def test_what_happened_is_counted(plane: Plane) -> None:
    plane.post("/v1/batch", {"batch": [TRACK, {"type": "x", "userId": "u"}]})
    plane.post("/v1/batch", {"batch": [TRACK]})
    plane.post("/v1/batch", {})

    page = plane.send("GET", "/metrics").body.decode()

    counted = dict(
        line.rsplit(" ", 1) for line in page.splitlines() if line.startswith("telemetry_")
    )
    assert {
        name: float(counted[name])
        for name in (
            'telemetry_events_accepted_total{source="ann"}',
            'telemetry_requests_refused_total{reason="empty batch payload",status="400"}',
            'telemetry_events_rejected_total{reason="unknown type of event"}',
            "telemetry_events_repeated_total",
            "telemetry_commit_seconds_count",
            "telemetry_requests_inflight",
        )
    } == {
        'telemetry_events_accepted_total{source="ann"}': 2.0,
        'telemetry_requests_refused_total{reason="empty batch payload",status="400"}': 1.0,
        'telemetry_events_rejected_total{reason="unknown type of event"}': 1.0,
        "telemetry_events_repeated_total": 1.0,
        "telemetry_commit_seconds_count": 2.0,
        "telemetry_requests_inflight": 0.0,
    }
