"""Channels and conversations through the browser's doors."""

import re

import pytest

from commandpost.chat.actions.channels import open_conversation
from commandpost.chat.queries.members import list_members
from commandpost.kit.db import Database
from tests.commandpost.accounts import given as accounts
from tests.commandpost.chat.conftest import Doors, People
from tests.commandpost.chat.given import a_channel


def inside(database: Database, channel_id: str) -> list[str]:
    with database.reading() as session:
        return [person.username for person in list_members(session, channel_id)]


def made(location: str) -> str:
    return location.removeprefix("/channels/").partition("?")[0]


def test_a_channel_is_made_from_its_panel(doors: Doors, people: People, database: Database) -> None:
    ben = doors.of(people.ben)

    panel = ben.get(f"/channels/{people.town}?show=new").text
    done = ben.post(
        f"/teams/{people.team_id}/channels", data={"display_name": "Ops", "is_private": "true"}
    )

    assert f'action="/teams/{people.team_id}/channels"' in panel
    assert inside(database, made(done.headers["location"])) == ["ben"]
    assert "private" in ben.get(done.headers["location"]).text


def test_a_refused_name_stays_in_the_form(doors: Doors, people: People) -> None:
    answer = doors.of(people.ben).post(
        f"/teams/{people.team_id}/channels", data={"display_name": "!!", "is_private": "true"}
    )

    assert answer.status_code == 422
    assert 'value="!!"' in answer.text
    assert "has 2 to 64 characters" in answer.text
    assert re.search(r'name="is_private"[^>]*checked', answer.text)


def test_channels_are_browsed_and_joined(doors: Doors, people: People, database: Database) -> None:
    with database.transaction() as session:
        public = a_channel(session, people.ann, people.team_id, name="Open")
        a_channel(session, people.ann, people.team_id, name="Secret", is_private=True)
    ben = doors.of(people.ben)

    panel = ben.get(f"/channels/{people.town}?show=browse").text
    ben.post(f"/channels/{public}/join")

    assert f'action="/channels/{public}/join"' in panel
    assert "Secret" not in panel
    assert inside(database, public) == ["ann", "ben"]


def test_many_channels_come_by_pages(doors: Doors, people: People, database: Database) -> None:
    with database.transaction() as session:
        for number in range(60):
            a_channel(session, people.ann, people.team_id, name=f"Room {number:02}")
    ben = doors.of(people.ben)

    first = ben.get(f"/channels/{people.town}?show=browse").text
    second = ben.get(f"/channels/{people.town}?show=browse&page=1").text

    assert ("Room 49" in first, "Room 50" in first, "page=1" in first) == (True, False, True)
    assert ("Room 49" in second, "Room 50" in second, ">Previous<" in second) == (
        False,
        True,
        True,
    )


def test_a_member_invites_and_leaves(doors: Doors, people: People, database: Database) -> None:
    with database.transaction() as session:
        private = a_channel(session, people.ann, people.team_id, is_private=True)
    ann, ben = doors.of(people.ann), doors.of(people.ben)

    panel = ann.get(f"/channels/{private}?show=members").text
    done = ann.post(f"/channels/{private}/members", data={"username": "ben"})
    nobody = ann.post(f"/channels/{private}/members", data={"username": "cid"})
    asked = ben.get(f"/channels/{private}?show=leave").text
    left = ben.post(f"/channels/{private}/leave")

    assert 'value="ben">ben (@ben)</option>' in panel
    assert done.headers["location"] == f"/channels/{private}?show=members"
    assert nobody.status_code == 404
    assert "Leave this channel?" in asked
    assert left.headers["location"] == f"/teams/{people.team_id}"
    assert inside(database, private) == ["ann"]


def test_the_town_square_stays(doors: Doors, people: People, database: Database) -> None:
    ben = doors.of(people.ben)

    assert "Leave this channel" not in ben.get(f"/channels/{people.town}").text
    assert ben.post(f"/channels/{people.town}/leave").status_code == 409
    assert inside(database, people.town) == ["ann", "ben"]


def test_a_message_is_begun_from_its_panel_or_from_a_name(
    doors: Doors, people: People, database: Database
) -> None:
    ben = doors.of(people.ben)

    begun = ben.get("/people/ann").headers["location"]
    panel = ben.get(begun).text
    done = ben.post(f"/conversations?team={people.team_id}", data={"usernames": ["ann"]})
    nobody = ben.post("/conversations", data={"usernames": ["cid"]})

    assert begun == f"/channels/{people.town}?show=message&to=ann"
    assert re.search(r'value="ann"\s+checked', panel)
    assert "@cid" not in panel
    assert inside(database, made(done.headers["location"])) == ["ann", "ben"]
    assert done.headers["location"].endswith(f"?team={people.team_id}")
    assert nobody.status_code == 404


@pytest.mark.parametrize(
    ("typed", "with_whom"),
    [("@ben", ["ann", "ben"]), ("Benn", ["ann", "benno"]), ("be", []), ("b" * 65, []), (" ", [])],
)
def test_enter_behind_a_name_opens_the_conversation_if_it_means_one_person(
    doors: Doors, people: People, database: Database, typed: str, with_whom: list[str]
) -> None:
    with database.transaction() as session:
        accounts.a_user(session, "benno", teams=[people.team_id])
    where = f"/conversations?team={people.team_id}"

    answer = doors.of(people.ann).post(where, data={"who": typed})

    if with_whom:
        assert inside(database, made(answer.headers["location"])) == with_whom
    else:
        assert (answer.status_code, "Choose at least one person." in answer.text) == (422, True)
        assert f'value="{typed[:64]}"' in answer.text


def test_a_group_that_is_too_large_keeps_what_was_chosen(
    doors: Doors, people: People, database: Database
) -> None:
    names = [f"p{number}" for number in range(8)]
    with database.transaction() as session:
        for name in names:
            accounts.a_user(session, name, teams=[people.team_id])

    answer = doors.of(people.ben).post(
        f"/conversations?team={people.team_id}", data={"usernames": names}
    )

    assert answer.status_code == 422
    assert "at most 8 people" in answer.text
    assert len(re.findall(r'name="usernames"[^>]*checked', answer.text)) == 8


def test_a_message_to_nobody_is_refused(doors: Doors, people: People) -> None:
    answer = doors.of(people.ben).post("/conversations")

    assert (answer.status_code, "Choose at least one person." in answer.text) == (422, True)


def test_members_of_a_conversation_are_shown_without_an_invitation(
    doors: Doors, people: People, database: Database
) -> None:
    with database.transaction() as session:
        direct = open_conversation(session, people.ann, ["ben"])

    panel = doors.of(people.ben).get(f"/channels/{direct}?show=members").text

    assert ("@ann" in panel, "Add to the channel" in panel) == (True, False)
    assert doors.of(people.ben).post(f"/channels/{direct}/leave").status_code == 409


@pytest.mark.parametrize(("who", "status"), [("cid", 404), ("nobody", 303)])
def test_strangers_do_nothing(
    doors: Doors, people: People, database: Database, who: str, status: int
) -> None:
    browser = doors.of(getattr(people, who, None))

    answers = [
        browser.post(f"/teams/{people.team_id}/channels", data={"display_name": "Mine"}),
        browser.post(f"/channels/{people.town}/join"),
        browser.post(f"/channels/{people.town}/leave"),
        browser.post(f"/channels/{people.town}/members", data={"username": "cid"}),
        browser.post("/conversations", data={"usernames": ["ann"]}),
        browser.get("/people/ann"),
        browser.get(f"/channels/{people.town}?show=members"),
    ]

    assert [answer.status_code for answer in answers] == [status] * 7
    assert inside(database, people.town) == ["ann", "ben"]


def test_an_unknown_panel_is_refused(doors: Doors, people: People) -> None:
    assert doors.of(people.ben).get(f"/channels/{people.town}?show=nothing").status_code == 422
