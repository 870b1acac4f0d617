"""Senders that are slow, endless or gone cost bounded memory and time."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from commandpost_telemetry.collector.limits import CollectorLimits
from commandpost_telemetry.collector.protocol import BoundedProtocol
from tests.commandpost_telemetry.collector import given
from tests.commandpost_telemetry.collector.given import Plane, basic
from tests.commandpost_telemetry.collector.serving import served

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
