"""The list asked by REST and by the address of its page: filters, order, search, pages."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from commandpost.incidents.models.incident import Incident
from commandpost.kit.ids import new_id
from commandpost.kit.text import fold
from tests.commandpost.accounts import given
from tests.commandpost.incidents.doors import Stage, set_up
from tests.conftest import Make
from tests.reference.doors import API, BOTH, Door

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
# team, name, commander, hours after the start of its day until it ended; oldest first
SEVEN = (
    ("one", "The wild horse", "eva", 9),
    ("one", "The Horse in the well", "fay", 0),
    ("one", "ziggurat!", "eva", 3),
    ("two", "Ziggürat!", "gus", 5),
    ("two", "Slow checkout", "gus", 0),
    ("one", "Mail delayed", "fay", 1),
    ("three", "Lost horseshoe", "hal", 0),
)
NAMES = [name for _, name, _, _ in SEVEN]
ONE = ["The wild horse", "The Horse in the well", "ziggurat!", "Mail delayed"]


@dataclass(frozen=True, slots=True)
class Listed:
    """Ann, who may list everything, and the ids that queries name."""

    ann: TestClient
    teams: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)

    def names(self, door: Door, **query: str) -> list[str]:
        """Return the names that a query finds, in order."""
        asked = {
            name: {**self.teams, **self.people}.get(value, value) for name, value in query.items()
        }
        if door is Door.REST:
            found = self.ann.get(f"{API}/incidents", params=asked).json()
            return [each["name"] for each in found["items"]]
        page = self.ann.get("/backstage/incidents", params=asked).text
        return re.findall(r'<a href="/backstage/incidents/\w{26}" dir="auto">(.*?)</a>', page)


@pytest.fixture(scope="module")
def listed(make_database: Make) -> Iterator[Listed]:
    """Seven incidents of three teams under four commanders."""
    with make_database() as database:
        stage = set_up(database)
        yield _filled(stage)
        stage.app.state.marks.write()  # now, while there is a database to write to


def _filled(stage: Stage) -> Listed:
    with stage.database.transaction() as session:
        teams = {name: given.a_team(session, name) for name in ("one", "two", "three")}
        people = {name: given.a_user(session, name) for name in ("eva", "fay", "gus", "hal")}
        for number, (team, name, commander, hours) in enumerate(SEVEN):
            at = BEGIN + timedelta(days=number)
            session.add(
                Incident(
                    id=f"{number:026d}",
                    name=name,
                    name_folded=fold(name),
                    team_id=teams[team],
                    channel_id=new_id(),
                    is_active=not hours,
                    commander_user_id=people[commander],
                    created_at=at,
                    ended_at=at + timedelta(hours=hours) if hours else None,
                )
            )
    return Listed(stage.of(stage.people.ann), dict(teams), dict(people))


@BOTH
def test_a_team_is_listed_newest_first(listed: Listed, door: Door) -> None:
    assert listed.names(door, team_id="one") == ONE[::-1]


@BOTH
def test_a_team_is_listed_oldest_first(listed: Listed, door: Door) -> None:
    assert listed.names(door, team_id="one", order="asc") == ONE


def test_an_administrator_lists_all_teams_by_rest(listed: Listed) -> None:
    found = listed.names(Door.REST)

    assert found[-len(NAMES) :] == NAMES[::-1]
    assert len(found) == len(NAMES) + 1  # what the stage began with is newer


@BOTH
def test_the_last_ended_come_first(listed: Listed, door: Door) -> None:
    assert listed.names(door, team_id="one", sort="ended_at") == [
        "Mail delayed",
        "ziggurat!",
        "The wild horse",
        "The Horse in the well",
    ]


@BOTH
@pytest.mark.parametrize(
    ("sort", "order", "names"),
    [
        ("name", "asc", ["Mail delayed", "The Horse in the well", "The wild horse", "ziggurat!"]),
        ("name", "desc", ["ziggurat!", "The wild horse", "The Horse in the well", "Mail delayed"]),
        ("created_at", "desc", ONE[::-1]),
        ("id", "asc", ONE),
        ("team_id", "asc", ONE),
    ],
)
def test_each_order_is_kept(
    listed: Listed, door: Door, sort: str, order: str, names: list[str]
) -> None:
    assert listed.names(door, team_id="one", sort=sort, order=order) == names


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"per_page": "1"}, ["Mail delayed"]),
        ({"per_page": "3"}, ["Mail delayed", "ziggurat!", "The Horse in the well"]),
        ({"per_page": "2", "page": "1"}, ["The Horse in the well", "The wild horse"]),
        ({"per_page": "3", "page": "1"}, ["The wild horse"]),
        ({"per_page": "5", "page": "1"}, []),
        (
            {"per_page": "2", "page": "1", "sort": "ended_at", "order": "asc"},
            ["ziggurat!", "Mail delayed"],
        ),
        ({"per_page": "1", "page": "1", "status": "active"}, []),
    ],
)
def test_pages_are_cut_as_asked(listed: Listed, query: dict[str, str], names: list[str]) -> None:
    assert listed.names(Door.REST, team_id="one", **query) == names


def test_pages_say_how_many_there_are(listed: Listed) -> None:
    query = {"team_id": listed.teams["one"], "per_page": "3"}

    first = listed.ann.get(f"{API}/incidents", params=query).json()
    last = listed.ann.get(f"{API}/incidents", params={**query, "page": "1"}).json()

    assert (first["total_count"], first["page_count"], first["has_more"]) == (4, 2, True)
    assert (last["total_count"], last["page_count"], last["has_more"]) == (4, 2, False)


@BOTH
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"status": "active"}, ["The Horse in the well"]),
        ({"status": "ended"}, ["Mail delayed", "ziggurat!", "The wild horse"]),
        ({"commander_user_id": "fay"}, ["Mail delayed", "The Horse in the well"]),
        ({"commander_user_id": "fay", "status": "active"}, ["The Horse in the well"]),
        (
            {"commander_user_id": "eva", "sort": "ended_at", "order": "asc"},
            ["The wild horse", "ziggurat!"],
        ),
        ({"commander_user_id": "hal"}, []),
    ],
)
def test_status_and_commander_filter(
    listed: Listed, door: Door, query: dict[str, str], names: list[str]
) -> None:
    assert listed.names(door, team_id="one", **query) == names


@BOTH
@pytest.mark.parametrize(
    ("term", "names"),
    [
        ("horse", ["The Horse in the well", "The wild horse"]),
        ("HORSE", ["The Horse in the well", "The wild horse"]),
        ("horse in", ["The Horse in the well"]),
        ("well horse", []),  # the term is one string
        ("twh", []),  # initials find nothing
        ("ziggurat", ["ziggurat!"]),
        ("ziggūràt", ["ziggurat!"]),
        ("%", []),
        ("fay", []),  # no other field
    ],
)
def test_a_name_is_found_whatever_its_case_and_accents(
    listed: Listed, door: Door, term: str, names: list[str]
) -> None:
    assert listed.names(door, team_id="one", search_term=term) == names


@pytest.mark.parametrize("term", ["ziggurat", "ziggūràt"])
def test_accents_are_ignored_on_both_sides_in_all_teams(listed: Listed, term: str) -> None:
    assert listed.names(Door.REST, search_term=term) == ["Ziggürat!", "ziggurat!"]


@BOTH
def test_a_search_is_narrowed_by_commander_and_status(listed: Listed, door: Door) -> None:
    asked = {"team_id": "one", "search_term": "horse"}

    assert listed.names(door, **asked, commander_user_id="eva") == ["The wild horse"]
    assert listed.names(door, **asked, status="active") == ["The Horse in the well"]
    assert listed.names(door, team_id="one", search_term="twh", status="ended") == []


def test_commanders_are_listed_once_by_name(listed: Listed) -> None:
    def commanders(team: str) -> list[str]:
        query = {"team_id": listed.teams[team]}
        found = listed.ann.get(f"{API}/incidents/commanders", params=query).json()["items"]
        return [each["username"] for each in found]

    assert [commanders(team) for team in ("one", "two", "three")] == [
        ["eva", "fay"],
        ["gus"],
        ["hal"],
    ]


def test_the_page_offers_the_commanders_of_the_team_to_filter_by(listed: Listed) -> None:
    query = {"team_id": listed.teams["one"]}

    page = listed.ann.get("/backstage/incidents", params=query).text

    options = page.partition('name="commander_user_id"')[2].partition("</select>")[0]
    offered = re.findall(r'<option value="(\w*)"', options)
    assert offered == ["", listed.people["eva"], listed.people["fay"]]


def test_the_page_shows_what_the_reference_showed_and_keeps_its_query(listed: Listed) -> None:
    query = {"team_id": listed.teams["one"], "status": "ended", "search_term": "mail"}

    page = listed.ann.get("/backstage/incidents", params=query).text

    headings = re.findall(r'<th scope="col"[^>]*>\s*(?:<a[^>]*>)?\s*([A-Z]\w+)', page)
    assert headings == ["Name", "Status", "Started", "Ended", "Commander", "Duration"]
    assert "1 incident" in page
    assert re.findall(r'<option value="ended"\s+selected', page)
    assert 'value="mail"' in page
    assert "status=ended" in page.partition("export.csv?")[2].partition('"')[0]


def test_the_file_has_the_rows_of_the_page(listed: Listed) -> None:
    query = {"team_id": listed.teams["one"], "sort": "name", "order": "asc"}

    text = listed.ann.get("/backstage/incidents/export.csv", params=query).text

    assert [row["name"] for row in csv.DictReader(io.StringIO(text))] == listed.names(
        Door.PAGE, team_id="one", sort="name", order="asc"
    )
