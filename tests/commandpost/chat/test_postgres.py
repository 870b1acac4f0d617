"""Many at once on PostgreSQL: one town square, one conversation, one bot, numbers without gaps."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.orm import Session

from commandpost.chat.actions.channels import create_channel, enter_team, open_conversation
from commandpost.chat.actions.posts import post_message
from commandpost.chat.platforms.builtin import BuiltinPlatform
from commandpost.chat.queries.channels import get_channel
from commandpost.chat.queries.members import list_members
from commandpost.chat.queries.posts import page_of_posts
from commandpost.kit.db import Base, Database
from tests.commandpost.chat.conftest import People, make_people

pytestmark = pytest.mark.slow

AT_ONCE = 8


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    made = Database(postgres_url)
    Base.metadata.drop_all(made.engine)
    Base.metadata.create_all(made.engine)
    yield made
    made.dispose()


def at_once(database: Database, deed: Callable[[Session, int], str]) -> list[str]:
    """Do a deed eight times at the same time, each in its own transaction."""

    def do(number: int) -> str:
        with database.transaction() as session:
            return deed(session, number)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(do, range(AT_ONCE)))


def test_posts_written_at_once_are_all_there_in_one_order(
    database: Database, people: People
) -> None:
    at_once(
        database, lambda s, n: post_message(s, people.ann, people.town, f"{n} @ben", key=str(n))
    )

    with database.reading() as session:
        posts = page_of_posts(session, people.town).items
        ben = get_channel(session, people.ben, people.town)
    assert [post.number for post in posts] == list(range(1, 9))
    assert {post.message for post in posts} == {f"{n} @ben" for n in range(8)}
    assert (ben.unread, ben.mentions) == (8, 8)


def test_the_same_key_at_once_writes_once(database: Database, people: People) -> None:
    made = at_once(database, lambda s, _: post_message(s, people.ann, people.town, "x", key="k"))

    assert len(set(made)) == 1


def test_one_town_square_one_conversation_and_eight_addresses(database: Database) -> None:
    fresh = make_people(database, town=False)

    squares = at_once(database, lambda s, _: enter_team(s, fresh.ann, fresh.team_id))
    talks = at_once(
        database, lambda s, n: open_conversation(s, (fresh.ann, fresh.ben)[n % 2], ["ann", "ben"])
    )
    rooms = at_once(
        database,
        lambda s, _: create_channel(s, fresh.ann, team_id=fresh.team_id, display_name="Mail"),
    )

    assert (len(set(squares)), len(set(talks)), len(set(rooms))) == (1, 1, 8)
    with database.reading() as session:
        assert [p.username for p in list_members(session, talks[0])] == ["ann", "ben"]
        assert len({get_channel(session, fresh.ann, room).name for room in rooms}) == 8


def test_the_bot_is_made_once(database: Database, people: People) -> None:
    platform = BuiltinPlatform()

    def speak(session: Session, number: int) -> str:
        platform.post_as_bot(session, people.town, f"hello {number % 4}", key=str(number % 4))
        return ""

    at_once(database, speak)

    with database.reading() as session:
        posts = page_of_posts(session, people.town).items
    assert {post.username for post in posts} == {"incident"}
    assert len(posts) == 4
