"""What a new team is told to do, until it has had its first incident."""

from sqlalchemy.orm import Session

from commandpost.accounts.actions.teams import add_to_team, create_team
from commandpost.accounts.actor import CONSOLE, Actor
from commandpost.chat.platforms.memory import MemoryPlatform
from commandpost.incidents.actions.end import end_incident
from commandpost.incidents.place import Place
from commandpost.incidents.view import ListSide, list_side
from tests.commandpost.incidents.given import an_incident
from tests.commandpost.incidents.people import People
from tests.commandpost.playbooks.given import a_playbook

ADD, WRITE, PRACTISE = "Add the people", "Write a playbook", "Practise"


def _shown(session: Session, platform: MemoryPlatform, viewer: Actor, team_id: str) -> ListSide:
    session.flush()  # so that what was done just now is read
    return list_side(session, platform, viewer, team_id, Place("c"))


def _steps(side: ListSide) -> list[tuple[str, bool]]:
    return [(step.label.split(" of ")[0].split(":")[0], step.is_done) for step in side.steps]


def test_a_new_team_is_led_and_what_is_done_is_ticked(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    team_id = create_team(session, CONSOLE, display_name="Night shift")
    add_to_team(session, CONSOLE, team_id, people.ann.id)
    before = _shown(session, platform, people.ann, team_id)

    add_to_team(session, CONSOLE, team_id, people.ben.id)
    a_playbook(session, people.ann, team_id)
    after = _shown(session, platform, people.ann, team_id)

    assert _steps(before) == [(ADD, False), (WRITE, False), (PRACTISE, False)]
    assert _steps(after) == [(ADD, True), (WRITE, True), (PRACTISE, False)]
    assert before.steps[0].href == f"/backstage/people/new?team_id={team_id}"
    assert f"team:{team_id}:playbooks" in before.topics


def test_who_cannot_add_people_is_not_told_to(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    side = _shown(session, platform, people.ben, people.team_id)

    assert _steps(side) == [(WRITE, False), (PRACTISE, False)]


def test_a_team_that_had_an_incident_is_told_nothing(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id)
    running = _shown(session, platform, people.ann, people.team_id)
    end_incident(session, platform, people.bea, incident.id)

    ended = _shown(session, platform, people.ann, people.team_id)

    assert (len(running.cards), running.steps) == (1, ())
    assert (len(ended.cards), ended.steps) == (0, ())


def test_a_stranger_is_shown_nothing_of_the_team(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    side = _shown(session, platform, people.cid, people.team_id)

    assert (side.cards, side.steps) == ([], ())
