"""Making, changing and deactivating people."""

from datetime import datetime

import pytest
from sqlalchemy import func, select

from commandpost.accounts.actions.passwords import make_password_link
from commandpost.accounts.actions.users import (
    activate_user,
    change_user,
    create_user,
    deactivate_user,
)
from commandpost.accounts.actor import CONSOLE
from commandpost.accounts.errors import (
    LastAdministrator,
    NotAdministrator,
    UsernameTaken,
    UserNotFound,
)
from commandpost.accounts.models import PasswordReset, SignIn, Token, User
from commandpost.accounts.queries import get_actor, get_user
from commandpost.kit.db import Database
from commandpost.kit.errors import Invalid
from commandpost.kit.ids import new_id
from tests.commandpost.accounts import given


def test_a_person_is_stored_as_given(database: Database, at_noon: datetime) -> None:
    with database.transaction() as session:
        ann = given.an_actor(session, "ann", is_admin=True)
        user_id = create_user(
            session, ann, username=" Ben ", display_name="Ben  Baker", email=" ben@example.org "
        )

    with database.reading() as session:
        ben = get_user(session, user_id)

    assert (ben.username, ben.display_name, ben.email, ben.password_hash, ben.is_admin) == (
        "ben",
        "Ben Baker",
        "ben@example.org",
        "",
        False,
    )
    assert (ben.created_at, ben.is_active) == (at_noon, True)


@pytest.mark.parametrize(
    ("given_fields", "field"),
    [
        ({"username": "no spaces"}, "username"),
        ({"username": "ben", "display_name": "!"}, "display_name"),
        ({"username": "ben", "email": "ben"}, "email"),
        ({"username": "ben", "password": "short"}, "password"),
    ],
)
def test_what_cannot_be_used_is_refused_at_its_field(
    database: Database, given_fields: dict[str, str], field: str
) -> None:
    with database.transaction() as session:
        ann = given.an_actor(session, "ann", is_admin=True)

        with pytest.raises(Invalid) as refusal:
            create_user(session, ann, **given_fields)  # type: ignore[arg-type]  # only text fields

    assert refusal.value.field == field


def test_user_names_are_taken_once(database: Database) -> None:
    with database.transaction() as session:
        given.a_user(session, "ben")

        with pytest.raises(UsernameTaken):
            create_user(session, CONSOLE, username="BEN")


def test_at_the_console_any_password_will_do(database: Database) -> None:
    with database.transaction() as session:
        given.a_user(session, "ben", password="x")

        assert given.PASSWORDS.verify(given.password_hash_of(session, "ben"), "x")


def test_only_administrators_look_after_people(database: Database) -> None:
    with database.transaction() as session:
        ben = given.an_actor(session, "ben")
        cid = given.a_user(session, "cid")

        with pytest.raises(NotAdministrator):
            create_user(session, ben, username="dan")
        with pytest.raises(NotAdministrator):
            change_user(session, ben, cid, display_name="Cyd")
        with pytest.raises(NotAdministrator):
            change_user(session, ben, ben.id, is_admin=True)
        with pytest.raises(NotAdministrator):
            deactivate_user(session, ben, cid)
        with pytest.raises(NotAdministrator):
            activate_user(session, ben, cid)


def test_people_change_their_own_name_and_address(database: Database) -> None:
    with database.transaction() as session:
        ben = given.an_actor(session, "ben")
        change_user(session, ben, ben.id, display_name="Benjamin", email="ben@example.org")

    with database.reading() as session:
        stored = get_user(session, ben.id)

    assert (stored.display_name, stored.email) == ("Benjamin", "ben@example.org")


def test_administrators_make_others_administrators_and_undo_it(database: Database) -> None:
    with database.transaction() as session:
        ann = given.an_actor(session, "ann", is_admin=True)
        ben = given.a_user(session, "ben")
        change_user(session, ann, ben, is_admin=True)
        change_user(session, ann, ann.id, is_admin=False)

    with database.reading() as session:
        assert get_actor(session, ben).is_admin
        assert not get_actor(session, ann.id).is_admin


def test_there_is_always_an_administrator(database: Database) -> None:
    with database.transaction() as session:
        ann = given.an_actor(session, "ann", is_admin=True)
        bob = given.a_user(session, "bob", is_admin=True)
        deactivate_user(session, ann, bob)

        with pytest.raises(LastAdministrator):
            change_user(session, ann, ann.id, is_admin=False)
        with pytest.raises(LastAdministrator):
            deactivate_user(session, ann, ann.id)
        change_user(session, ann, bob, is_admin=False)


def test_deactivating_ends_all_access_and_tells_their_browsers(database: Database) -> None:
    told: list[frozenset[str]] = []
    with database.transaction() as session:
        ann = given.an_actor(session, "ann", is_admin=True)
        ben = given.an_actor(session, "ben")
        given.a_session(session, ben.id)
        given.a_session(session, ann.id)
        given.a_token(session, ben)
        make_password_link(session, ann, ben.id)
    database.listen(told.append)

    with database.transaction() as session:
        deactivate_user(session, ann, ben.id)
        deactivate_user(session, ann, ben.id)

    with database.reading() as session:
        counts = [
            session.scalar(select(func.count()).select_from(kept))
            for kept in (SignIn, Token, PasswordReset)
        ]
        with pytest.raises(UserNotFound):
            get_actor(session, ben.id)
    assert counts == [1, 0, 0]
    assert told == [frozenset({"people", f"user:{ben.id}"})]


def test_who_is_let_in_again_has_the_same_password(database: Database) -> None:
    with database.transaction() as session:
        ann = given.an_actor(session, "ann", is_admin=True)
        ben = given.a_user(session, "ben", password="four words in a row")
        deactivate_user(session, ann, ben)
        activate_user(session, ann, ben)

    with database.reading() as session:
        assert get_actor(session, ben).username == "ben"
        assert given.password_hash_of(session, "ben") != ""


def test_bots_are_not_people_to_deactivate(database: Database, at_noon: datetime) -> None:
    with database.transaction() as session:
        bot = User(
            id=new_id(), username="incident", display_name="Bot", is_bot=True, created_at=at_noon
        )
        session.add(bot)
        session.flush()

        with pytest.raises(UserNotFound):
            deactivate_user(session, CONSOLE, bot.id)
        with pytest.raises(UserNotFound):
            make_password_link(session, CONSOLE, bot.id)
