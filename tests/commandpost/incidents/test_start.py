"""Starting an incident: name, channel, checklists, quoted post, one per key."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from commandpost.accounts.errors import TeamNotFound
from commandpost.chat.errors import PostNotFound
from commandpost.chat.platform import OriginalPost
from commandpost.chat.platforms.memory import MemoryPlatform
from commandpost.incidents.actions.start import start_incident
from commandpost.incidents.errors import NameRefused, SystemPost
from commandpost.incidents.queries.one import get_header
from commandpost.kit.ids import ChannelId, PostId
from commandpost.playbooks.errors import PlaybookNotFound
from tests.commandpost.events import recorded
from tests.commandpost.incidents.given import an_incident, titles
from tests.commandpost.incidents.people import People
from tests.commandpost.playbooks.given import a_playbook


@pytest.mark.usefixtures("at_noon")
def test_starting_makes_a_channel_a_commander_an_empty_checklist_and_one_event(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    started = start_incident(
        session, platform, people.bea, team_id=people.team_id, name="  Checkout\u200b is  slow "
    )

    header = get_header(session, people.bea, started.id)
    assert (header.name, header.commander_user_id, header.is_active, header.post_id) == (
        "Checkout is slow",
        people.bea.id,
        True,
        "",
    )
    assert titles(session, started.id) == {"Checklist": []}
    assert platform.channels[started.channel_id].name == "checkout-is-slow"
    assert platform.memberships[started.channel_id] == {people.bea.id}
    assert [post.markdown for post in platform.bot_posts] == ["Incident started by @bea."]
    assert recorded(session) == [
        (
            "CreateIncident",
            {
                "ID": started.id,
                "IncidentID": started.id,
                "IsActive": True,
                "CommanderUserID": people.bea.id,
                "TeamID": people.team_id,
                "CreatedAt": 1795521600000,
                "ChannelIDs": [started.channel_id],
                "PostID": "",
                "NumChecklists": 1,
                "TotalChecklistItems": 0,
            },
        )
    ]
    assert session.info["topics"] >= {
        f"incident:{started.id}",
        f"team:{people.team_id}:incidents",
        f"user:{people.bea.id}",
    }


def test_an_incident_starts_with_a_copy_of_its_playbook(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    started = an_incident(
        session, platform, people.bea, people.team_id, checklists={"One": ["a"], "Two": ["b", "c"]}
    )

    assert titles(session, started.id) == {"One": ["a"], "Two": ["b", "c"]}
    _, properties = recorded(session)[0]
    assert (properties["NumChecklists"], properties["TotalChecklistItems"]) == (2, 3)


@pytest.mark.parametrize(
    "name",
    ["", " ", "x", "  x  ", "!!!", "🔥🔥", "\u200b\u200b\u200b", "\u202e\u2066", "x" * 65, "`%<>`"],
)
def test_a_name_that_says_nothing_is_refused_and_nothing_is_made(
    session: Session, people: People, platform: MemoryPlatform, name: str
) -> None:
    with pytest.raises(NameRefused):
        start_incident(session, platform, people.bea, team_id=people.team_id, name=name)

    assert (platform.channels, recorded(session)) == ({}, [])


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Касса не работает", "касса-не-работает"),  # noqa: RUF001 - Cyrillic is the point
        ("支払いが遅い", "支払いが遅い"),
        ("تعطل الدفع", "تعطل-الدفع"),
        ("100 % CPU `rm -rf` <b>", "100-cpu-rm-rf-b"),
        ("🔥 A", "a"),
    ],
)
def test_names_in_any_script_become_channel_addresses(
    session: Session, people: People, platform: MemoryPlatform, name: str, slug: str
) -> None:
    started = start_incident(session, platform, people.bea, team_id=people.team_id, name=name)

    assert (platform.channels[started.channel_id].name, started.name) == (slug, name)


def test_the_same_name_again_gets_a_channel_of_its_own(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    first, second = (
        start_incident(session, platform, people.bea, team_id=people.team_id, name="Same")
        for _ in range(2)
    )

    names = [platform.channels[each.channel_id].name for each in (first, second)]
    assert names[0] == "same"
    assert names[1].startswith("same-")


def test_the_same_key_starts_one_incident_and_answers_it_again(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    first, again = (
        start_incident(
            session, platform, people.bea, team_id=people.team_id, name="Twice", key="click"
        )
        for _ in range(2)
    )
    others = start_incident(
        session, platform, people.ben, team_id=people.team_id, name="Twice", key="click"
    )

    assert again == replace(first, is_repeated=True)
    assert others.id != first.id
    assert [name for name, _ in recorded(session)] == ["CreateIncident"] * 2


QUOTED = "> p95 is 9 s, 100 % of carts\n> time out"


def _post(people: People, *, is_system: bool = False) -> OriginalPost:
    return OriginalPost(
        id=PostId("p" * 26),
        channel_id=ChannelId("c" * 26),
        channel_display_name="Operations",
        author="ben",
        message="p95 is 9 s, 100 % of carts\ntime out",
        created_at=datetime(2026, 11, 24, 11, 0, tzinfo=UTC),
        is_system=is_system,
    )


def test_the_original_post_is_quoted_whole_and_linked(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    post = _post(people)
    platform.posts[post.id] = post
    platform.add_member(session, post.channel_id, people.bea.id)

    started = start_incident(
        session, platform, people.bea, team_id=people.team_id, name="Slow", post_id=post.id
    )

    assert get_header(session, people.bea, started.id).post_id == post.id
    assert [said.markdown for said in platform.bot_posts] == [
        "Incident started by @bea.",
        f"[Original post](/posts/{post.id}) by @ben in Operations:\n\n{QUOTED}",
    ]
    assert recorded(session)[0][1]["PostID"] == post.id


def test_a_post_that_the_starter_may_not_read_starts_nothing(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    post = _post(people)
    platform.posts[post.id] = post

    with pytest.raises(PostNotFound):
        start_incident(
            session, platform, people.bea, team_id=people.team_id, name="Slow", post_id=post.id
        )

    assert (platform.channels, recorded(session)) == ({}, [])


def test_a_system_message_starts_nothing(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    post = _post(people, is_system=True)
    platform.posts[post.id] = post
    platform.add_member(session, post.channel_id, people.bea.id)

    with pytest.raises(SystemPost):
        start_incident(
            session, platform, people.bea, team_id=people.team_id, name="Slow", post_id=post.id
        )


def test_an_unknown_playbook_and_one_of_another_team_start_nothing(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    theirs = a_playbook(session, people.ann, people.other_team_id)

    for playbook_id in ("nothing", theirs):
        with pytest.raises(PlaybookNotFound):
            start_incident(
                session,
                platform,
                people.ann,
                team_id=people.team_id,
                name="Slow",
                playbook_id=playbook_id,
            )

    assert platform.channels == {}


def test_a_stranger_starts_nothing_in_this_team(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    with pytest.raises(TeamNotFound):
        start_incident(session, platform, people.cid, team_id=people.team_id, name="Slow")
