"""Both platforms answer alike."""

import pytest
from sqlalchemy.orm import Session

from commandpost.accounts.actions.users import deactivate_user
from commandpost.accounts.actor import CONSOLE
from commandpost.accounts.models import User
from commandpost.chat.errors import BotHasNoName, ChannelNameInvalid, ChannelNotFound
from commandpost.chat.platform import ChannelFacts, OriginalPost, Person, Platform
from commandpost.chat.platforms.builtin import BuiltinPlatform
from commandpost.chat.platforms.memory import BotPost, MemoryPlatform
from commandpost.chat.queries.posts import page_of_posts
from commandpost.kit.clock import now
from commandpost.kit.ids import ChannelId, PostId
from tests.commandpost.accounts import given
from tests.commandpost.chat.conftest import People
from tests.commandpost.chat.given import a_channel, a_post

GIVEN = PostId("p" * 26)


@pytest.fixture(params=["builtin", "memory"])
def platform(request: pytest.FixtureRequest, people: People) -> Platform:
    if request.param == "builtin":
        return BuiltinPlatform()
    memory = MemoryPlatform()
    memory.know(people.ann, people.ben, people.cid)
    return memory


def a_room(session: Session, platform: Platform, people: People, slug: str = "mail") -> ChannelId:
    return platform.create_private_channel(
        session,
        team_id=people.team_id,
        display_name="Mail delayed",
        slug=slug,
        creator=people.ann,
    )


def test_a_private_channel_has_its_creator_alone(
    session: Session, platform: Platform, people: People
) -> None:
    room = a_room(session, platform, people)

    assert platform.is_member(session, room, people.ann.id)
    assert not platform.is_member(session, room, people.ben.id)
    assert platform.channel_facts(session, room) == ChannelFacts(
        room, people.team_id, "mail", "Mail delayed", 1, 0
    )


def test_a_taken_address_gets_a_suffix(
    session: Session, platform: Platform, people: People
) -> None:
    a_room(session, platform, people)

    second = platform.channel_facts(session, a_room(session, platform, people))

    assert second.name.startswith("mail-")


def test_an_impossible_name_is_refused(
    session: Session, platform: Platform, people: People
) -> None:
    with pytest.raises(ChannelNameInvalid):
        platform.create_private_channel(
            session, team_id=people.team_id, display_name="!", slug="x", creator=people.ann
        )


def test_members_come_in_once(session: Session, platform: Platform, people: People) -> None:
    room = a_room(session, platform, people)

    for _ in range(2):
        platform.add_member(session, room, people.ben.id)

    assert [person.username for person in platform.members(session, room)] == ["ann", "ben"]


def test_the_bot_says_a_thing_once_per_key(
    session: Session, platform: Platform, people: People
) -> None:
    room = a_room(session, platform, people)

    for key in ("a", "a", "b"):
        platform.post_as_bot(session, room, f"**{key}**", key=key)
        session.flush()  # the next one asks for it

    assert platform.channel_facts(session, room).total_posts == 2


def test_the_bot_says_something_else_in_a_post_of_its_own(
    session: Session, platform: Platform, people: People
) -> None:
    room = a_room(session, platform, people)
    platform.post_as_bot(session, room, "asked", key="k")
    session.flush()  # the change asks for it

    platform.change_bot_post(session, "answered", key="k")
    platform.change_bot_post(session, "of nothing", key="another")
    session.flush()  # what follows asks for it

    if isinstance(platform, MemoryPlatform):
        assert platform.bot_posts == [BotPost(room, "answered", "k")]
    else:
        assert [post.message for post in page_of_posts(session, room).items] == ["answered"]


def test_people_are_found(session: Session, platform: Platform, people: People) -> None:
    ben = Person(people.ben.id, "ben", people.ben.display_name)

    assert platform.people(session, [people.ben.id, "nobody"]) == {people.ben.id: ben}
    assert platform.find_by_id(session, people.ben.id) == ben
    assert platform.find_by_id(session, "nobody") is None
    assert platform.find_by_username(session, "@Ben") == ben
    assert platform.find_by_username(session, "nobody") is None


def test_who_was_deactivated_keeps_a_name_and_is_found_no_more(
    session: Session, people: People
) -> None:
    deactivate_user(session, CONSOLE, people.ben.id)
    session.flush()  # the questions below ask for it
    builtin = BuiltinPlatform()

    assert list(builtin.people(session, [people.ben.id])) == [people.ben.id]
    assert builtin.find_by_id(session, people.ben.id) is None
    assert builtin.find_by_username(session, "ben") is None


def test_an_unknown_channel_has_no_facts(
    session: Session, platform: Platform, people: People
) -> None:
    del people
    with pytest.raises(ChannelNotFound):
        platform.channel_facts(session, ChannelId("nowhere"))


def test_a_post_is_quoted_to_those_who_may_read_it(session: Session, people: People) -> None:
    platform = BuiltinPlatform()
    private = a_channel(session, people.ben, people.team_id, is_private=True)
    post_id = a_post(session, people.ben, private, "It *burns*")

    assert platform.find_readable_post(session, people.ben, post_id) == OriginalPost(
        post_id, private, "Operations", "ben", "It *burns*", now(), is_system=False
    )
    assert platform.find_readable_post(session, people.cid, post_id) is None
    assert platform.find_readable_post(session, people.ben, "nothing") is None


def test_memory_keeps_what_a_test_put_in(session: Session, people: People) -> None:
    platform = MemoryPlatform()
    room = a_room(session, platform, people)
    post = OriginalPost(GIVEN, room, "Mail", "ann", "x", now(), is_system=True)
    platform.posts[GIVEN] = post
    platform.post_as_bot(session, room, "hello", key="k")

    assert platform.find_readable_post(session, people.ann, GIVEN) == post
    assert platform.find_readable_post(session, people.ben, GIVEN) is None
    assert platform.bot_posts == [BotPost(room, "hello", "k")]


@pytest.mark.parametrize(("taken", "name"), [(False, "incident"), (True, "incident-bot")])
def test_the_bot_is_made_when_it_first_speaks(
    session: Session, people: People, taken: bool, name: str
) -> None:
    if taken:
        person = given.an_actor(session, "ivy", teams=[people.team_id])
        _rename(session, person.id, "incident")
    platform = BuiltinPlatform()

    for key in ("a", "b"):
        platform.post_as_bot(session, people.town, "hello", key=key)
        session.flush()  # the second time asks for the bot

    posts = page_of_posts(session, people.town).items
    assert [(post.kind, post.username, post.display_name) for post in posts] == [
        ("bot", name, "Incident Bot")
    ] * 2


def test_a_bot_whose_names_are_taken_says_so(session: Session, people: People) -> None:
    for number, name in enumerate(("incident", "incident-bot")):
        person = given.an_actor(session, f"ivy{number}", teams=[people.team_id])
        _rename(session, person.id, name)

    with pytest.raises(BotHasNoName):
        BuiltinPlatform().post_as_bot(session, people.town, "hello", key="k")


def _rename(session: Session, user_id: str, username: str) -> None:
    session.get_one(User, user_id).username = username
    session.flush()  # the bot asks who has the name
