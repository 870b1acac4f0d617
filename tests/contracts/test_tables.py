"""Every table of the product is exported as CSV, with what it shows."""

import csv
import io
from collections.abc import Iterator

import pytest

from commandpost.accounts.rules import Scope
from tests.commandpost.accounts import given
from tests.conftest import Make
from tests.contracts.permissions.cast import Cast, Things, a_cast

# address, columns that are looked at, what they hold for Ann (who administers) or for Bea
TABLES = {
    "/backstage/people.csv": ("username", ["ann", "bea", "ben", "cid", "dan"]),
    "/backstage/people/teams.csv": ("people", ["3", "1"]),
    "/backstage/people/teams/{team_id}/members.csv": ("username", ["bea", "ben", "dan"]),
    "/account/sessions.csv": ("this_one", ["yes"]),
    "/account/tokens.csv": ("may", ["read"]),
    "/backstage/playbooks/export.csv?team_id={team_id}": ("items", ["3", "3"]),
    "/backstage/incidents/export.csv?team_id={team_id}": ("commander", ["bea"]),
    "/backstage/incidents/{incident_id}/timeline.csv": ("what", ["started the incident"]),
    "/channels/{incident_channel}/members.csv": ("username", ["bea", "ben"]),
}


@pytest.fixture(scope="module")
def cast(make_database: Make) -> Iterator[Cast]:
    with make_database() as database, a_cast(database) as made:
        with database.transaction() as session:
            given.a_token(session, made.ann, scope=Scope.READ)
        yield made


@pytest.fixture(scope="module")
def things(cast: Cast) -> Things:
    made = Things(cast)
    assert made["incident_id"]  # and with it the playbook that it was started from
    assert made["playbook_id"]
    return made


@pytest.mark.parametrize("address", TABLES)
def test_a_table_is_exported_with_what_it_shows(cast: Cast, things: Things, address: str) -> None:
    column, held = TABLES[address]

    answer = cast.client.get(address.format_map(things), headers=cast.cookie(cast.ann))

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert ".csv" in answer.headers["content-disposition"]
    assert [row[column] for row in csv.DictReader(io.StringIO(answer.text))] == held


@pytest.mark.parametrize(
    "page",
    [
        "/backstage/people",
        "/backstage/people/teams",
        "/backstage/people/teams/{team_id}",
        "/account",
        "/backstage/playbooks?team_id={team_id}",
        "/backstage/incidents?team_id={team_id}",
        "/backstage/incidents/{incident_id}",
        "/channels/{incident_channel}?show=members",
    ],
)
def test_each_page_with_a_table_offers_the_file(cast: Cast, things: Things, page: str) -> None:
    shown = cast.client.get(page.format_map(things), headers=cast.cookie(cast.ann)).text

    assert "Export CSV" in shown
