"""What is not there is 404 at every door that names it, never 500 and never 403."""

from collections.abc import Iterator

import pytest

from tests.conftest import Make
from tests.contracts.permissions.cast import SITE, Cast, Things, a_cast
from tests.contracts.permissions.table import TABLE, Row
from tests.reference.doors import API

READ_FIRST = "POST /backstage/playbooks/import"  # a file that is none is refused whatever the team
NAMED = [
    row
    for row in {each.door: each for each in reversed(TABLE)}.values()
    if ("_id}" in row.door or "team_id" in row.query) and row.door != READ_FIRST
]


@pytest.fixture(scope="module")
def cast(make_database: Make) -> Iterator[Cast]:
    with make_database() as database, a_cast(database) as made:
        yield made


@pytest.fixture(scope="module")
def things(cast: Cast) -> Things:
    return Things(cast)


class Nothing(dict[str, str]):
    """An id that nothing has, for every name in an address."""

    def __missing__(self, name: str) -> str:
        return {"slug": "town-square", "number": "1"}.get(name, "0" * 26)


def sent(row: Row, things: Things) -> dict[str, object]:
    """Return a body that would do if the address were good."""
    if row.json is not None:
        return {
            "json": {
                name: value.format_map(things) if isinstance(value, str) else value
                for name, value in row.json.items()
            }
        }
    return {"data": {name: value.format_map(things) for name, value in row.form.items()} or None}


@pytest.mark.parametrize("row", NAMED, ids=[row.door for row in NAMED])
@pytest.mark.parametrize("who", ["ann", "bea"])
def test_an_unknown_id_is_not_found(cast: Cast, things: Things, row: Row, who: str) -> None:
    method, path = row.door.split(" ")
    answer = cast.client.request(
        method,
        path.format_map(Nothing()),
        params={name: value.format_map(Nothing()) for name, value in row.query.items()},
        headers={"Origin": SITE, **cast.cookie(getattr(cast, who))},
        **sent(row, things),  # type: ignore[arg-type]  # a body of either kind
    )

    expected = 403 if who == "bea" and row.expected[1] == 403 else 404
    assert answer.status_code == expected
    if path.startswith(API):
        body = answer.json()
        assert set(body) == {"error", "details"}
        assert body["error"].endswith(".")


def test_an_unknown_address_is_not_found_for_everybody(cast: Cast) -> None:
    for headers in ({}, cast.cookie(cast.bea)):
        rest = cast.client.get("/api/v1/nothing", headers=headers)
        page = cast.client.get("/nothing", headers=headers)

        assert (rest.status_code, page.status_code) == (404, 404)
        assert "There is nothing at this address." in rest.json()["error"]
        assert "There is nothing at this address." in page.text


def test_who_is_not_signed_in_is_told_so_in_a_sentence(cast: Cast) -> None:
    answer = cast.client.get("/api/v1/incidents")

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/json"
    assert set(answer.json()) == {"error", "details"}
