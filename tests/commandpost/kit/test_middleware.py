"""What surrounds every request."""

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from commandpost.kit.middleware import MAX_BODY, AccessLog, BodyLimit, SafeHeaders
from commandpost.ui.faces import add_faces


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = FastAPI()
    add_faces(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(SafeHeaders)
    app.add_middleware(AccessLog)

    @app.post("/api/v1/size")
    async def size(request: Request) -> int:
        return len(await request.body())

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


def test_every_answer_carries_the_policy(client):
    headers = client.post("/api/v1/size", content=b"").headers

    assert "default-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
