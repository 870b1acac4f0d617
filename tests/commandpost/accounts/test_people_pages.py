"""The backstage pages of people and teams."""

import csv
import io
import re

import pytest
from fastapi import FastAPI
from markupsafe import escape

from commandpost.accounts.actions.users import deactivate_user
from commandpost.accounts.actor import CONSOLE
from commandpost.accounts.queries import (
    find_user_by_username,
    get_team,
    get_user,
    is_team_member,
)
from commandpost.kit.db import Database
from tests.commandpost.accounts import given
from tests.commandpost.accounts.browser import SITE, Browser
from tests.commandpost.accounts.conftest import PASSWORD, Cast
from tests.commandpost.counted import counted

PEOPLE = "/backstage/people"
TEAMS = "/backstage/people/teams"


def _named(html: str) -> list[str]:
    return [name for name in ("ann", "ben", "cid", "dan") if f"@{name}<" in html]


def _deactivate(database: Database, user_id: str) -> None:
    with database.transaction() as session:
        deactivate_user(session, CONSOLE, user_id)


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("", ["ann", "ben"]),
        ("?shown=all", ["ann", "ben", "cid"]),
        ("?shown=deactivated", ["cid"]),
        ("?search=BE", ["ben"]),
        ("?search=b+n", ["ben"]),
        ("?search=%25", []),
        ("?page=7", []),
    ],
)
def test_people_are_found(cast: Cast, database: Database, query: str, named: list[str]) -> None:
    _deactivate(database, cast.cid_id)

    assert _named(cast.ann.get(PEOPLE + query).text) == named


def test_a_page_holds_fifty_and_leads_to_the_next(cast: Cast, database: Database) -> None:
    with database.transaction() as session:
        for number in range(50):
            given.a_user(session, f"user{number:02}")

    first, second = (cast.ann.get(f"{PEOPLE}?page={number}").text for number in (0, 1))

    assert "53 people · page 1 of 2" in first
    assert f"{PEOPLE}?search=&amp;shown=active&amp;page=1" in first
    assert f"{PEOPLE}?search=&amp;shown=active&amp;page=0" in second


def test_one_person_takes_as_many_queries_as_many(cast: Cast, database: Database) -> None:
    counts = []
    for query in ("?search=ann", ""):
        with counted(database) as statements:
            cast.ann.get(PEOPLE + query)
        counts.append(len(statements))

    assert counts[0] == counts[1]


def test_the_list_is_exported_without_formulas(cast: Cast, database: Database) -> None:
    with database.transaction() as session:
        given.a_user(session, "dan", display_name="=1+1", teams=[cast.demo, cast.other])
    _deactivate(database, cast.cid_id)

    answer = cast.ann.get(f"{PEOPLE}.csv?shown=all")
    rows = list(csv.DictReader(io.StringIO(answer.text)))

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert [(row["username"], row["name"], row["teams"]) for row in rows] == [
        ("ann", "ann", "demo"),
        ("ben", "ben", "demo"),
        ("cid", "cid", "other"),
        ("dan", "'=1+1", "demo other"),
    ]
    assert [bool(row["deactivated"]) for row in rows] == [False, False, True, False]


def test_somebody_new_gets_a_link_to_choose_a_password(
    app: FastAPI, cast: Cast, database: Database
) -> None:
    form = {"username": "dan", "display_name": "Dan", "team_id": cast.demo, "is_admin": "true"}

    page = cast.ann.get(f"{PEOPLE}/new?team_id={cast.demo}")
    answer = cast.ann.post(PEOPLE, data=form)
    link = _shown_link(cast.ann, answer.headers["location"])
    browser = Browser(app)
    browser.post(link, data={"password": PASSWORD})

    assert f'value="{cast.demo}" selected' in page.text
    assert answer.status_code == 303
    assert browser.get("/api/v1/users/me").json()["is_admin"] is True
    with database.reading() as session:
        dan = find_user_by_username(session, "dan")
        assert dan is not None
        assert is_team_member(session, dan.id, cast.demo)


def test_somebody_new_may_be_in_no_team(cast: Cast) -> None:
    made = cast.ann.post(PEOPLE, data={"username": "dan"})

    person = cast.ann.get(made.headers["location"]).text
    assert "In no team: they see nothing but their account." in person


def test_a_refused_person_stays_as_typed(cast: Cast, database: Database) -> None:
    form = {"username": "BEN", "display_name": "Benno", "team_id": cast.other, "is_admin": "true"}

    answer = cast.ann.post(PEOPLE, data=form)

    assert answer.status_code == 409
    assert "The user name “ben” is taken. Choose another." in answer.text
    assert 'value="Benno"' in answer.text
    assert f'value="{cast.other}" selected' in answer.text
    assert " checked" in answer.text


def test_nobody_is_made_when_the_team_is_unknown(cast: Cast, database: Database) -> None:
    answer = cast.ann.post(PEOPLE, data={"username": "dan", "team_id": "nothing"})

    assert answer.status_code == 404
    with database.reading() as session:
        assert find_user_by_username(session, "dan") is None


def test_a_person_is_changed(cast: Cast, database: Database) -> None:
    form = {"display_name": "Benno", "email": "ben@example.org", "is_admin": "true"}

    answer = cast.ann.post(f"{PEOPLE}/{cast.ben_id}", data=form)

    assert answer.headers["location"] == f"{PEOPLE}/{cast.ben_id}"
    with database.reading() as session:
        ben = get_user(session, cast.ben_id)
    assert (ben.display_name, ben.email, ben.is_admin) == ("Benno", "ben@example.org", True)


def test_a_refused_change_stays_as_typed_and_changes_nothing(
    cast: Cast, database: Database
) -> None:
    form = {"display_name": "Annie", "email": "", "is_admin": ""}

    answer = cast.ann.post(f"{PEOPLE}/{cast.ann_id}", data={**form, "is_admin": "false"})

    assert answer.status_code == 409
    assert "This is the last administrator." in answer.text
    assert 'value="Annie"' in answer.text
    with database.reading() as session:
        assert get_user(session, cast.ann_id).display_name == "ann"


def test_access_is_taken_at_once_and_given_back(cast: Cast) -> None:
    page = f"{PEOPLE}/{cast.ben_id}"

    cast.ann.post(f"{page}/deactivate")
    while_out = cast.ben.get("/api/v1/users/me").status_code
    shown = cast.ann.get(page).text
    cast.ann.post(f"{page}/activate")
    browser = cast.ben.post("/sign-in", data={"username": "ben", "password": PASSWORD})

    assert while_out == 401
    assert "They can&#39;t sign in." in shown or "They can't sign in." in shown
    assert browser.status_code == 303


def test_the_last_administrator_is_not_deactivated(cast: Cast) -> None:
    answer = cast.ann.post(f"{PEOPLE}/{cast.ann_id}/deactivate")

    assert answer.status_code == 409
    assert "This is the last administrator." in answer.text


def test_a_password_link_outlives_a_reload_and_goes_when_it_is_used(
    app: FastAPI, cast: Cast
) -> None:
    person = f"{PEOPLE}/{cast.ben_id}"
    made = cast.ann.post(f"{person}/password-link")
    link = _shown_link(cast.ann, person)

    assert (made.status_code, made.headers["location"]) == (303, person)
    assert _shown_link(cast.ann, person) == link
    Browser(app).post(link, data={"password": PASSWORD})
    assert link not in cast.ann.get(person).text


def test_a_password_link_is_shown_on_the_page_of_its_person_alone(cast: Cast) -> None:
    cast.ann.post(f"{PEOPLE}/{cast.ben_id}/password-link")
    secret = _shown_link(cast.ann, f"{PEOPLE}/{cast.ben_id}").rpartition("/")[2]
    cast.ann.cookies.clear("testserver.local", f"{PEOPLE}/{cast.ben_id}")
    cast.ann.cookies.set("commandpost_shown", secret)

    assert secret not in cast.ann.get(f"{PEOPLE}/{cast.cid_id}").text
    assert secret in cast.ann.get(f"{PEOPLE}/{cast.ben_id}").text


def _shown_link(browser: Browser, person: str) -> str:
    return browser.get(person).text.split(f'<code class="mono">{SITE}')[1].split("</code>")[0]


def test_teams_are_joined_and_left_on_the_page_of_a_person(cast: Cast, database: Database) -> None:
    page = f"{PEOPLE}/{cast.ben_id}"

    cast.ann.post(f"{page}/teams", data={"team_id": cast.other})
    cast.ann.post(f"{page}/teams/{cast.demo}/remove")

    with database.reading() as session:
        assert is_team_member(session, cast.ben_id, cast.other)
        assert not is_team_member(session, cast.ben_id, cast.demo)


def test_a_team_is_made_and_renamed(cast: Cast, database: Database) -> None:
    made = cast.ann.post(TEAMS, data={"display_name": "Night shift"})
    page = made.headers["location"]

    cast.ann.post(page, data={"display_name": "Day shift"})

    assert "Nobody is in this team yet." in cast.ann.get(page).text
    with database.reading() as session:
        team = get_team(session, page.rpartition("/")[2])
    assert (team.name, team.display_name) == ("night-shift", "Day shift")
    assert "Day shift" in cast.ann.get(TEAMS).text


def test_refused_teams_stay_as_typed(cast: Cast) -> None:
    made = cast.ann.post(TEAMS, data={"display_name": "Demo two", "name": "demo"})
    renamed = cast.ann.post(f"{TEAMS}/{cast.demo}", data={"display_name": "!"})

    assert (made.status_code, renamed.status_code) == (409, 422)
    assert 'value="Demo two"' in made.text
    assert "There is a team “demo” already." in made.text
    assert 'value="!"' in renamed.text


def test_people_are_added_to_a_team_by_user_name(cast: Cast, database: Database) -> None:
    page = f"{TEAMS}/{cast.demo}"

    added = cast.ann.post(f"{page}/members", data={"username": "@Cid"})
    unknown = cast.ann.post(f"{page}/members", data={"username": "nobody"})
    cast.ann.post(f"{page}/members/{cast.ben_id}/remove")

    assert added.status_code == 303
    assert unknown.status_code == 422
    assert 'value="nobody"' in unknown.text
    with database.reading() as session:
        assert is_team_member(session, cast.cid_id, cast.demo)
        assert not is_team_member(session, cast.ben_id, cast.demo)


def test_the_pages_say_what_to_do_while_they_are_empty(
    cast: Cast, app: FastAPI, database: Database
) -> None:
    assert "Nobody here fits" in cast.ann.get(f"{PEOPLE}?search=zzz").text


@pytest.mark.parametrize(
    "address",
    [f"{PEOPLE}?search=n&shown=active&page=0", TEAMS, TEAMS + "/{team}", PEOPLE + "/{ben}"],
)
def test_what_is_fetched_after_a_change_is_the_region_of_the_page(cast: Cast, address: str) -> None:
    named = address.format(team=cast.demo, ben=cast.ben_id)

    page = cast.ann.get(named).text
    region = cast.ann.send("GET", named, headers={"HX-Request": "true"}).text

    assert region.strip() in page
    assert 'data-topics="people"' in region
    assert f'hx-get="{escape(named)}"' in region


def test_every_deed_on_people_and_teams_is_told_to_who_looks(
    cast: Cast, database: Database
) -> None:
    heard: list[frozenset[str]] = []
    database.listen(heard.append)
    dan = {"username": "dan", "display_name": "Dan"}
    deeds: tuple[tuple[str, dict[str, str]], ...] = (
        (PEOPLE, dan),
        (f"{PEOPLE}/{cast.cid_id}", {"display_name": "Cid"}),
        (f"{PEOPLE}/{cast.cid_id}/deactivate", {}),
        (f"{PEOPLE}/{cast.cid_id}/activate", {}),
        (f"{PEOPLE}/{cast.cid_id}/teams", {"team_id": cast.demo}),
        (f"{PEOPLE}/{cast.cid_id}/teams/{cast.demo}/remove", {}),
        (TEAMS, {"display_name": "New"}),
        (f"{TEAMS}/{cast.demo}", {"display_name": "Newer"}),
    )

    answers = [cast.ann.post(address, data=form).status_code for address, form in deeds]

    assert answers == [303] * len(deeds)
    assert ["people" in topics for topics in heard] == [True] * len(deeds)


def test_two_who_edit_one_person_see_both_versions_and_choose(
    cast: Cast, database: Database
) -> None:
    page = f"{PEOPLE}/{cast.ben_id}"
    opened = {"was_display_name": "ben", "was_email": "", "was_is_admin": "false"}
    theirs = {"display_name": "Ben Brook", "email": "ben@example.org"}

    first = cast.ann.post(page, data={**opened, **theirs})
    mine = cast.ann.post(page, data={**opened, "display_name": "Benno", "email": ""})
    shown = {"was_display_name": "Ben Brook", "was_email": "ben@example.org"}
    again = cast.ann.post(page, data={**opened, **shown, "display_name": "Benno", "email": ""})

    assert [first.status_code, mine.status_code, again.status_code] == [303, 409, 303]
    assert "to “Ben Brook” where you have “Benno”" in mine.text
    assert 'value="Benno"' in mine.text
    for name, value in shown.items():
        assert re.search(rf'name="{name}"\s+value="{value}"', mine.text)
    with database.reading() as session:
        assert get_user(session, cast.ben_id).display_name == "Benno"


def test_what_one_left_alone_stays_as_another_saved_it(cast: Cast, database: Database) -> None:
    page = f"{PEOPLE}/{cast.ben_id}"
    opened = {"was_display_name": "ben", "was_email": "", "was_is_admin": "false"}

    cast.ann.post(page, data={**opened, "display_name": "ben", "is_admin": "true"})
    cast.ann.post(page, data={**opened, "display_name": "Ben Brook"})

    with database.reading() as session:
        ben = get_user(session, cast.ben_id)
        assert (ben.display_name, ben.is_admin) == ("Ben Brook", True)


def test_an_address_that_was_empty_stays_as_another_saved_it(
    cast: Cast, database: Database
) -> None:
    page = f"{PEOPLE}/{cast.ben_id}"
    opened = {"was_display_name": "ben", "was_email": "", "was_is_admin": "false"}

    cast.ann.post(page, data={**opened, "display_name": "ben", "email": "ben@example.org"})
    answer = cast.ann.post(page, data={**opened, "display_name": "Ben Brook", "email": ""})

    assert answer.status_code == 303
    with database.reading() as session:
        ben = get_user(session, cast.ben_id)
        assert (ben.display_name, ben.email) == ("Ben Brook", "ben@example.org")


def test_two_who_rename_one_team_see_both_names(cast: Cast, database: Database) -> None:
    page = f"{TEAMS}/{cast.demo}"
    with database.reading() as session:
        seen = get_team(session, cast.demo).display_name
    opened = {"was_display_name": seen, "was_posts_edits": "false"}

    cast.ann.post(page, data={**opened, "display_name": "Night", "posts_edits": "true"})
    mine = cast.ann.post(page, data={**opened, "display_name": "Day"})

    assert mine.status_code == 409
    assert "to “Night” where you have “Day”" in mine.text
    assert re.search(r'name="was_posts_edits"\s+value="true"', mine.text)
    with database.reading() as session:
        assert get_team(session, cast.demo).display_name == "Night"
