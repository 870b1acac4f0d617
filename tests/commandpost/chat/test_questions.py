"""Pages ask the database as often for many rows as for one."""

import pytest

from commandpost.chat.actions.channels import open_conversation
from commandpost.kit.db import Database
from tests.commandpost.accounts import given as accounts
from tests.commandpost.chat.conftest import Doors, People
from tests.commandpost.chat.given import a_channel, a_post
from tests.commandpost.counted import counted


def fill(database: Database, people: People, numbers: range) -> None:
    with database.transaction() as session:
        for number in numbers:
            name = f"p{number}"
            accounts.a_user(session, name, teams=[people.team_id])
            a_channel(session, people.ann, people.team_id, name=f"R{number}", members=(people.ben,))
            open_conversation(session, people.ben, [name])
            a_post(session, people.ann, people.town, f"{number} @{name} ~r{number}")


@pytest.mark.parametrize(
    "path",
    [
        "/channels/{town}",
        "/channels/{town}/posts",
        "/channels/{town}/rail",
        "/channels/{town}?q=p",
        "/channels/{town}?show=browse",
        "/channels/{town}?show=members",
        "/channels/{town}?show=message",
        "/api/v1/channels/{town}/posts",
        "/api/v1/channels?team_id={team}",
    ],
)
def test_one_row_and_five_cost_the_same_questions(
    doors: Doors, people: People, database: Database, path: str
) -> None:
    address = path.format(town=people.town, team=people.team_id)
    ben = doors.of(people.ben)
    fill(database, people, range(1))
    ben.get(f"/channels/{people.town}")

    with counted(database) as for_one:
        assert ben.get(address).status_code == 200
    fill(database, people, range(1, 5))
    ben.get(f"/channels/{people.town}")
    with counted(database) as for_five:
        assert ben.get(address).status_code == 200

    assert len(for_five) == len(for_one)
