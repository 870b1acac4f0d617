"""Odd, blank and endless texts in every text field of the product, at every door."""

import html
from collections.abc import Iterator
from itertools import count
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from markupsafe import escape

from commandpost.kit.middleware import MAX_BODY
from commandpost.kit.text import cleaned
from tests.conftest import Make
from tests.contracts.permissions.cast import SITE, Cast, Things, a_cast
from tests.contracts.permissions.table import PUBLIC, TABLE, Row
from tests.contracts.permissions.test_doors import doors
from tests.reference.doors import API, KINDS, text_of
from tests.reference.doors import Kind as Ended
from tests.reference.fields import FIELDS, Field, Kind, fields_of

NUMBERS = count(1)
ODD = '%s % {0} <b>x</b> &lt; "q" \u0645\u0631\u062d\u0628\u0627 a\u200bb\u202e'
PEOPLE = ("ann", "bea", "ben", "dan", "cid")
ROWS = {
    "POST /api/v1/dialogs/{callback}": Row(
        "", (200,) * 6, json={"channel_id": "{town}"}, where={"callback": "incident.start"}
    ),
    "POST /channels/{channel_id}/members": Row("", (404,) * 6, where=PUBLIC),
    "GET /channels/{channel_id}": Row("", (200,) * 6, where=PUBLIC),
    "POST /api/v1/users": Row("", (201,) * 6, json={"username": "{fresh}"}),
    "POST /backstage/people": Row("", (201,) * 6, form={"username": "{fresh}"}),
}


@pytest.fixture(scope="module")
def cast(make_database: Make) -> Iterator[Cast]:
    with make_database() as database, a_cast(database) as made:
        yield made


def of(*kinds: Kind) -> pytest.MarkDecorator:
    """Run a test for each field of these kinds."""
    chosen = [field for field in FIELDS if field.kind in kinds]
    return pytest.mark.parametrize("field", chosen, ids=[field.key for field in chosen])


def odd_text() -> str:
    """Return a text that no other field holds; a backtick, as code is what Markdown makes of it."""
    return f"{next(NUMBERS)} `t` {ODD}"


def is_rest(field: Field) -> bool:
    return f" {API}/" in field.door


def row_for(field: Field) -> Row:
    """Return how the table of permissions sends to this door, where this person may."""
    if field.door in ROWS:
        return ROWS[field.door]
    rows = [row for row in TABLE if row.door == field.door]
    return next((row for row in rows if row.expected[PEOPLE.index(field.who)] < 400), rows[0])


class Over(dict[str, str]):
    """What a row names itself, before what is made for everybody."""

    def __init__(self, things: Things, where: dict[str, str]) -> None:
        super().__init__({name: value.format_map(things) for name, value in where.items()})
        self._things = things

    def __missing__(self, name: str) -> str:
        return self._things[name]


def put_in(body: dict[str, Any], name: str, text: str) -> dict[str, Any]:
    """Return a body with the text in the field of that name, `a[].b` in a list of one."""
    first, _, rest = name.partition(".")
    if first.endswith("[]"):
        inner = put_in({"title": "First"}, rest, text) if rest else text
        return {**body, first[:-2]: [inner]}
    if rest == "*":
        return {**body, first: {"name": text}}
    if rest:
        return {**body, first: {rest: text}}
    return {**body, "q" if first == "asked" else first: text}


def type_in(cast: Cast, things: Things, field: Field, text: str) -> httpx2.Response:
    """Send the field with this text, all else as the table has it."""
    row = row_for(field)
    method, path = field.door.split(" ")
    names = Over(things, row.where | {"fresh": f"fresh-{next(NUMBERS)}"})
    json = put_in(filled(row.json or {}, names), field.name, text) if is_rest(field) else None
    form = put_in(filled(row.form, names), field.name, text) if json is None else None
    query = filled(row.query, names)
    return cast.client.request(
        method,
        path.format_map(names),
        params=(query | (form or {})) if method == "GET" else query,
        json=json,
        data=form if method == "POST" else None,
        headers={"Origin": SITE, **cast.cookie(getattr(cast, field.who))},
    )


def filled(said: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {k: v.format_map(names) if isinstance(v, str) else v for k, v in said.items()}


def new_id(answer: httpx2.Response) -> str:
    """Return the id of what was made: REST answers it, a form leads to it."""
    if "location" in answer.headers:
        return str(answer.headers["location"].partition("?")[0].rsplit("/", 1)[1])
    body = answer.json()
    return str(body["id"]) if "id" in body else ""


def look(cast: Cast, field: Field, path: str) -> str:
    return cast.client.get(path, headers=cast.cookie(getattr(cast, field.who))).text


def test_every_text_field_has_its_row(cast: Cast) -> None:
    assert fields_of(cast.app) == {field.key for field in FIELDS}


def test_a_field_without_a_row_is_found(cast: Cast) -> None:
    app = FastAPI()

    def planted(wish: str) -> None: ...

    app.get("/planted")(planted)

    assert fields_of(app) - {field.key for field in FIELDS} == {"GET /planted wish"}


@of(Kind.LINE)
def test_an_odd_line_is_kept_and_shown_whole_as_text(cast: Cast, field: Field) -> None:
    things, text = Things(cast), odd_text()

    answer = type_in(cast, things, field, text)

    assert KINDS[answer.status_code] is Ended.DONE
    kept = str(escape(cleaned(text)))
    names = Over(things, {"new": new_id(answer)} if "{new}" in "".join(field.shown) else {})
    for path in field.shown:
        page = look(cast, field, path.format_map(names))
        assert kept in page
        assert "<b>x</b>" not in page


@of(Kind.MESSAGE)
def test_an_odd_message_is_kept_as_typed_and_shown_whole(cast: Cast, field: Field) -> None:
    things, text = Things(cast), odd_text()

    assert KINDS[type_in(cast, things, field, text).status_code] is Ended.DONE

    for path in field.shown:
        page = look(cast, field, path.format_map(things))
        rest = look(cast, field, f"{API}{path.format_map(things)}/posts")
        assert html.unescape(text.replace("`", "")) in text_of(page)  # as Markdown reads it
        assert "<b>x</b>" not in page
        assert text in [post["message"] for post in httpx2.Response(200, text=rest).json()["items"]]


@of(Kind.REFUSED)
def test_an_odd_text_is_refused_and_stays_in_its_field(cast: Cast, field: Field) -> None:
    text = odd_text()

    answer = type_in(cast, Things(cast), field, text)

    assert KINDS[answer.status_code] is Ended.INVALID
    assert is_rest(field) or "<b>x</b>" not in answer.text
    if not is_rest(field) and field.name != "language":
        assert str(escape(text)) in answer.text
        assert 'class="error"' in answer.text or 'class="notice error"' in answer.text


@of(Kind.UNKNOWN)
def test_nobody_is_called_so(cast: Cast, field: Field) -> None:
    answer = type_in(cast, Things(cast), field, odd_text())

    assert KINDS[answer.status_code] is Ended.UNKNOWN
    assert is_rest(field) or "<b>x</b>" not in answer.text


@of(Kind.SEARCH)
def test_an_odd_search_finds_nothing_and_breaks_nothing(cast: Cast, field: Field) -> None:
    text = odd_text()

    answer = type_in(cast, Things(cast), field, text)

    assert answer.status_code == 200
    assert "<b>x</b>" not in answer.text
    if "<html" in answer.text:
        assert str(escape(text.strip())) in answer.text


@of(Kind.STALE)
def test_what_was_not_seen_is_a_conflict(cast: Cast, field: Field) -> None:
    things = Things(cast)

    answer = type_in(cast, things, field, odd_text())

    assert KINDS[answer.status_code] is Ended.CONFLICT
    assert is_rest(field) or "<b>x</b>" not in answer.text


@of(Kind.SEEN)
def test_what_was_seen_is_kept_nowhere(cast: Cast, field: Field) -> None:
    things, text = Things(cast), odd_text()

    answer = type_in(cast, things, field, text)

    assert answer.status_code in {200, 303, 409}
    assert field.shown
    said = text.partition(" <b>")[0]  # reads the same on a page and in JSON
    pages = [look(cast, field, path.format_map(things)) for path in field.shown]
    assert [said in page for page in (answer.text, *pages)] == [False] * (1 + len(pages))


@of(Kind.REPLY)
def test_an_odd_command_is_answered(cast: Cast, field: Field) -> None:
    answer = type_in(cast, Things(cast), field, f"/incident {odd_text()}")

    assert "is not known" in answer.json()["reply"]["markdown"]


REFUSED = [
    (field, text)
    for field in FIELDS
    if field.kind is Kind.LINE
    for text in ("   ", "\u200b\u202e", "y" * (field.longest + 1))
    if text.startswith("y") or not field.may_be_blank
]


@pytest.mark.parametrize(("field", "text"), REFUSED, ids=[f"{f.key} {t[:3]!a}" for f, t in REFUSED])
def test_a_line_that_says_nothing_or_too_much_is_refused_and_kept(
    cast: Cast, field: Field, text: str
) -> None:
    answer = type_in(cast, Things(cast), field, text)

    if "/dialogs/" in field.door:  # a dialog comes back with what was typed
        assert answer.json()["reply"]["fields"][0]["error"].endswith(".")
        return
    assert KINDS[answer.status_code] is Ended.INVALID
    if is_rest(field):
        assert answer.json()["error"].endswith(".")
    else:
        assert f'value="{escape(text)}"' in answer.text


def test_more_than_a_request_may_carry_is_refused_everywhere(cast: Cast) -> None:
    body = b"x" * (MAX_BODY + 1)
    taking = [d for d in sorted(doors(cast.app)) if d.startswith(("POST", "PUT", "PATCH"))]

    for door in taking:
        method, path = door.split(" ")
        headers = {"Origin": SITE, "content-type": "application/json", **cast.cookie(cast.bea)}
        answer = cast.client.request(method, path, content=body, headers=headers)
        assert answer.status_code == 413
        assert "more than one request may carry (1 MiB)" in answer.text
    assert len(taking) > 80
