"""Join, leave, invite, and what happens to those who left the team."""

import pytest
from sqlalchemy.orm import Session

from commandpost.accounts.models import TeamMember, User
from commandpost.chat.actions.channels import open_conversation
from commandpost.chat.actions.members import invite, join, leave
from commandpost.chat.errors import ChannelNotFound, MembershipFixed, NotAMember, PersonNotFound
from commandpost.chat.queries.channels import find_last_channel_id, get_channel
from commandpost.chat.queries.members import (
    count_members,
    is_member,
    list_invitable,
    list_members,
    team_mates_outside,
)
from commandpost.chat.queries.posts import page_of_posts
from tests.commandpost.chat.conftest import People
from tests.commandpost.chat.given import a_channel, look


def said(session: Session, channel_id: str) -> list[tuple[str, str]]:
    return [(post.kind, post.message) for post in page_of_posts(session, channel_id).items]


def inside(session: Session, channel_id: str) -> list[str]:
    return [person.username for person in list_members(session, channel_id)]


def test_a_team_mate_joins_a_public_channel_once(session: Session, people: People) -> None:
    channel_id = a_channel(session, people.ann, people.team_id)

    for _ in range(2):
        join(session, people.ben, channel_id)
        session.flush()  # the second time asks whether they are in

    assert inside(session, channel_id) == ["ann", "ben"]
    assert said(session, channel_id) == [("system", "@ben joined the channel.")]
    assert get_channel(session, people.ben, channel_id).unread == 0


def test_a_private_channel_and_one_of_another_team_do_not_exist(
    session: Session, people: People
) -> None:
    private = a_channel(session, people.ann, people.team_id, is_private=True)

    with pytest.raises(ChannelNotFound):
        join(session, people.ben, private)
    with pytest.raises(ChannelNotFound):
        join(session, people.cid, people.town)
    assert inside(session, private) == ["ann"]


def test_a_member_invites_a_team_mate(session: Session, people: People) -> None:
    private = a_channel(session, people.ann, people.team_id, is_private=True)

    person = invite(session, people.ann, private, "@Ben")
    session.flush()  # the second time asks whether they are in
    again = invite(session, people.ann, private, "ben")

    assert person == again
    assert inside(session, private) == ["ann", "ben"]
    assert said(session, private) == [("system", "@ann added @ben.")]
    assert session.info["topics"] >= {f"user:{people.ben.id}", f"channel:{private}"}


def test_only_members_invite_and_only_team_mates_come(session: Session, people: People) -> None:
    public = a_channel(session, people.ann, people.team_id)

    with pytest.raises(NotAMember):
        invite(session, people.ben, public, "ben")
    with pytest.raises(ChannelNotFound):
        invite(session, people.cid, public, "cid")
    for stranger in ("cid", "nobody"):
        with pytest.raises(PersonNotFound):
            invite(session, people.ann, public, stranger)
    assert inside(session, public) == ["ann"]


def test_a_member_leaves(session: Session, people: People) -> None:
    channel_id = a_channel(session, people.ann, people.team_id, members=(people.ben,))

    left = leave(session, people.ben, channel_id)

    assert left.id == channel_id
    assert inside(session, channel_id) == ["ann"]
    assert said(session, channel_id)[-1] == ("system", "@ben left the channel.")
    with pytest.raises(NotAMember):
        leave(session, people.ben, channel_id)


def test_nobody_leaves_the_town_square_or_a_conversation(session: Session, people: People) -> None:
    direct = open_conversation(session, people.ann, ["ben"])

    with pytest.raises(MembershipFixed):
        leave(session, people.ben, people.town)
    with pytest.raises(MembershipFixed):
        leave(session, people.ben, direct)
    with pytest.raises(MembershipFixed):
        invite(session, people.ben, direct, "ann")


def test_who_left_the_team_is_in_none_of_its_channels(session: Session, people: People) -> None:
    private = a_channel(session, people.ann, people.team_id, is_private=True, members=(people.ben,))

    session.delete(session.get(TeamMember, (people.team_id, people.ben.id)))
    session.flush()  # what follows asks for it

    assert not is_member(session, private, people.ben.id)
    assert (inside(session, private), count_members(session, private)) == (["ann"], 1)
    with pytest.raises(ChannelNotFound):
        get_channel(session, people.ben, private)


def test_who_was_deactivated_counts_no_more(session: Session, people: People) -> None:
    ben = session.get_one(User, people.ben.id)
    ben.deactivated_at = ben.created_at
    session.flush()  # what follows asks for it

    assert inside(session, people.town) == ["ann"]
    assert not is_member(session, people.town, people.ben.id)


def test_team_mates_outside_can_be_invited(session: Session, people: People) -> None:
    channel_id = a_channel(session, people.ann, people.team_id)

    assert [person.username for person in list_invitable(session, channel_id)] == ["ben"]
    assert team_mates_outside(session, channel_id, {"ann", "ben", "cid"}) == ["ben"]
    assert team_mates_outside(session, channel_id, set()) == []


def test_looking_at_a_channel_makes_it_the_last_one(session: Session, people: People) -> None:
    channel_id = a_channel(session, people.ann, people.team_id)

    look(session, people.ann, people.ben, channel_id=channel_id)

    assert find_last_channel_id(session, people.ann, people.team_id) == channel_id
    assert find_last_channel_id(session, people.ben, people.team_id) == people.town
