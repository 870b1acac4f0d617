"""What others are told the moment something was done, by REST or on a page."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from starlette.testclient import WebSocketTestSession

from commandpost.accounts.actor import Actor
from commandpost.kit.db import tell
from tests.commandpost.incidents.doors import SITE, Stage
from tests.reference.doors import API, BOTH, Door, Incident, Kind, Said, Visitor, an_incident, at
from tests.reference.test_playbooks import create, delete, newest, update

Deed = Callable[[Visitor, Incident], Said]


@contextmanager
def hearing(stage: Stage, actor: Actor, *topics: str) -> Iterator[WebSocketTestSession]:
    """Somebody who listens; `user:` is always heard, so that silence can be told from delay."""
    heard = ",".join((*topics, f"user:{actor.id}"))
    headers = {"Origin": SITE}
    with stage.of(actor).websocket_connect(f"/live?topics={heard}", headers=headers) as socket:
        yield socket


def told(stage: Stage, socket: WebSocketTestSession, actor: Actor) -> set[str]:
    """Return the topics told so far: up to one of their own that is told now."""
    with stage.database.transaction() as session:
        tell(session, f"user:{actor.id}")
    topics: set[str] = set()
    while f"user:{actor.id}" not in topics:
        topics |= set(socket.receive_json()["topics"])
    return topics - {f"user:{actor.id}"}


DEEDS: dict[str, tuple[Deed, bool]] = {  # the deed, and whether lists show what it changes
    "end": (lambda who, it: who.send(f"/incidents/{it.id}/end"), True),
    "hand over": (
        lambda who, it: who.send(f"/incidents/{it.id}/commander", user_id=ben_of(who, it)),
        True,
    ),
    "add": (lambda who, it: who.add(it, "d"), False),
    "check": (lambda who, it: who.item(it, "a", "check"), False),
    "rename": (lambda who, it: who.item(it, "a", "rename", title="A"), False),
    "move": (lambda who, it: who.item(it, "a", "move", position=2), False),
    "remove": (lambda who, it: who.item(it, "a", "remove"), False),
    "add a list": (lambda who, it: who.send(f"/incidents/{it.id}/checklists", title="New"), False),
}


def ben_of(who: Visitor, incident: Incident) -> str:
    members = who.client.get(f"{API}/channels/{incident.channel_id}/members").json()["items"]
    return str(next(each["user_id"] for each in members if each["username"] == "ben"))


@BOTH
@pytest.mark.parametrize("deed", DEEDS)
def test_the_team_is_told_of_every_deed(stage: Stage, door: Door, deed: str) -> None:
    incident = an_incident(stage)
    one, listed = f"incident:{incident.id}", f"team:{stage.people.team_id}:incidents"
    do, is_listed = DEEDS[deed]

    with hearing(stage, stage.people.dan, one, listed) as dan:
        done = do(at(stage, door, stage.people.bea), incident)

        assert done.kind is Kind.DONE
        assert told(stage, dan, stage.people.dan) == ({one, listed} if is_listed else {one})


@BOTH
def test_the_team_is_told_of_a_start_and_a_stranger_is_not(stage: Stage, door: Door) -> None:
    listed = f"team:{stage.people.team_id}:incidents"
    bea = at(stage, door, stage.people.bea)

    heard = []
    for listener in (stage.people.dan, stage.people.cid):
        with hearing(stage, listener, listed) as socket:
            bea.start(stage.town, name="Mail is late")
            heard.append(told(stage, socket, listener))

    assert heard == [{listed}, set()]


@BOTH
def test_who_started_is_told_in_all_their_tabs(stage: Stage, door: Door) -> None:
    bea = stage.people.bea

    with hearing(stage, bea) as tab:
        at(stage, door, bea).start(stage.town, name="Mail is late")

        assert f"user:{bea.id}" in tab.receive_json()["topics"]


@BOTH
def test_what_changes_nothing_is_told_to_nobody(stage: Stage, door: Door) -> None:
    incident = an_incident(stage)
    one = f"incident:{incident.id}"
    bea = at(stage, door, stage.people.bea)

    with hearing(stage, stage.people.dan, one) as dan:
        bea.item(incident, "a", "uncheck")
        bea.item(incident, "a", "rename", title="a")
        bea.item(incident, "a", "move", position=0)
        bea.item(incident, "a", "move", position=99)

        assert told(stage, dan, stage.people.dan) == set()


@BOTH
def test_the_team_is_told_of_every_deed_on_playbooks(stage: Stage, door: Door) -> None:
    listed = f"team:{stage.people.team_id}:playbooks"
    ben, dan = at(stage, door, stage.people.ben), stage.people.dan

    with hearing(stage, dan, listed) as socket:
        heard = []
        create(ben)
        heard.append(told(stage, socket, dan))
        update(ben, newest(ben), "New")
        heard.append(told(stage, socket, dan))
        delete(ben, newest(ben))
        heard.append(told(stage, socket, dan))

        assert heard == [{listed}] * 3
