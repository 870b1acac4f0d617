"""Whom the composer offers while somebody types a name."""

import re

import pytest

from commandpost.accounts.actions.users import deactivate_user
from commandpost.accounts.queries import get_actor
from commandpost.chat.actions.channels import open_conversation
from commandpost.chat.actions.members import join
from commandpost.kit.db import Database
from tests.commandpost.accounts import given as accounts
from tests.commandpost.chat.conftest import Doors, People
from tests.commandpost.chat.given import a_channel, a_post

CALL = "Calls everybody in this channel, here now or not"
EVERYBODY = [f"@{name}: {CALL}" for name in ("all", "channel", "here")]


@pytest.fixture
def channel(database: Database, people: People) -> str:
    """A channel that Ann and Zoe are in; Ben, Anita and a bot are of the team."""
    with database.transaction() as session:
        team = [people.team_id]
        zoe = accounts.a_user(session, "zoe", teams=team, display_name="Anna-Lena Übermut")
        accounts.a_user(session, "anita", teams=team, display_name="Anita Berg")
        gone = accounts.a_user(session, "andy", teams=team)
        deactivate_user(session, people.ann, gone)
        members = (get_actor(session, zoe),)
        return a_channel(session, people.ann, people.team_id, is_private=True, members=members)


def offered(doors: Doors, people: People, channel_id: str, text: str) -> list[str]:
    answer = doors.of(people.ann).get(f"/channels/{channel_id}/people", params={"text": text})
    assert answer.status_code == 200
    return [": ".join(filter(None, each.values())) for each in answer.json()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["@ann", "@zoe: Anna-Lena Übermut", "@anita: Anita Berg · not in this channel",
              "@ben: not in this channel", *EVERYBODY]),
        ("an", ["@ann", "@zoe: Anna-Lena Übermut", "@anita: Anita Berg · not in this channel"]),
        ("AN", ["@ann", "@zoe: Anna-Lena Übermut", "@anita: Anita Berg · not in this channel"]),
        ("berg", ["@anita: Anita Berg · not in this channel"]),
        ("C", ["@channel: " + CALL]),
        ("he", ["@here: " + CALL]),
        ("cid", []),
        ("%", []),
        ("_", []),
    ],
)  # fmt: skip
def test_members_come_first_then_team_mates(
    doors: Doors, people: People, channel: str, text: str, expected: list[str]
) -> None:
    assert offered(doors, people, channel, text) == expected


def test_a_conversation_offers_who_is_in_it_and_calls_nobody_for_all_hear_it_anyway(
    doors: Doors, people: People, database: Database
) -> None:
    with database.transaction() as session:
        talk = open_conversation(session, people.ann, ["ben"])

    assert offered(doors, people, talk, "b") == ["@ben"]
    assert offered(doors, people, talk, "z") == []
    assert offered(doors, people, talk, "al") == []


def test_an_administrator_who_helps_in_the_channel_of_another_team_can_be_named_and_written_to(
    doors: Doors, people: People, database: Database
) -> None:
    with database.transaction() as session:
        eve = accounts.an_actor(session, "eve", is_admin=True)
        channel_id = a_channel(session, people.ben, people.team_id)
        join(session, eve, channel_id)
        a_post(session, people.ben, channel_id, "@eve look")
    ben = doors.of(people.ben)

    found = ben.get(f"/channels/{channel_id}/people", params={"text": "ev"}).json()
    begun = ben.get("/people/eve")

    assert found == [{"text": "@eve", "help": ""}]
    assert 'href="/people/eve" class="mention"' in ben.get(f"/channels/{channel_id}").text
    assert begun.headers["location"].endswith("show=message&to=eve")
    assert doors.of(people.cid).get("/people/eve").status_code == 404


def test_people_are_found_by_who_may_write_to_them(
    doors: Doors, people: People, channel: str
) -> None:
    del channel  # its people are there

    def found(text: str) -> list[str]:
        answer = doors.of(people.ben).get("/people", params={"text": text})
        return [each["text"] for each in answer.json()]

    assert [found("a"), found("übermut"), found("cid"), found("andy")] == [
        ["@anita", "@ann", "@zoe"], ["@zoe"], [], [],
    ]  # fmt: skip


def test_a_message_begins_with_a_search_that_keeps_whom_one_chose(
    doors: Doors, people: People, channel: str
) -> None:
    del channel  # its people are there

    def listed(**query: str) -> list[str]:
        query |= {"show": "message"}
        page = doors.of(people.ben).get(f"/channels/{people.town}", params=query).text
        boxes = re.findall(r'name="usernames"\s+type="checkbox"\s+value="(\w+)"( checked)?', page)
        return [name + checked.replace(" checked", "*") for name, checked in boxes]

    assert listed() == ["anita", "ann", "ben", "zoe"]
    assert listed(who="@an", usernames="ben") == ["ben*", "anita", "ann", "zoe"]
    assert listed(who="nobody", to="zoe") == ["zoe*"]
    assert listed(who="nobody", usernames="cid") == []
