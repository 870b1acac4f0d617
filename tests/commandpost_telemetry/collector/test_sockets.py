"""Senders that are slow, endless or gone cost bounded memory and time."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

from commandpost_telemetry.collector.limits import CollectorLimits
from commandpost_telemetry.collector.protocol import BoundedProtocol
from tests.commandpost_telemetry.collector import given
from tests.commandpost_telemetry.collector.given import Plane, basic
from tests.commandpost_telemetry.collector.serving import served, served_app

HEAD = f"POST /v1/batch HTTP/1.1\r\nhost: x\r\nauthorization: {basic(given.KEY)}\r\n".encode()
BODY = b'{"batch":[{"type":"track","userId":"u","messageId":"m1"}]}'


AT_ONCE = 20


class Crowded(BoundedProtocol):
    connections_at_once = AT_ONCE


class Impatient(BoundedProtocol):
    head_seconds = 0.2
    body_seconds = 0.4
    head_bytes = 2000


@pytest.fixture
def plane(tmp_path: Path) -> Iterator[Plane]:
    with given.a_plane(tmp_path, limits=CollectorLimits(body_seconds=0.2)) as opened:
        yield opened


@pytest.fixture
def address(plane: Plane) -> Iterator[tuple[str, int]]:
    with served(plane, Impatient) as where:
        yield where


@pytest.fixture
def connection(address: tuple[str, int]) -> Iterator[socket.socket]:
    with socket.create_connection(address, 10) as opened:
        yield opened


def all_of(connection: socket.socket) -> bytes:
    received = b""
    while piece := connection.recv(65536):
        received += piece
    return received


def test_a_connection_that_says_nothing_is_closed(connection: socket.socket) -> None:
    assert all_of(connection) == b""


def test_a_head_that_does_not_end_in_time_is_closed(connection: socket.socket) -> None:
    connection.sendall(HEAD)

    assert all_of(connection) == b""


def test_a_second_request_has_its_own_time(connection: socket.socket, plane: Plane) -> None:
    request = HEAD + b"content-length: %d\r\n\r\n" % len(BODY) + BODY

    connection.sendall(request)
    first = connection.recv(65536)
    connection.sendall(request[:40])
    rest = all_of(connection)

    assert first.startswith(b"HTTP/1.1 200 OK")
    assert rest == b""
    assert len(plane.kept()) == 1


def test_a_head_that_grows_without_end_is_refused(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"x-filler: " + b"x" * 3000)

    assert all_of(connection).startswith(b"HTTP/1.1 431 Request Header Fields Too Large")


def test_a_body_that_does_not_end_in_time_is_given_up(
    connection: socket.socket, plane: Plane
) -> None:
    connection.sendall(HEAD + b"content-length: 1000\r\n\r\n" + BODY)

    answer = connection.recv(65536)

    assert answer.startswith(b"HTTP/1.1 500 Internal Server Error")
    assert b"failed to read body from request" in answer
    assert plane.kept() == []


def test_a_body_may_come_in_pieces(connection: socket.socket, plane: Plane) -> None:
    connection.sendall(HEAD + b"transfer-encoding: chunked\r\n\r\n")
    for byte in (BODY[:20], BODY[20:]):
        connection.sendall(b"%x\r\n%b\r\n" % (len(byte), byte))
    connection.sendall(b"0\r\n\r\n")

    assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK")
    assert len(plane.kept()) == 1


def test_many_small_pieces_are_no_large_head(connection: socket.socket, plane: Plane) -> None:
    content = BODY.ljust(8000)
    pieces = (content[start : start + 8] for start in range(0, len(content), 8))

    connection.sendall(HEAD + b"transfer-encoding: chunked\r\n\r\n")
    connection.sendall(b"".join(b"8\r\n%b\r\n" % piece for piece in pieces) + b"0\r\n\r\n")

    assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK")
    assert len(plane.kept()) == 1


def test_fields_behind_a_body_that_grow_without_end_are_not_read(
    connection: socket.socket, plane: Plane
) -> None:
    head = HEAD + b"transfer-encoding: chunked\r\n\r\n"

    connection.sendall(head + b"%x\r\n%b\r\n0\r\nx-filler: " % (len(BODY), BODY))
    connection.sendall(b"x" * 3000)

    assert all_of(connection) == b""
    assert plane.kept() == []


def test_a_large_request_and_half_of_the_next_are_no_large_head(connection: socket.socket) -> None:
    content = BODY.ljust(3000)
    request = HEAD + b"content-length: %d\r\n\r\n%b" % (len(content), content)

    connection.sendall(request + request[:40])

    assert all_of(connection).startswith(b"HTTP/1.1 200 OK")


def test_a_body_that_nobody_reads_ends_in_time_too(connection: socket.socket) -> None:
    connection.sendall(b"POST /nowhere HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n")
    answer = connection.recv(65536)

    assert answer.startswith(b"HTTP/1.1 404 Not Found")
    assert is_closed_though_it_goes_on(connection)


def test_an_empty_line_after_an_answer_holds_no_connection(connection: socket.socket) -> None:
    connection.sendall(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n")
    assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK")

    connection.sendall(b"\r\n")

    assert all_of(connection) == b""


OFFER = b"GET %b HTTP/1.1\r\nconnection: upgrade\r\nupgrade: h2c\r\n%b\r\n"


def test_many_offers_of_another_protocol_at_once_are_answered_one_by_one(
    connection: socket.socket,
) -> None:
    connection.sendall(b"".join(OFFER % (b"/health", b"") for _ in range(900)))

    assert all_of(connection).count(b"HTTP/1.1 200 OK") == 900


def test_no_request_is_cut_out_of_a_field_of_another(connection: socket.socket) -> None:
    hidden = b"GET /version HTTP/1.1\r\nx: y\r\n\r\n"
    padding = b"x-p: %b\r\n" % (b" " * (len(hidden) - len(b"upgrade: h2c\r\n")) + b"a")
    requests = (OFFER % (b"/health", field) for field in (padding, b"x-in: " + hidden))

    connection.sendall(b"".join(requests))

    assert all_of(connection).count(b"HTTP/1.1 ") == 2


def test_who_speaks_1_0_is_closed_whatever_they_offer(connection: socket.socket) -> None:
    connection.sendall((OFFER % (b"/health", b"")).replace(b"HTTP/1.1", b"HTTP/1.0"))
    connection.settimeout(Impatient.head_seconds / 2)

    assert all_of(connection).startswith(b"HTTP/1.1 200 OK")


async def agreeable(scope: Any, receive: Any, send: Any) -> None:
    """Answer each request, and keep each WebSocket open until the other side leaves."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        while (await receive())["type"] != "websocket.disconnect":
            pass
        return
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def test_a_stream_that_follows_an_answer_owes_nothing() -> None:
    upgrade = (
        b"GET / HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
        b"sec-websocket-version: 13\r\nsec-websocket-key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
    )
    with (
        served_app(agreeable, Impatient, ws="websockets-sansio") as address,
        socket.create_connection(address, 10) as connection,
    ):
        connection.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 204")
        connection.sendall(upgrade)
        assert connection.recv(65536).startswith(b"HTTP/1.1 101")

        connection.settimeout(4 * Impatient.head_seconds)
        with pytest.raises(TimeoutError):  # nothing is said, and nobody hangs up
            connection.recv(1)


@pytest.mark.parametrize(
    ("line", "fields", "status"),
    [("a" * 9000, "", 414), ("", "x: " + "a" * 9000 + "\r\n", 431), ("", "x: a\r\n" * 150, 431)],
    ids=["long address", "long field", "many fields"],
)
def test_a_stream_that_begins_with_too_much_is_refused_and_closed(
    line: str, fields: str, status: int
) -> None:
    upgrade = f"GET /{line} HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
    with (
        served_app(agreeable, BoundedProtocol, ws="websockets-sansio") as address,
        socket.create_connection(address, 10) as connection,
    ):
        connection.sendall(f"{upgrade}{fields}\r\n".encode())

        assert all_of(connection).startswith(b"HTTP/1.1 %d" % status)


def is_closed_though_it_goes_on(connection: socket.socket) -> bool:
    connection.settimeout(0.05)
    for _ in range(100):
        try:
            connection.sendall(b"x")
            if connection.recv(65536) == b"":
                return True
        except TimeoutError:
            continue
        except ConnectionError:
            return True
    return False


def test_one_connection_too_many_is_told_so_until_another_has_ended(plane: Plane) -> None:
    with served(plane, Crowded) as address:
        with ExitStack() as stack:
            for _ in range(AT_ONCE):
                stack.enter_context(socket.create_connection(address, 10))
            with socket.create_connection(address, 10) as connection:
                refused = all_of(connection)
        while not is_answered(address):
            pass

    assert refused.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    assert b"\r\nretry-after: 5\r\n" in refused
    assert refused.endswith(b"\r\n\r\ntoo many connections\n")


def is_answered(address: tuple[str, int]) -> bool:
    with socket.create_connection(address, 10) as connection, suppress(ConnectionError):
        connection.sendall(b"GET /version HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        return all_of(connection).startswith(b"HTTP/1.1 200 OK")
    return False


def test_a_sender_that_goes_away_leaves_nothing(connection: socket.socket, plane: Plane) -> None:
    connection.sendall(HEAD + b"content-length: 1000\r\n\r\n" + BODY)
    connection.close()

    while b"telemetry_requests_inflight 0.0" not in plane.send("GET", "/metrics").body:
        pass
    assert plane.kept() == []
