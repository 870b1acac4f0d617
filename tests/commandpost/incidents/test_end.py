"""Ending and restarting: by whom, what is recorded and said."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.chat.platforms.memory import MemoryPlatform
from commandpost.incidents.actions.end import end_incident, restart_incident
from commandpost.incidents.actions.items import add_item
from commandpost.incidents.errors import IncidentNotActive, IncidentStillActive
from commandpost.incidents.queries.one import get_header
from commandpost.kit.clock import clock
from commandpost.kit.errors import AppError
from tests.commandpost.events import recorded
from tests.commandpost.incidents.given import an_incident, checklist_ids
from tests.commandpost.incidents.people import People


def test_a_member_ends_it_and_the_event_names_both_commander_and_ender(
    session: Session, people: People, platform: MemoryPlatform, at_noon: datetime
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id, members=(people.ben,))
    checklist = checklist_ids(session, incident.id)["First"]
    add_item(session, platform, people.bea, incident.id, checklist, title="d")
    clock.set(at_noon + timedelta(minutes=42))

    end_incident(session, platform, people.ben, incident.id)
    session.flush()  # so that the header is read as it will be committed

    header = get_header(session, people.bea, incident.id)
    assert (header.is_active, header.ended_at) == (False, at_noon + timedelta(minutes=42))
    assert platform.bot_posts[-1].markdown == "Incident ended by @ben."
    assert recorded(session)[-1] == (
        "EndIncident",
        {
            "ID": incident.id,
            "IncidentID": incident.id,
            "IsActive": False,
            "CommanderUserID": people.bea.id,
            "UserID": people.ben.id,
            "UserActualID": people.ben.id,
            "TeamID": people.team_id,
            "CreatedAt": 1795521600000,
            "ChannelIDs": [incident.channel_id],
            "PostID": "",
            "NumChecklists": 1,
            "TotalChecklistItems": 4,
        },
    )


def test_ending_an_ended_incident_is_refused_and_records_nothing_more(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id)
    end_incident(session, platform, people.bea, incident.id)
    before = (recorded(session), list(platform.bot_posts))

    with pytest.raises(IncidentNotActive, match="ended already at"):
        end_incident(session, platform, people.bea, incident.id)

    assert (recorded(session), platform.bot_posts) == before


def test_a_restarted_incident_is_ongoing_and_can_be_ended_again(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id, members=(people.ben,))
    end_incident(session, platform, people.bea, incident.id)

    restart_incident(session, platform, people.ben, incident.id)
    session.flush()  # so that the header is read as it will be committed
    header = get_header(session, people.bea, incident.id)
    end_incident(session, platform, people.bea, incident.id)

    assert (header.is_active, header.ended_at) == (True, None)
    assert [post.markdown for post in platform.bot_posts][1:] == [
        "Incident ended by @bea.",
        "Incident restarted by @ben.",
        "Incident ended by @bea.",
    ]
    assert [name for name, _ in recorded(session)].count("EndIncident") == 2


def test_an_ongoing_incident_has_nothing_to_restart(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id)

    with pytest.raises(IncidentStillActive):
        restart_incident(session, platform, people.bea, incident.id)


@pytest.mark.parametrize("deed", [end_incident, restart_incident])
def test_ending_and_restarting_are_for_people_in_the_channel_and_administrators(
    session: Session,
    people: People,
    platform: MemoryPlatform,
    deed: Callable[[Session, MemoryPlatform, Actor, str], None],
) -> None:
    def outcome(actor: Actor) -> str:
        incident = an_incident(session, platform, people.bea, people.team_id, members=(people.ben,))
        if deed is restart_incident:
            end_incident(session, platform, people.bea, incident.id)
        try:
            deed(session, platform, actor, incident.id)
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
