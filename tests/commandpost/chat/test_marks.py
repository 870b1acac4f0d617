"""What was seen is written a moment later, for all who saw it at once."""

from queue import Queue

from commandpost.chat.marks import Marks
from commandpost.chat.queries.channels import get_channel
from commandpost.kit.db import Database
from tests.commandpost.accounts import given as accounts
from tests.commandpost.chat.conftest import People
from tests.commandpost.chat.given import a_post


def test_all_who_saw_a_channel_have_read_it_by_one_write(
    database: Database, people: People
) -> None:
    with database.transaction() as session:
        a_post(session, people.ann, people.town, "@ben look")
    told: Queue[frozenset[str]] = Queue()
    database.listen(told.put)
    marks = Marks(database, gather=0.05)

    for user in (people.ann, people.ben, people.ben):
        marks.note(user.id, people.town)

    assert told.get(timeout=10) == {
        f"read:{people.ben.id}:{people.town}",
        f"mentions:{people.ben.id}",
    }
    with database.reading() as session:
        row = get_channel(session, people.ben, people.town)
    assert (row.unread, row.mentions) == (0, 0)
    assert told.empty()


def test_a_channel_that_is_gone_does_not_stop_the_others(
    database: Database, people: People
) -> None:
    with database.transaction() as session:
        a_post(session, people.ann, people.town)
        accounts.a_user(session, "dee")
    marks = Marks(database, gather=60)

    marks.note(people.ben.id, "gone")
    marks.note(people.ben.id, people.town)
    marks.write()

    with database.reading() as session:
        assert get_channel(session, people.ben, people.town).unread == 0
