"""What was seen is written a moment later, for all who saw it at once."""

from dataclasses import replace
from queue import Queue

from commandpost.accounts.actor import Actor
from commandpost.chat.marks import Marks
from commandpost.chat.queries.channels import ChannelRow, get_channel
from commandpost.kit.db import Database
from commandpost.kit.ids import ChannelId
from tests.commandpost.accounts import given as accounts
from tests.commandpost.chat.conftest import People
from tests.commandpost.chat.given import a_post


def as_seen_by(viewer: Actor, database: Database, people: People) -> ChannelRow:
    with database.reading() as session:
        return get_channel(session, viewer, people.town)


def test_all_who_saw_a_channel_have_read_it_by_one_write(
    database: Database, people: People
) -> None:
    with database.transaction() as session:
        a_post(session, people.ann, people.town, "@ben look")
    told: Queue[frozenset[str]] = Queue()
    database.listen(told.put)
    marks = Marks(database, gather=0.05)

    for user in (people.ann, people.ben, people.ben):
        marks.note(user.id, as_seen_by(user, database, people))

    assert told.get(timeout=10) == {
        f"read:{people.ben.id}:{people.town}",
        f"mentions:{people.ben.id}",
    }
    row = as_seen_by(people.ben, database, people)
    assert (row.unread, row.mentions) == (0, 0)
    assert told.empty()


def test_a_channel_that_is_gone_does_not_stop_the_others(
    database: Database, people: People
) -> None:
    with database.transaction() as session:
        a_post(session, people.ann, people.town)
        accounts.a_user(session, "dee")
    marks = Marks(database, gather=60)
    town = as_seen_by(people.ben, database, people)

    marks.note(people.ben.id, replace(town, id=ChannelId("gone")))
    marks.note(people.ben.id, town)
    marks.write()

    assert as_seen_by(people.ben, database, people).unread == 0


def test_what_is_said_after_a_look_stays_unread(database: Database, people: People) -> None:
    marks = Marks(database, gather=60)
    with database.transaction() as session:
        a_post(session, people.ann, people.town, "@ben look")
    first = as_seen_by(people.ben, database, people)
    with database.transaction() as session:
        a_post(session, people.ann, people.town, "@ben and here")
    second = as_seen_by(people.ben, database, people)
    with database.transaction() as session:
        a_post(session, people.ann, people.town, "@ben come")

    marks.note(people.ben.id, second)
    marks.note(people.ben.id, first)
    marks.write()
    marks.note(people.ben.id, second)  # the same look, told late by another tab or process
    marks.write()

    row = as_seen_by(people.ben, database, people)
    assert (row.unread, row.mentions, row.last_number - row.read_number) == (1, 1, 1)
