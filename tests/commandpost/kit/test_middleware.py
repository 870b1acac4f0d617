"""What surrounds every request."""

import logging

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from commandpost.kit.logs import configure_logs
from commandpost.kit.middleware import (
    LONGEST_TYPE,
    MAX_BODY,
    AccessLog,
    BodyLimit,
    OneCharset,
    PlainCookies,
    SafeHeaders,
)
from commandpost.ui.faces import add_faces, face


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = FastAPI()
    add_faces(app)
    app.add_middleware(BodyLimit, refuse=face)
    app.add_middleware(OneCharset, refuse=face)
    app.add_middleware(PlainCookies)
    app.add_middleware(SafeHeaders)
    app.add_middleware(AccessLog)

    @app.post("/api/v1/size")
    async def size(request: Request) -> int:
        return len(await request.body())

    @app.get("/api/v1/cookies")
    async def cookies(request: Request) -> dict[str, str]:
        return request.cookies

    return TestClient(app)


def test_a_body_at_the_limit_is_taken(client):
    assert client.post("/api/v1/size", content=b"x" * MAX_BODY).json() == MAX_BODY


def test_a_body_that_announces_too_much_is_refused(client):
    response = client.post("/api/v1/size", content=b"x" * (MAX_BODY + 1))

    assert response.status_code == 413
    assert "1 MiB" in response.json()["error"]


def test_a_body_that_grows_past_the_limit_unannounced_is_refused(client):
    def pieces():
        for _ in range(17):
            yield b"x" * (MAX_BODY // 16)

    response = client.post("/api/v1/size", content=pieces())

    assert response.status_code == 413
    assert "1 MiB" in response.json()["error"]


def test_a_page_is_refused_with_a_page(client):
    large = client.post("/account/profile", content=b"x" * (MAX_BODY + 1))
    kind = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-7"}
    strange = client.post("/account/profile", content=b"", headers=kind)

    assert (large.status_code, strange.status_code) == (413, 400)
    assert all("<p data-error-sentence>" in each.text for each in (large, strange))


def test_every_answer_carries_the_policy(client):
    headers = client.post("/api/v1/size", content=b"").headers

    assert "default-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("charset", ["unicode_escape", "utf-7", "punycode", "undefined"])
def test_a_form_in_a_charset_that_nobody_sends_is_refused(client, charset):
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    response = client.post("/api/v1/size", content=b"", headers={"Content-Type": kind})

    assert response.status_code == 400
    assert "UTF-8" in response.json()["error"]


@pytest.mark.parametrize("kind", ["application/json", "text/plain; charset=UTF-8", ""])
def test_what_browsers_and_programs_send_passes(client, kind):
    response = client.post("/api/v1/size", content=b"xy", headers={"Content-Type": kind})

    assert response.json() == 2


def test_a_kind_of_body_as_long_as_no_program_sends_is_refused_unread(client):
    kinds = ["text/plain;" + ";" * more for more in (LONGEST_TYPE - 11, LONGEST_TYPE - 10)]

    answers = [
        client.post("/api/v1/size", content=b"x", headers={"Content-Type": kind}) for kind in kinds
    ]

    assert [answer.status_code for answer in answers] == [200, 400]


def test_a_cookie_with_a_backslash_is_not_read(client):
    sent = [("Cookie", 'a=1; b="\\""; c="d e"'), ("Cookie", 'f="\\101"'), ("Cookie", "g=2")]

    answer = client.get("/api/v1/cookies", headers=sent)

    assert answer.json() == {"a": "1", "c": "d e", "g": "2"}


def test_a_secret_in_an_address_stays_out_of_the_log(capsys):
    configure_logs(level=logging.INFO)
    app = FastAPI()
    app.add_middleware(AccessLog)

    @app.get("/password/{secret}")
    def link(secret: str) -> str:
        return "ok"

    TestClient(app).get("/password/iGUjhQ36secret")

    logged = "".join(capsys.readouterr())
    assert "/password" in logged
    assert "iGUjhQ36secret" not in logged


def test_what_a_terminal_would_obey_is_quoted_in_the_log(capsys):
    configure_logs(level=logging.INFO)
    app = FastAPI()
    app.add_middleware(AccessLog)

    TestClient(app).get("/%1b%5b2J%0Afaked")

    assert '"/%1B%5B2J%0Afaked"' in "".join(capsys.readouterr())
