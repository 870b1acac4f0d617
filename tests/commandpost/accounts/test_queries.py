"""Questions that other features ask of accounts."""

from commandpost.accounts.queries import people
from commandpost.kit.db import Database
from tests.commandpost.accounts import given


def test_people_are_found_by_their_ids_and_unknown_ids_left_out(database: Database) -> None:
    with database.transaction() as session:
        ann, ben = given.a_user(session, "ann"), given.a_user(session, "ben")

        found = people(session, [ann, ben, ben, "nobody"])

        assert {user_id: user.username for user_id, user in found.items()} == {
            ann: "ann",
            ben: "ben",
        }
        assert people(session, []) == {}
