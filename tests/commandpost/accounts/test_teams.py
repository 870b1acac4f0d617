"""Teams and who is in them."""

import pytest

from commandpost.accounts.actions.teams import (
    add_to_team,
    change_team,
    create_team,
    join_team_by_name,
    remove_from_team,
)
from commandpost.accounts.actor import CONSOLE
from commandpost.accounts.errors import (
    NotAdministrator,
    TeamNameTaken,
    TeamNotFound,
    UserNotFound,
)
from commandpost.accounts.queries import (
    find_team_by_name,
    get_team,
    get_team_for,
    is_team_member,
    list_team_members,
    list_teams_of,
)
from commandpost.kit.db import Database
from commandpost.kit.errors import Invalid
from tests.commandpost.accounts import given


@pytest.mark.parametrize(
    ("name", "display_name", "stored"),
    [
        ("Ops ", "", ("ops", "Ops")),
        ("", "Réseau & Ops", ("reseau-ops", "Réseau & Ops")),
        ("", "Команда", ("team", "Команда")),
        ("", "Demo", ("demo-2", "Demo")),
    ],
)
def test_short_names_are_made_from_the_other_when_missing(
    database: Database, name: str, display_name: str, stored: tuple[str, str]
) -> None:
    with database.transaction() as session:
        given.a_team(session, "demo")
        team = get_team(
            session, create_team(session, CONSOLE, name=name, display_name=display_name)
        )

    assert (team.name, team.display_name) == stored


@pytest.mark.parametrize(
    ("name", "display_name", "field"),
    [("", "", "display_name"), ("no spaces", "x", "name"), ("x", "?!", "display_name")],
)
def test_what_cannot_be_used_is_refused_at_its_field(
    database: Database, name: str, display_name: str, field: str
) -> None:
    with database.transaction() as session, pytest.raises(Invalid) as refusal:
        create_team(session, CONSOLE, name=name, display_name=display_name)

    assert refusal.value.field == field


def test_short_names_are_taken_once(database: Database) -> None:
    with database.transaction() as session:
        given.a_team(session, "demo")

        with pytest.raises(TeamNameTaken):
            create_team(session, CONSOLE, name="DEMO")


def test_joining_twice_is_joining_once(database: Database) -> None:
    with database.transaction() as session:
        demo = given.a_team(session)
        ben = given.a_user(session, "ben", teams=[demo, demo])

        assert [user.id for user in list_team_members(session, demo)] == [ben]


def test_leaving_tells_the_browsers_of_who_left(database: Database) -> None:
    told: list[frozenset[str]] = []
    with database.transaction() as session:
        demo = given.a_team(session)
        ben = given.a_user(session, "ben", teams=[demo])
    database.listen(told.append)

    for _ in range(2):
        with database.transaction() as session:
            remove_from_team(session, CONSOLE, demo, ben)

    with database.reading() as session:
        assert not is_team_member(session, ben, demo)
        assert list_teams_of(session, ben) == []
    assert told == [frozenset({"people", f"user:{ben}", f"team:{demo}:members"})]


def test_a_team_is_joined_by_name_at_the_console_and_made_if_missing(database: Database) -> None:
    with database.transaction() as session:
        ben = given.a_user(session, "ben")
        made = join_team_by_name(session, name="Ops", user_id=ben)
        joined = join_team_by_name(session, name="ops", user_id=given.a_user(session, "cid"))

        assert made == joined
        assert [user.username for user in list_team_members(session, made)] == ["ben", "cid"]


def test_strangers_do_not_learn_of_a_team(database: Database) -> None:
    with database.transaction() as session:
        demo = given.a_team(session)
        ann = given.an_actor(session, "ann", is_admin=True)
        ben = given.an_actor(session, "ben", teams=[demo])
        cid = given.an_actor(session, "cid")

        assert get_team_for(session, ann, demo).name == "demo"
        assert get_team_for(session, ben, demo).name == "demo"
        with pytest.raises(TeamNotFound):
            get_team_for(session, cid, demo)
        with pytest.raises(TeamNotFound):
            get_team_for(session, ann, "nothing")


def test_renaming_keeps_the_short_name(database: Database) -> None:
    with database.transaction() as session:
        change_team(session, CONSOLE, given.a_team(session), display_name=" New  name ")

    with database.reading() as session:
        team = find_team_by_name(session, "demo")

    assert team is not None
    assert team.display_name == "New name"


def test_only_administrators_look_after_teams(database: Database) -> None:
    with database.transaction() as session:
        demo = given.a_team(session)
        ben = given.an_actor(session, "ben", teams=[demo])

        with pytest.raises(NotAdministrator):
            create_team(session, ben, name="mine")
        with pytest.raises(NotAdministrator):
            change_team(session, ben, demo, display_name="Mine")
        with pytest.raises(NotAdministrator):
            add_to_team(session, ben, demo, ben.id)
        with pytest.raises(NotAdministrator):
            remove_from_team(session, ben, demo, ben.id)


def test_unknown_people_and_teams_are_not_found(database: Database) -> None:
    with database.transaction() as session:
        demo = given.a_team(session)
        ben = given.a_user(session, "ben")

        with pytest.raises(TeamNotFound):
            add_to_team(session, CONSOLE, "nothing", ben)
        with pytest.raises(UserNotFound):
            add_to_team(session, CONSOLE, demo, "nobody")
        with pytest.raises(UserNotFound):
            remove_from_team(session, CONSOLE, demo, "nobody")
