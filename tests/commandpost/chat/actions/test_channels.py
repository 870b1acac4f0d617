"""Make channels and conversations."""

import pytest
from sqlalchemy.orm import Session

from commandpost.accounts.errors import TeamNotFound
from commandpost.chat.actions.channels import create_channel, enter_team, open_conversation
from commandpost.chat.errors import (
    ChannelNameInvalid,
    ChannelNotFound,
    PersonNotFound,
    TooManyPeople,
)
from commandpost.chat.models import ChannelKind
from commandpost.chat.queries.channels import (
    ChannelRow,
    channels_by_slug,
    get_channel,
    list_own_channels,
    page_of_channels,
)
from commandpost.chat.queries.members import names_in_conversations
from commandpost.kit.paging import PageRequest
from tests.commandpost.accounts import given
from tests.commandpost.chat.conftest import People
from tests.commandpost.chat.given import a_channel


def test_a_channel_has_its_creator_and_an_address_from_its_name(
    session: Session, people: People
) -> None:
    channel_id = create_channel(
        session, people.ben, team_id=people.team_id, display_name="  Пожар! ", is_private=True
    )

    assert get_channel(session, people.ben, channel_id) == ChannelRow(
        id=channel_id,
        team_id=people.team_id,
        name="пожар",
        display_name="Пожар!",
        kind=ChannelKind.PRIVATE,
        last_number=0,
        message_count=0,
        is_member=True,
        read_number=0,
        unread=0,
        mentions=0,
        mention_count=0,
    )


def test_a_name_that_is_taken_gets_a_suffix(session: Session, people: People) -> None:
    first = a_channel(session, people.ann, people.team_id, name="Mail")
    second = a_channel(session, people.ann, people.team_id, name="mail!")

    assert get_channel(session, people.ann, first).name == "mail"
    assert get_channel(session, people.ann, second).name.startswith("mail-")


def test_nobody_takes_the_town_square_for_themselves(session: Session, people: People) -> None:
    team = given.a_team(session, "fresh")
    dee = given.an_actor(session, "dee", teams=[team])

    mine = create_channel(session, dee, team_id=team, display_name="Town Square", is_private=True)

    assert get_channel(session, dee, mine).name.startswith("town-square-")
    assert enter_team(session, dee, team) != mine


@pytest.mark.parametrize("name", ["", "x", "!!!", "\u200b\u200b", "y" * 65])
def test_a_name_that_no_channel_can_have_is_refused(
    session: Session, people: People, name: str
) -> None:
    with pytest.raises(ChannelNameInvalid):
        create_channel(session, people.ben, team_id=people.team_id, display_name=name)


def test_a_stranger_makes_no_channel(session: Session, people: People) -> None:
    with pytest.raises(TeamNotFound):
        create_channel(session, people.cid, team_id=people.team_id, display_name="Mine")
    with pytest.raises(TeamNotFound):
        enter_team(session, people.cid, people.team_id)


def test_members_see_private_channels_and_team_mates_the_public_ones(
    session: Session, people: People
) -> None:
    a_channel(session, people.ann, people.team_id, name="Secret", is_private=True)
    a_channel(session, people.ann, people.team_id, name="Open")
    asked = PageRequest()

    ann = page_of_channels(session, people.ann, people.team_id, asked)
    ben = page_of_channels(session, people.ben, people.team_id, PageRequest(0, 1))

    assert [row.display_name for row in ann.items] == ["Open", "Secret", "Town Square"]
    assert [row.display_name for row in ben.items] == ["Open"]
    assert (ben.total_count, ben.has_more) == (2, True)
    assert channels_by_slug(session, people.ben, people.team_id, {"secret", "open"}).keys() == {
        "open"
    }
    assert channels_by_slug(session, people.ben, people.team_id, set()) == {}


def test_the_same_people_have_the_same_conversation(session: Session, people: People) -> None:
    by_ann = open_conversation(session, people.ann, ["ben"])
    by_ben = open_conversation(session, people.ben, ["@Ann", "ben"])
    alone = open_conversation(session, people.ann, ["ann"])

    assert by_ann == by_ben != alone
    row = get_channel(session, people.ben, by_ann)
    assert (row.kind, row.team_id) == (ChannelKind.DIRECT, None)
    assert names_in_conversations(session, people.ben, [by_ann]) == {by_ann: ["ann"]}
    assert [r.id for r in list_own_channels(session, people.ben, people.team_id)] == [
        by_ann,
        people.town,
    ]


def test_three_people_have_a_group_that_strangers_do_not_see(
    session: Session, people: People
) -> None:
    dee = given.an_actor(session, "dee", teams=[people.team_id])

    group = open_conversation(session, people.ben, ["ann", "dee"])

    assert get_channel(session, dee, group).kind is ChannelKind.GROUP
    with pytest.raises(ChannelNotFound):
        get_channel(session, people.cid, group)


def test_an_administrator_does_not_read_the_conversations_of_others(
    session: Session, people: People
) -> None:
    given.an_actor(session, "dee", teams=[people.team_id])
    direct = open_conversation(session, people.ben, ["dee"])

    with pytest.raises(ChannelNotFound):
        get_channel(session, people.ann, direct)


def test_one_reaches_only_team_mates(session: Session, people: People) -> None:
    for name in ("cid", "nobody"):
        with pytest.raises(PersonNotFound):
            open_conversation(session, people.ben, [name])
    assert open_conversation(session, people.ann, ["cid"])


def test_a_group_has_an_end(session: Session, people: People) -> None:
    names = [f"p{number}" for number in range(8)]
    for name in names:
        given.a_user(session, name, teams=[people.team_id])

    with pytest.raises(TooManyPeople):
        open_conversation(session, people.ben, names)


def test_an_administrator_makes_a_channel_in_any_team(session: Session, people: People) -> None:
    channel_id = create_channel(
        session, people.ann, team_id=people.other_team_id, display_name="Visit"
    )

    assert get_channel(session, people.ann, channel_id).is_member
