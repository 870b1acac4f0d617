"""Clients that lie about what they send, or say it in a way that nobody expects."""

import gzip
import re
import socket
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from typing import NamedTuple

import pytest

from commandpost_telemetry.collector.limits import CollectorLimits
from tests.commandpost_telemetry.collector import given
from tests.commandpost_telemetry.collector.given import Plane, basic
from tests.commandpost_telemetry.collector.serving import served

WHO = f"host: x\r\nauthorization: {basic(given.KEY)}\r\n".encode()
STATUS = re.compile(rb"HTTP/1\.1 (\d{3})")
TYPE = re.compile(rb"content-type: ([^\r]+)")
TEXT = {b"text/plain; charset=utf-8"}
MESSAGES = count()


def a_batch() -> bytes:
    return b'{"batch":[{"type":"track","userId":"u","messageId":"m%d"}]}' % next(MESSAGES)


def a_request(
    body: bytes | None = None,
    *fields: bytes,
    line: bytes = b"POST /v1/batch HTTP/1.1",
    who: bytes = WHO,
    has_length: bool = True,
    is_last: bool = True,
) -> bytes:
    content = a_batch() if body is None else body
    length = b"content-length: %d" % len(content)
    close = b"connection: close"
    added = [length] * has_length + [close] * is_last
    head = b"".join(b"%b\r\n" % field for field in (*fields, *added))
    return b"%b\r\n%b%b\r\n%b" % (line, who, head, content)


def in_line(line: str) -> bytes:
    return a_request(line=line.encode("latin-1"))


def with_field(field: bytes) -> bytes:
    return a_request(None, field)


def of_length(value: bytes) -> bytes:
    return a_request(None, b"content-length: " + value, has_length=False)


def encoded(body: bytes, *encodings: bytes) -> bytes:
    return a_request(body, *(b"content-encoding: " + each for each in encodings))


def offering(protocol: bytes, body: bytes) -> bytes:
    offer = (b"connection: upgrade, http2-settings, close", b"http2-settings: AAMAAABkAAQAAP__")
    return a_request(body, b"upgrade: " + protocol, *offer, is_last=False)


def in_chunks(behind: bytes = b"", extension: bytes = b"", *, coding: bytes = b"chunked") -> bytes:
    body = a_batch()
    pieces = [body[:20], body[20:]]
    chunks = [b"%x%b\r\n%b\r\n" % (len(each), extension, each) for each in pieces]
    return raw_chunks(b"".join(chunks) + b"0\r\n" + behind + b"\r\n", coding)


def raw_chunks(content: bytes, coding: bytes = b"chunked") -> bytes:
    return a_request(content, b"transfer-encoding: " + coding, has_length=False)


def zipped(content: bytes) -> bytes:
    return gzip.compress(content)


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    limits = CollectorLimits(body_seconds=0.5)
    with given.a_plane(tmp_path_factory.mktemp("odd"), limits=limits) as opened:
        yield opened


@pytest.fixture(scope="module")
def address(plane: Plane) -> Iterator[tuple[str, int]]:
    with served(plane) as where:
        yield where


class Told(NamedTuple):
    statuses: list[int]
    types: set[bytes]
    body: bytes


def told(address: tuple[str, int], request: bytes) -> Told:
    """Send all at once; return what came until the other side closed."""
    received = b""
    with socket.create_connection(address, 10) as connection:
        connection.sendall(request)
        while piece := connection.recv(65536):
            received += piece
    statuses = [int(each) for each in STATUS.findall(received)]
    return Told(statuses, set(TYPE.findall(received)), received.rpartition(b"\r\n")[2])


TAKEN = {
    "chunks": in_chunks,
    "chunks with extensions": lambda: in_chunks(extension=b';a=b;c="d"'),
    "chunks with fields behind them": lambda: in_chunks(b"x-a: 1\r\nx-b: 2\r\n"),
    "a key behind the body counts for nothing": lambda: in_chunks(
        b"authorization: %b\r\ncontent-encoding: gzip\r\n" % basic("other").encode()
    ),
    "gzip": lambda: encoded(zipped(a_batch()), b"gzip"),
    "gzip said twice": lambda: encoded(zipped(a_batch()), b"gzip", b"gzip"),
    "no encoding, said": lambda: encoded(a_batch(), b"identity"),
    "an expectation nobody knows": lambda: with_field(b"expect: wonders"),
    "HTTP/1.0": lambda: in_line("POST /v1/batch HTTP/1.0"),
    "the whole address": lambda: in_line("POST http://x/v1/batch HTTP/1.1"),
    "the address of another": lambda: in_line("POST https://other:99/v1/batch?a=1 HTTP/1.1"),
    "an address with a fragment": lambda: in_line("POST /v1/batch#a HTTP/1.1"),
    "two hosts": lambda: with_field(b"host: y"),
    "empty lines first": lambda: b"\r\n\r\n" + a_request(),
    "bytes as the sender's address": lambda: with_field(b"x-forwarded-for: \xff\xfe"),
    "quotes in the sender's address": lambda: with_field(b'x-forwarded-for: "a\\b'),
    "bytes as an origin": lambda: with_field(b"origin: \xff\xfe"),
    "two origins": lambda: a_request(None, b"origin: a", b"origin: b"),
    "bytes as the id of the request": lambda: with_field(b"x-request-id: \xff"),
    "an offer of HTTP/2": lambda: offering(b"h2c", a_batch()),
    "an offer of WebSockets": lambda: offering(b"websocket", a_batch()),
    "very many fields": lambda: a_request(None, *(b"x-%d: 1" % each for each in range(3000))),
}
REFUSED: dict[str, tuple[Callable[[], bytes], int]] = {
    "a length below that of the body": (lambda: of_length(b"10"), 400),
    "a length above that of the body": (lambda: of_length(b"1000"), 500),
    "a length beyond all memory": (lambda: of_length(b"17000000000"), 500),
    "a length beyond all numbers": (lambda: of_length(b"9" * 30), 400),
    "a length below zero": (lambda: of_length(b"-1"), 400),
    "a length with a sign": (lambda: of_length(b"+60"), 400),
    "a length that is none": (lambda: of_length(b"many"), 400),
    "a list of lengths": (lambda: of_length(b"60, 60"), 400),
    "two lengths": (lambda: with_field(b"content-length: 60"), 400),
    "no length": (lambda: a_request(has_length=False), 400),
    "a length and chunks": (lambda: with_field(b"transfer-encoding: chunked"), 400),
    "a coding that is none": (lambda: raw_chunks(b"0\r\n\r\n", b"identity"), 400),
    "a coding like chunks": (lambda: in_chunks(coding=b"xchunked"), 400),
    "chunks inside something": (lambda: in_chunks(coding=b"chunked, gzip"), 400),
    "a size of a chunk that is none": (lambda: raw_chunks(b"zz\r\n{}\r\n0\r\n\r\n"), 400),
    "a size of a chunk beyond all numbers": (lambda: raw_chunks(b"f" * 20 + b"\r\n"), 400),
    "a chunk longer than it says": (lambda: raw_chunks(b"2\r\n{}xx\r\n0\r\n\r\n"), 400),
    "no last chunk": (lambda: raw_chunks(b"2\r\n{}\r\n"), 500),
    "gzip in gzip": (lambda: encoded(zipped(zipped(a_batch())), b"gzip"), 400),
    "gzip in gzip, said": (lambda: encoded(zipped(zipped(a_batch())), b"gzip, gzip"), 400),
    "gzip in capitals": (lambda: encoded(zipped(a_batch()), b"GZIP"), 400),
    "gzip, then none, said": (lambda: encoded(zipped(a_batch()), b"gzip", b"identity"), 400),
    "gzip that is none": (lambda: encoded(a_batch(), b"gzip"), 500),
    "gzip and more": (lambda: encoded(zipped(a_batch()) + b"\0\0", b"gzip"), 500),
    "gzip that is deflate": (lambda: encoded(zlib.compress(a_batch()), b"gzip"), 500),
    "deflate": (lambda: encoded(zlib.compress(a_batch()), b"deflate"), 400),
    "deflate without its head": (lambda: encoded(zlib.compress(a_batch())[2:], b"deflate"), 400),
    "a bomb": (lambda: encoded(zipped(bytes(50_000_000)), b"gzip"), 413),
    "a bomb in a bomb": (lambda: encoded(zipped(zipped(bytes(50_000_000))), b"gzip"), 400),
    "a bomb of many members": (lambda: encoded(zipped(bytes(2_000_000)) * 20, b"gzip"), 413),
    "UTF-16": (lambda: a_request(a_batch().decode().encode("utf-16")), 400),
    "a mark of byte order": (lambda: a_request(b"\xef\xbb\xbf" + a_batch()), 400),
    "another key behind the first": (
        lambda: with_field(f"authorization: {basic('other')}".encode()),
        401,
    ),
    "bytes as a key": (lambda: a_request(who=b"authorization: Basic \xff\xfe\r\n"), 401),
    "a key that is no text": (lambda: a_request(who=b"authorization: Basic //4=\r\n"), 401),
    "no byte of a key in the address": (
        lambda: in_line("POST /beacon/v1/batch?writeKey=%00 HTTP/1.1"),
        401,
    ),
    "HTTP/3.0": (lambda: in_line("POST /v1/batch HTTP/3.0"), 400),
    "HTTP/2 from the start": (lambda: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "TLS": (lambda: bytes.fromhex("16030100c8010000c40303") + bytes(200), 400),
    "an address without a path": (lambda: in_line("POST http://x HTTP/1.1"), 400),
    "all of the server": (lambda: in_line("OPTIONS * HTTP/1.1"), 404),
    "a tunnel": (lambda: in_line("CONNECT x:80 HTTP/1.1"), 400),
    "a tunnel to a path": (lambda: in_line("CONNECT /v1/batch HTTP/1.1"), 405),
    "two slashes": (lambda: in_line("POST //v1/batch HTTP/1.1"), 404),
    "a way round": (lambda: in_line("POST /x/../v1/batch HTTP/1.1"), 404),
    "a path that is no text": (lambda: in_line("POST /v1/%ff%zz HTTP/1.1"), 404),
    "a path of bytes": (lambda: in_line("POST /v1/\xff HTTP/1.1"), 400),
    "a method nobody knows": (lambda: in_line("BREW /v1/batch HTTP/1.1"), 400),
    "a method in small letters": (lambda: in_line("post /v1/batch HTTP/1.1"), 400),
    "another method": (lambda: in_line("PUT /v1/batch HTTP/1.1"), 405),
    "a field without a colon": (lambda: with_field(b"nonsense"), 400),
    "a field with a space in its name": (lambda: with_field(b"x y: 1"), 400),
    "a field with bytes in its name": (lambda: with_field(b"x\xff: 1"), 400),
    "a field with no byte in it": (lambda: with_field(b"x: a\0b"), 400),
    "a field over two lines": (lambda: with_field(b"x: a\r\n b"), 400),
    "an origin that cannot be answered": (lambda: with_field(b"origin: a\x7fb"), 400),
    "half line ends": (lambda: a_request().replace(b"\r\n", b"\n"), 400),
    "a return in a field": (lambda: with_field(b"x: a\rb"), 400),
}


@pytest.mark.parametrize("case", TAKEN)
def test_what_can_be_understood_is_taken(plane: Plane, address: tuple[str, int], case: str) -> None:
    before = len(plane.kept())

    answer = told(address, TAKEN[case]())

    assert answer == Told([200], TEXT, b"ok")
    assert len(plane.kept()) == before + 1


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_understood_is_refused_at_once_and_nothing_is_taken(
    plane: Plane, address: tuple[str, int], case: str
) -> None:
    request, status = REFUSED[case]
    before = len(plane.kept())

    answer = told(address, request())

    assert (answer.statuses, answer.types) == ([status], TEXT)
    assert len(plane.kept()) == before


@pytest.mark.parametrize(
    ("case", "counted"),
    [
        ("a size of a chunk that is none", {("400", "malformed body")}),
        ("a chunk longer than it says", {("400", "malformed body")}),
        ("no last chunk", {("500", "failed to read body from request")}),
        ("a coding like chunks", {("400", "malformed body")}),
    ],
)
def test_what_is_counted_is_what_was_answered(
    plane: Plane, address: tuple[str, int], case: str, counted: set[tuple[str, str]]
) -> None:
    before = refusals(plane)

    told(address, REFUSED[case][0]())
    told(address, in_line("GET /health HTTP/1.1"))  # by then the first is done with

    assert set((refusals(plane) - before).elements()) == counted


def refusals(plane: Plane) -> Counter[tuple[str, str]]:
    [found] = plane.parts.app.metrics.refused.collect()
    totals = (each for each in found.samples if each.name.endswith("_total"))
    return Counter(
        {(each.labels["status"], each.labels["reason"]): int(each.value) for each in totals}
    )


def test_who_expects_to_be_asked_for_the_body_is_asked(
    plane: Plane, address: tuple[str, int]
) -> None:
    before = len(plane.kept())

    answer = told(address, with_field(b"expect: 100-continue"))

    assert answer == Told([100, 200], TEXT, b"ok")
    assert len(plane.kept()) == before + 1


def test_who_may_not_send_is_not_asked_for_the_body(address: tuple[str, int]) -> None:
    unknown = f"authorization: {basic('other')}\r\n".encode()

    answer = told(address, a_request(None, b"expect: 100-continue", who=unknown))

    assert answer.statuses == [401]


def test_requests_one_behind_the_other_are_answered_in_order(
    plane: Plane, address: tuple[str, int]
) -> None:
    before = len(plane.kept())
    requests = [a_request(is_last=False), a_request(b"{", is_last=False), a_request()]

    answer = told(address, b"".join(requests))

    assert answer.statuses == [200, 400, 200]
    assert len(plane.kept()) == before + 2


def test_the_body_of_who_offers_another_protocol_may_come_later(
    plane: Plane, address: tuple[str, int]
) -> None:
    before = len(plane.kept())
    body = a_batch()
    request = offering(b"h2c", body)

    with socket.create_connection(address, 10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(request[:-40])
        connection.sendall(request[-40:])
        answer = connection.recv(65536)

    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert len(plane.kept()) == before + 1
