"""Handing command over."""

import pytest
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.chat.platforms.memory import MemoryPlatform
from commandpost.incidents.actions.commander import change_commander
from commandpost.incidents.actions.end import end_incident
from commandpost.incidents.errors import (
    IncidentNotActive,
    NotACommander,
    PersonNotFound,
    StaleCommander,
)
from commandpost.incidents.queries.one import get_header
from commandpost.kit.errors import AppError
from tests.commandpost.events import recorded
from tests.commandpost.incidents.given import an_incident
from tests.commandpost.incidents.people import People


def test_anybody_inside_hands_command_to_a_member_and_the_channel_is_told(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id, members=(people.ben,))
    before = recorded(session)

    change_commander(session, platform, people.ben, incident.id, user_id=people.ben.id)
    session.flush()  # so that the header is read as it will be committed

    assert get_header(session, people.ben, incident.id).commander_user_id == people.ben.id
    assert platform.bot_posts[-1].markdown == "@ben changed the commander from @bea to @ben."
    assert recorded(session) == before  # not tracked


def test_the_same_commander_again_changes_and_says_nothing(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id)

    change_commander(session, platform, people.bea, incident.id, user_id=people.bea.id)

    assert len(platform.bot_posts) == 1


def test_a_commander_who_was_changed_meanwhile_stays(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    inside = (people.ben, people.dan)
    incident = an_incident(session, platform, people.bea, people.team_id, members=inside)
    what = (session, platform, people.bea, incident.id)
    change_commander(*what, user_id=people.ben.id, was=people.bea.id)

    with pytest.raises(StaleCommander) as refused:
        change_commander(*what, user_id=people.dan.id, was=people.bea.id)

    assert refused.value.details == {"yours": people.dan.id, "stored": people.ben.id}
    session.flush()  # so that the header is read as it will be committed
    assert get_header(session, people.ben, incident.id).commander_user_id == people.ben.id


def test_a_team_mate_outside_cannot_command_and_a_stranger_does_not_exist(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id)
    what = (session, platform, people.bea, incident.id)

    with pytest.raises(NotACommander, match="@dan is not in the incident's channel"):
        change_commander(*what, user_id=people.dan.id)
    for user_id in (people.cid.id, "nobody"):
        with pytest.raises(PersonNotFound):
            change_commander(*what, user_id=user_id)

    assert get_header(session, people.bea, incident.id).commander_user_id == people.bea.id


def test_an_ended_incident_keeps_its_commander(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id, members=(people.ben,))
    end_incident(session, platform, people.bea, incident.id)

    with pytest.raises(IncidentNotActive):
        change_commander(session, platform, people.bea, incident.id, user_id=people.ben.id)


def test_handing_over_is_for_people_in_the_channel_and_administrators(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    def outcome(actor: Actor) -> str:
        incident = an_incident(session, platform, people.bea, people.team_id, members=(people.ben,))
        try:
            change_commander(session, platform, actor, incident.id, user_id=people.ben.id)
        except AppError as refusal:
            return type(refusal).__name__
        return "done"

    who = (people.ann, people.bea, people.ben, people.dan, people.cid)
    assert [outcome(actor) for actor in who] == [
        "done",
        "done",
        "done",
        "NotInChannel",
        "IncidentNotFound",
    ]
