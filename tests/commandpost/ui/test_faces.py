"""One error, three faces: a page, a fragment, JSON, each with its sentence and status."""

import re
from typing import Annotated

import pytest
from fastapi import FastAPI, Form
from fastapi.testclient import TestClient
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from commandpost.kit.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    TooMany,
    Unauthenticated,
)
from commandpost.ui.faces import add_faces

REFUSALS = {
    "invalid": Invalid("The name is blank.", field="name"),
    "unauthenticated": Unauthenticated("You are not signed in."),
    "forbidden": Forbidden("You may not."),
    "missing": NotFound("It is not here."),
    "conflict": Conflict("It has ended.", details={"state": "ended"}),
    "often": TooMany("Too often.", retry_after=7),
}
BROKEN = {
    "same": (IntegrityError("INSERT", {}, Exception("a secret")), 409),
    "odd": (DataError("INSERT", {}, Exception("a secret")), 400),
    "locked": (OperationalError("INSERT", {}, Exception("a secret")), 503),
}


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = FastAPI()
    add_faces(app)

    @app.get("/{kind}")
    @app.get("/api/v1/{kind}")
    def refuse(kind: str) -> None:
        if kind in BROKEN:
            raise BROKEN[kind][0]
        raise REFUSALS.get(kind) or RuntimeError("a secret of the house")

    @app.post("/{kind}")
    def refuse_form(kind: str) -> None:
        raise REFUSALS[kind]

    @app.post("/api/v1/number")
    def number(count: Annotated[int, Form()]) -> int:
        return count

    return TestClient(app, raise_server_exceptions=False, follow_redirects=False)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("invalid", 400),
        ("unauthenticated", 401),
        ("forbidden", 403),
        ("missing", 404),
        ("conflict", 409),
        ("often", 429),
    ],
)
def test_programs_get_a_sentence_and_details(client, kind, status):
    response = client.get(f"/api/v1/{kind}")

    refusal = REFUSALS[kind]
    assert response.status_code == status
    assert response.json() == {"error": refusal.sentence, "details": refusal.details}


@pytest.mark.parametrize(("kind", "status"), [("forbidden", 403), ("missing", 404)])
def test_people_get_a_page_with_the_sentence(client, kind, status):
    response = client.get(f"/{kind}")

    assert response.status_code == status
    assert REFUSALS[kind].sentence in response.text
    assert response.text.startswith("<!DOCTYPE html>")


def test_htmx_gets_the_sentence_alone(client):
    response = client.get("/conflict", headers={"HX-Request": "true"})

    assert response.status_code == 409
    assert "It has ended." in response.text
    assert "<html" not in response.text


def test_somebody_signed_out_is_sent_to_sign_in_and_back(client):
    response = client.get("/unauthenticated")

    assert response.status_code == 303
    assert response.headers["location"] == "/sign-in?next=/unauthenticated"


def test_a_fragment_sends_the_whole_page_to_sign_in(client):
    response = client.get("/unauthenticated", headers={"HX-Request": "true"})

    assert response.headers["hx-redirect"] == "/sign-in"


def test_too_often_says_when_to_come_back(client):
    assert client.get("/api/v1/often").headers["retry-after"] == "7"


def test_what_broke_is_not_told_to_strangers(client):
    response = client.get("/api/v1/anything")

    assert response.status_code == 500
    assert "secret" not in response.text
    assert response.json()["error"].startswith("Something broke on our side.")


@pytest.mark.parametrize("kind", sorted(BROKEN))
def test_what_the_database_says_becomes_a_sentence_without_its_words(client, kind):
    response = client.get(f"/api/v1/{kind}")

    assert response.status_code == BROKEN[kind][1]
    assert "Nothing" in response.json()["error"]
    assert "secret" not in response.text


def test_a_field_of_the_wrong_type_is_named(client):
    response = client.post("/api/v1/number", data={"count": "many"})

    assert response.status_code == 422
    assert response.json()["error"].startswith("What was sent can't be used. “count”: ")
    assert response.json()["details"][0]["field"] == "count"


def test_a_wrong_method_is_said(client):
    response = client.delete("/api/v1/number")

    assert response.status_code == 405
    assert "does not take that method" in response.json()["error"]


@pytest.mark.parametrize(
    ("before", "href"),
    [
        ("http://testserver/channels/a?sidebar=list", "/channels/a?sidebar=list"),
        ("http://testserver/conflict?again=1", None),
        ("http://testserver//elsewhere.example", None),
        ("https://elsewhere.example/channels/a", None),
        ("http://[", None),
        ("", None),
    ],
)
def test_a_refused_form_leads_back_to_the_page_of_ours_where_it_stood(client, before, href):
    page = client.post("/conflict", headers={"referer": before}).text
    shown = client.get("/conflict", headers={"referer": before}).text

    found = re.findall(r'href="([^"]+)"><span>Back to where you were', page)
    assert found == ([href] if href else [])
    assert "Back to where you were" not in shown
