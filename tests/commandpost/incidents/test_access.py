"""Asking to be let in, and letting in."""

import pytest
from sqlalchemy.orm import Session

from commandpost.chat.platforms.memory import MemoryPlatform
from commandpost.incidents.actions.access import ask_for_access, give_access
from commandpost.incidents.errors import (
    AlreadyInside,
    IncidentNotFound,
    NotInChannel,
    PersonNotFound,
)
from commandpost.incidents.queries.timeline import has_asked_for_access, list_access_requests
from tests.commandpost.incidents.given import an_incident
from tests.commandpost.incidents.people import People


def test_a_team_mate_asks_once_and_is_let_in_by_a_member(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id)

    ask_for_access(session, platform, people.dan, incident.id)
    ask_for_access(session, platform, people.dan, incident.id)
    waiting = list_access_requests(session, incident.id)
    assert platform.bot_posts[-1].markdown == (
        "@dan asks to be let into this incident. Anybody here can let them in, "
        "above its checklists."
    )
    give_access(session, platform, people.bea, incident.id, user_id=people.dan.id)
    give_access(session, platform, people.bea, incident.id, user_id=people.dan.id)

    assert waiting == [people.dan.id]
    assert people.dan.id in platform.memberships[incident.channel_id]
    assert not has_asked_for_access(session, incident.id, people.dan.id)
    assert [post.markdown for post in platform.bot_posts][1:] == [
        "@dan asked to be let into this incident. @bea let them in."
    ]
    assert f"user:{people.dan.id}" in session.info["topics"]


def test_who_was_let_in_and_left_may_ask_again(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id)
    ask_for_access(session, platform, people.dan, incident.id)
    give_access(session, platform, people.bea, incident.id, user_id=people.dan.id)
    platform.memberships[incident.channel_id].remove(people.dan.id)

    ask_for_access(session, platform, people.dan, incident.id)

    assert list_access_requests(session, incident.id) == [people.dan.id]


def test_people_inside_need_not_ask_and_strangers_cannot(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id)

    with pytest.raises(AlreadyInside):
        ask_for_access(session, platform, people.bea, incident.id)
    with pytest.raises(IncidentNotFound):
        ask_for_access(session, platform, people.cid, incident.id)


def test_only_people_inside_let_in_and_only_team_mates(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id)

    with pytest.raises(NotInChannel):
        give_access(session, platform, people.dan, incident.id, user_id=people.dan.id)
    for user_id in (people.cid.id, "nobody"):
        with pytest.raises(PersonNotFound):
            give_access(session, platform, people.bea, incident.id, user_id=user_id)
