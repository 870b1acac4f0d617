"""Every answer of the reference's table of statuses, byte by byte."""

import asyncio
import gzip
import json
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from commandpost_telemetry.collector.limits import CollectorLimits, RateLimit
from commandpost_telemetry.log.limits import LogLimits
from tests.commandpost_telemetry.collector import given
from tests.commandpost_telemetry.collector.given import TRACK, Plane, Response

Ask = Callable[[Plane], Response]

BATCHES = ["/v1/batch", "/v1/b", "/v1/import"]
SINGLES = {
    "/v1/track": "track",
    "/v1/identify": "identify",
    "/v1/page": "page",
    "/v1/screen": "screen",
    "/v1/group": "group",
    "/v1/alias": "alias",
    "/v1/merge": "merge",
    "/v1/t": "track",
    "/v1/i": "identify",
    "/v1/p": "page",
    "/v1/s": "screen",
    "/v1/g": "group",
    "/v1/a": "alias",
}
ERROR_HEADERS = {
    "content-type": "text/plain; charset=utf-8",
    "x-content-type-options": "nosniff",
}


def error(status: int, message: str, **more: str) -> Response:
    body = f"{message}\n".encode()
    return Response(status, ERROR_HEADERS | {"content-length": str(len(body))} | more, body)


OK = Response(200, {"content-type": "text/plain; charset=utf-8", "content-length": "2"}, b"ok")


@pytest.mark.parametrize("path", BATCHES)
def test_a_batch_is_answered_ok(plane: Plane, path: str) -> None:
    assert plane.post(path, {"batch": [TRACK]}) == OK
    assert len(plane.kept()) == 1


@pytest.mark.parametrize(("path", "kind"), SINGLES.items())
def test_a_single_event_is_answered_ok_and_the_path_is_its_type(
    plane: Plane, path: str, kind: str
) -> None:
    assert plane.post(path, {"userId": "u1", "messageId": "m1", "type": "other"}) == OK
    assert [message["type"] for message in plane.kept()] == [kind]


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        pytest.param(
            lambda plane: plane.post("/v1/batch", {"batch": [TRACK]}, key=None),
            error(401, "failed to read writekey from header"),
            id="2 no Basic",
        ),
        pytest.param(
            lambda plane: plane.post("/v1/batch", {"batch": [TRACK]}, key=""),
            error(401, "failed to read writekey from header"),
            id="2 empty user in Basic",
        ),
        pytest.param(
            lambda plane: plane.post(
                "/v1/batch",
                {"batch": [TRACK]},
                key=None,
                headers={"authorization": "Basic ###"},
            ),
            error(401, "failed to read writekey from header"),
            id="2 Basic that is none",
        ),
        pytest.param(
            lambda plane: plane.post(
                "/v1/batch", {}, key=None, headers={"authorization": "Bearer key-of-ann"}
            ),
            error(401, "failed to read writekey from header"),
            id="2 another scheme",
        ),
        pytest.param(
            lambda plane: plane.post("/v1/batch", {"batch": [TRACK]}, key="key-of-cid"),
            error(401, "invalid write key"),
            id="3 unknown write key",
        ),
        pytest.param(
            lambda plane: plane.post(
                "/v1/batch", {"batch": [TRACK], "writeKey": "key-of-cid"}, key=None
            ),
            error(401, "invalid write key"),
            id="3 unknown write key in the body",
        ),
        pytest.param(
            lambda plane: plane.send("POST", "/v1/batch", b'{"batch":', breaks_off=True),
            error(500, "failed to read body from request"),
            id="5 body breaks off",
        ),
        pytest.param(
            lambda plane: plane.send(
                "POST", "/v1/batch", b"no gzip at all", headers={"content-encoding": "gzip"}
            ),
            error(500, "failed to read body from request"),
            id="5 corrupt gzip",
        ),
        pytest.param(
            lambda plane: plane.send(
                "POST",
                "/v1/batch",
                gzip.compress(b'{"batch":[]}')[:-9],
                headers={"content-encoding": "gzip"},
            ),
            error(500, "failed to read body from request"),
            id="5 gzip cut short",
        ),
        pytest.param(
            lambda plane: plane.send("POST", "/v1/batch"),
            error(400, "invalid json"),
            id="7 empty body",
        ),
        pytest.param(
            lambda plane: plane.send("POST", "/v1/batch", b'{"batch":[}'),
            error(400, "invalid json"),
            id="7 no JSON",
        ),
        pytest.param(
            lambda plane: plane.send("POST", "/v1/batch", b'{"batch":[]} x'),
            error(400, "invalid json"),
            id="7 something behind",
        ),
        pytest.param(
            lambda plane: plane.send("POST", "/v1/track", b'{"a":\n1,}'),
            error(400, "invalid json"),
            id="7 no JSON over lines",
        ),
        pytest.param(
            lambda plane: plane.send(
                "POST",
                "/v1/batch",
                zlib.compress(b'{"batch":[]}'),
                headers={"content-encoding": "deflate"},
            ),
            error(400, "invalid json"),
            id="7 another encoding",
        ),
        pytest.param(
            lambda plane: plane.send(
                "POST", "/v1/track", b'{"a":' + b"[" * 20_000 + b"]" * 20_000 + b"}"
            ),
            error(400, "invalid json"),
            id="7 deeper than any parser goes",
        ),
        pytest.param(
            lambda plane: plane.post("/v1/track", []),
            error(400, "event is not a valid rudder event"),
            id="8 single list",
        ),
        pytest.param(
            lambda plane: plane.post("/v1/track", "track"),
            error(400, "event is not a valid rudder event"),
            id="8 single text",
        ),
        pytest.param(
            lambda plane: plane.post("/v1/batch", {"batch": [TRACK, 7]}),
            error(400, "event is not a valid rudder event"),
            id="8 number in the batch",
        ),
        pytest.param(
            lambda plane: plane.post("/v1/batch", {"batch": [None]}),
            error(400, "event is not a valid rudder event"),
            id="8 null in the batch",
        ),
        pytest.param(
            lambda plane: plane.post("/v1/batch", {"batch": [TRACK, {"type": "track"}]}),
            error(400, "request neither has anonymousId nor userId"),
            id="9 no id",
        ),
        pytest.param(
            lambda plane: plane.post(
                "/v1/track", {"userId": " \u200b\u00a0\u3164", "anonymousId": None}
            ),
            error(400, "request neither has anonymousId nor userId"),
            id="9 ids that nobody can see",
        ),
        pytest.param(
            lambda plane: plane.send("POST", "/v1/batch", b" " * 4_096_001),
            error(413, "request size exceeds max limit"),
            id="12 too large",
        ),
        pytest.param(
            lambda plane: plane.send("POST", "/v1/batch", *[b" " * 1_000_000] * 20),
            error(413, "request size exceeds max limit"),
            id="12 far too large",
        ),
        pytest.param(
            lambda plane: plane.send(
                "POST",
                "/v1/batch",
                gzip.compress(b" " * 50_000_000),
                headers={"content-encoding": "gzip"},
            ),
            error(413, "request size exceeds max limit"),
            id="12 too large once inflated",
        ),
        pytest.param(
            lambda plane: plane.post("/v1/batch", {}),
            error(400, "empty batch payload"),
            id="13 no batch",
        ),
        pytest.param(
            lambda plane: plane.post("/v1/batch", {"batch": []}),
            error(400, "empty batch payload"),
            id="13 empty batch",
        ),
        pytest.param(
            lambda plane: plane.send("POST", "/v1/batch", rb'{"batch":[],"x":"\ud800"}'),
            error(400, "empty batch payload"),
            id="13 empty batch that had to be mended",
        ),
        pytest.param(
            lambda plane: plane.post("/v1/batch", [TRACK]),
            error(400, "empty batch payload"),
            id="13 a list instead of a batch",
        ),
        pytest.param(
            lambda plane: plane.post("/v1/batch", {"batch": "all of it"}),
            error(400, "empty batch payload"),
            id="13 a text instead of events",
        ),
        pytest.param(
            lambda plane: plane.post("/beacon/v1/batch", {"batch": [TRACK]}),
            error(401, "failed to read writekey from query params"),
            id="16 beacon without a key",
        ),
        pytest.param(
            lambda plane: plane.post("/beacon/v1/batch?writeKey=key-of-cid", {"batch": [TRACK]}),
            error(401, "invalid write key"),
            id="16 beacon with an unknown key",
        ),
        pytest.param(
            lambda plane: plane.send("GET", "/v1/batch"),
            error(405, "method not allowed"),
            id="wrong method",
        ),
        pytest.param(
            lambda plane: plane.send("POST", "/health"),
            error(405, "method not allowed"),
            id="wrong method of a question",
        ),
        pytest.param(
            lambda plane: plane.send("DELETE", "/metrics"),
            error(405, "method not allowed"),
            id="wrong method of the metrics",
        ),
        pytest.param(
            lambda plane: plane.send("POST", "/pixel/v1/track"),
            error(405, "method not allowed"),
            id="wrong method of a pixel",
        ),
        pytest.param(
            lambda plane: plane.post("/v1/unknown", TRACK),
            error(404, "404 page not found"),
            id="unknown path",
        ),
    ],
)
def test_a_refusal_is_answered_exactly_and_nothing_is_taken(
    plane: Plane, ask: Ask, answer: Response
) -> None:
    assert ask(plane) == answer
    assert plane.kept() == []


@pytest.mark.parametrize(
    "path",
    [
        "/v1/webhook",
        "/v1/audiencelist",
        "/internal/v1/batch",
        "/internal/v1/extract",
        "/internal/v1/retl",
        "/internal/v1/replay",
        "/internal/v1/warehouse/pending-events",
        "/internal/v2/job-status",
        "/cluster-info",
        "/docs",
    ],
)
def test_what_is_not_served_is_not_found(plane: Plane, path: str) -> None:
    for method in ("GET", "POST"):
        assert plane.send(method, path) == error(404, "404 page not found")


def test_1_too_many_requests_in_flight_are_asked_to_come_back(tmp_path: Path) -> None:
    with given.a_plane(tmp_path, limits=CollectorLimits(inflight_requests=0)) as plane:
        answer = plane.post("/v1/batch", {"batch": [TRACK]})

    assert answer == error(503, "Service Unavailable", **{"retry-after": "5"})


def test_1_too_many_bytes_in_flight_are_asked_to_come_back(tmp_path: Path) -> None:
    with given.a_plane(tmp_path, limits=CollectorLimits(inflight_bytes=10)) as plane:
        answer = plane.post("/v1/batch", {"batch": [TRACK]})
        after = plane.send("POST", "/v1/batch", b"{}")

    assert answer == error(503, "Service Unavailable", **{"retry-after": "5"})
    assert after.status == 400


def test_1_what_a_body_is_once_inflated_counts_as_in_flight(tmp_path: Path) -> None:
    body = gzip.compress(json.dumps({"batch": [TRACK]}).encode().ljust(10_000))
    with given.a_plane(tmp_path, limits=CollectorLimits(inflight_bytes=5000)) as plane:
        answer = plane.send("POST", "/v1/batch", body, headers={"content-encoding": "gzip"})
        after = plane.post("/v1/batch", {"batch": [TRACK]})

    assert answer == error(503, "Service Unavailable", **{"retry-after": "5"})
    assert after == OK


def test_4_a_disabled_source_is_answered_404(plane: Plane) -> None:
    plane.parts.sources.add("ben", "key-of-ben")
    plane.parts.sources.disable("ben")

    answer = plane.post("/v1/batch", {"batch": [TRACK]}, key="key-of-ben")

    assert answer == error(404, "source is disabled")
    assert plane.kept() == []


def test_5_a_body_that_comes_too_slowly_is_given_up(tmp_path: Path) -> None:
    with given.a_plane(tmp_path, limits=CollectorLimits(body_seconds=0.0)) as plane:
        answer = plane.send("POST", "/v1/batch", b"{", b"}")

    assert answer == error(500, "failed to read body from request")


def test_10_over_the_rate_the_whole_request_is_refused_and_told_when(tmp_path: Path) -> None:
    limits = CollectorLimits(rate=RateLimit(events=2, seconds=60))
    with given.a_plane(tmp_path, limits=limits) as plane:
        first = plane.post("/v1/batch", {"batch": [TRACK, TRACK | {"messageId": "m2"}]})
        second = plane.post("/v1/batch", {"batch": [TRACK | {"messageId": "m3"}]})
        kept = len(plane.kept())

    assert (first, kept) == (OK, 2)
    assert second == error(429, "max requests limit reached", **{"retry-after": "30"})


def test_14_a_log_that_takes_too_long_is_answered_504(tmp_path: Path) -> None:
    with given.a_plane(tmp_path, limits=CollectorLimits(append_seconds=0.0)) as plane:
        answer = plane.post("/v1/batch", {"batch": [TRACK]})

    assert answer == error(504, "gateway timeout")


def test_15_a_log_that_cannot_promise_is_asked_again_later(tmp_path: Path) -> None:
    with given.a_plane(tmp_path, log_limits=LogLimits(min_free_bytes=1 << 62)) as plane:
        answer = plane.post("/v1/batch", {"batch": [TRACK]})

    assert answer == error(
        503,
        "The disk is nearly full; free some space, then send again.",
        **{"retry-after": "5"},
    )


def test_one_bad_event_refuses_the_whole_batch_and_the_batch_is_kept_as_a_reject(
    plane: Plane,
) -> None:
    batch = {"batch": [TRACK, 7]}

    plane.post("/v1/batch", batch)

    assert plane.kept() == []
    assert plane.rejected() == [("event is not a valid rudder event", json.dumps(batch).encode())]


def test_a_batch_that_is_one_object_counts_as_one_event(plane: Plane) -> None:
    assert plane.post("/v1/batch", {"batch": TRACK}) == OK
    assert [message["messageId"] for message in plane.kept()] == ["m1"]


def test_an_event_of_unknown_type_is_answered_ok_and_kept_as_a_reject(plane: Plane) -> None:
    odd = {"type": "shout", "userId": "u1"}
    odder = {"type": ["track"], "userId": "u1"}
    untyped = {"userId": "u1"}

    answer = plane.post("/v1/batch", {"batch": [odd, TRACK, odder, untyped]})

    assert answer == OK
    assert [message["messageId"] for message in plane.kept()] == ["m1"]
    assert plane.rejected() == [
        ("unknown type of event", json.dumps(each).encode()) for each in (odd, odder, untyped)
    ]


@pytest.mark.parametrize("depth", [600, 900])
def test_an_event_nested_too_deeply_is_kept_as_a_reject(plane: Plane, depth: int) -> None:
    deep = b'{"type":"track","userId":"u","p":' + b"[" * depth + b"]" * depth + b"}"
    wide = b'{"type":"track","userId":"u","messageId":"w","p":"}]","q":[' + b"[],{}," * 600 + b"1]}"

    answer = plane.send("POST", "/v1/batch", b'{"batch":[' + deep + b"," + wide + b"]}")

    assert answer == OK
    assert [message["messageId"] for message in plane.kept()] == ["w"]
    assert plane.rejected() == [("nested too deeply", deep)]


def test_a_batch_of_rejects_only_is_answered_ok(plane: Plane) -> None:
    assert plane.post("/v1/batch", {"batch": [{"type": "x", "userId": "u"}]}) == OK
    assert plane.kept() == []


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "text/plain", ""])
def test_the_content_type_does_not_matter(plane: Plane, content_type: str) -> None:
    answer = plane.post("/v1/batch", {"batch": [TRACK]}, headers={"content-type": content_type})

    assert answer == OK


def test_gzip_is_inflated_whatever_its_members(plane: Plane) -> None:
    body = json.dumps({"batch": [TRACK]}).encode()
    members = gzip.compress(body[:10]) + gzip.compress(body[10:])

    answer = plane.send("POST", "/v1/batch", members, headers={"content-encoding": "gzip"})

    assert answer == OK


def test_a_body_just_within_the_limit_is_taken(plane: Plane) -> None:
    body = json.dumps({"batch": [TRACK]}).encode().ljust(4_096_000)

    assert plane.send("POST", "/v1/batch", body[:2_000_000], body[2_000_000:]) == OK


def test_a_write_key_in_the_body_is_as_good(plane: Plane) -> None:
    answer = plane.post("/v1/batch", {"batch": [TRACK], "writeKey": given.KEY}, key=None)

    assert answer == OK


def test_a_body_that_is_no_json_has_no_write_key(plane: Plane) -> None:
    answer = plane.send("POST", "/v1/batch", b"{", key=None)

    assert answer == error(401, "failed to read writekey from header")


@pytest.mark.parametrize("write_key", [7, None, ["key-of-ann"]])
def test_a_write_key_in_the_body_is_text(plane: Plane, write_key: object) -> None:
    answer = plane.post("/v1/batch", {"batch": [TRACK], "writeKey": write_key}, key=None)

    assert answer == error(401, "failed to read writekey from header")


def test_a_beacon_has_its_key_in_the_address(plane: Plane) -> None:
    answer = plane.post(
        "/beacon/v1/batch?writeKey=key-of-ann",
        {"batch": [TRACK]},
        key=None,
        headers={"content-type": "text/plain"},
    )

    assert answer == OK


def test_ok_is_said_only_when_the_request_is_durable(plane: Plane) -> None:
    async def ask() -> tuple[Response, int]:
        answer = await plane.asend("POST", "/v1/track", json.dumps(TRACK).encode())
        return answer, len(plane.kept())

    assert asyncio.run(ask()) == (OK, 1)


def test_other_scopes_are_answered(plane: Plane) -> None:
    async def live() -> list[str]:
        incoming = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
        said: list[str] = []

        async def receive() -> dict[str, str]:
            await asyncio.sleep(0)
            return next(incoming)

        async def send(message: dict[str, str]) -> None:
            await asyncio.sleep(0)
            said.append(message["type"])

        await plane.parts.app({"type": "lifespan"}, receive, send)  # type: ignore[arg-type]  # plain dicts
        await plane.parts.app({"type": "websocket"}, receive, send)  # type: ignore[arg-type]  # plain dicts
        return said

    assert asyncio.run(live()) == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
