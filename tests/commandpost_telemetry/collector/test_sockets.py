"""Senders that are slow, endless or gone cost bounded memory and time."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from commandpost_telemetry.collector.limits import CollectorLimits
from commandpost_telemetry.collector.protocol import BoundedProtocol
from tests.commandpost_telemetry.collector import given
from tests.commandpost_telemetry.collector.given import Plane, basic
from tests.commandpost_telemetry.collector.serving import served

HEAD = f"POST /v1/batch HTTP/1.1\r\nhost: x\r\nauthorization: {basic(given.KEY)}\r\n".encode()
BODY = b'{"batch":[{"type":"track","userId":"u","messageId":"m1"}]}'


class Impatient(BoundedProtocol):
    head_seconds = 0.2
    head_bytes = 2000


@pytest.fixture
def plane(tmp_path: Path) -> Iterator[Plane]:
    with given.a_plane(tmp_path, limits=CollectorLimits(body_seconds=0.2)) as opened:
        yield opened


@pytest.fixture
def connection(plane: Plane) -> Iterator[socket.socket]:
    with served(plane, Impatient) as address, socket.create_connection(address, 10) as opened:
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


def test_a_sender_that_goes_away_leaves_nothing(connection: socket.socket, plane: Plane) -> None:
    connection.sendall(HEAD + b"content-length: 1000\r\n\r\n" + BODY)
    connection.close()

    while b"telemetry_requests_inflight 0.0" not in plane.send("GET", "/metrics").body:
        pass
    assert plane.kept() == []
