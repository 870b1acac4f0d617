"""The stream as Ann, Ben, Cid and others try it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Event

import anyio
import pytest
from fastapi import FastAPI
from sqlalchemy import delete
from sqlalchemy.orm import Session
from starlette.testclient import WebSocketTestSession
from starlette.websockets import WebSocket, WebSocketDisconnect

from commandpost.accounts.actor import Actor
from commandpost.accounts.models import SignIn, TeamMember
from commandpost.chat.actions.members import invite, join
from commandpost.kit.db import Database, tell
from commandpost.live import web
from tests.commandpost.chat.conftest import Doors, People
from tests.commandpost.chat.given import a_channel, a_post

OWN = {"origin": "http://testserver"}


@contextmanager
def listening(
    doors: Doors, actor: Actor | None, *topics: str, origin: str = "http://testserver"
) -> Iterator[WebSocketTestSession]:
    """A browser's stream; `origin` is which site's page opened it."""
    browser = doors.of(actor)
    headers = {"origin": origin} if origin else {}
    with browser.websocket_connect(f"/live?topics={','.join(topics)}", headers=headers) as socket:
        yield socket


def ended_with(socket: WebSocketTestSession) -> int:
    with pytest.raises(WebSocketDisconnect) as ended:
        socket.receive_json()
    return ended.value.code


def say(database: Database, *topics: str) -> None:
    with database.transaction() as session:
        tell(session, *topics)


def test_a_member_is_told_that_a_channel_changed(
    doors: Doors, people: People, database: Database
) -> None:
    with listening(doors, people.ben, f"channel:{people.town}") as socket:
        with database.transaction() as session:
            a_post(session, people.ann, people.town)

        assert socket.receive_json() == {"topics": [f"channel:{people.town}"]}


def test_a_stranger_hears_nothing_of_it(doors: Doors, people: People, database: Database) -> None:
    own = f"user:{people.cid.id}"
    topics = (f"channel:{people.town}", f"user:{people.ben.id}", f"team:{people.team_id}:x", own)
    with listening(doors, people.cid, *topics) as socket:
        say(database, *topics[:3])
        say(database, own)

        assert socket.receive_json() == {"topics": [own]}


def test_a_browser_changes_what_it_wants_to_hear(
    doors: Doors, people: People, database: Database
) -> None:
    first, second = f"channel:{people.town}", f"team:{people.team_id}:incidents"
    own = f"user:{people.ben.id}"
    with listening(doors, people.ben, first, own) as socket:
        say(database, first, second, own)
        before = socket.receive_json()
        socket.send_json({"topics": [second, own]})
        after = before
        while after["topics"] != [second, own]:  # the wish is on its way
            say(database, first, second, own)
            after = socket.receive_json()

    assert before == {"topics": [first, own]}


def test_what_changed_before_a_wish_was_answered_is_told(
    app: FastAPI, doors: Doors, people: People, database: Database
) -> None:
    late = f"team:{people.team_id}:incidents"
    changed, ask = Event(), app.state.may_listen

    def ask_late(session: Session, viewer: Actor, topic: str) -> bool:
        assert topic != late or changed.wait(10)
        return bool(ask(session, viewer, topic))

    with listening(doors, people.ben, f"channel:{people.town}") as socket:
        app.state.may_listen = ask_late
        try:
            socket.send_json({"topics": [late]})
            say(database, late)  # nobody listens yet
            changed.set()

            assert socket.receive_json() == {"topics": [late]}
        finally:
            app.state.may_listen = ask


def test_who_is_invited_hears_the_channel_from_then_on(
    doors: Doors, people: People, database: Database
) -> None:
    with database.transaction() as session:
        private = a_channel(session, people.ann, people.team_id, is_private=True)
    topics = (f"channel:{private}", f"user:{people.ben.id}")
    with listening(doors, people.ben, *topics) as socket:
        say(database, topics[0])
        with database.transaction() as session:
            invite(session, people.ann, private, "ben")
        told = socket.receive_json()
        with database.transaction() as session:
            a_post(session, people.ann, private)

        assert topics[1] in told["topics"]
        assert socket.receive_json() == {"topics": [topics[0]]}


def test_who_left_the_team_hears_its_channels_no_more(
    doors: Doors, people: People, database: Database
) -> None:
    town, own = f"channel:{people.town}", f"user:{people.ben.id}"
    with listening(doors, people.ben, town, own) as socket:
        with database.transaction() as session:
            session.delete(session.get(TeamMember, (people.team_id, people.ben.id)))
            tell(session, own)
        assert socket.receive_json() == {"topics": [own]}
        say(database, town)
        say(database, own)

        assert socket.receive_json() == {"topics": [own]}


def test_signing_out_ends_the_stream(doors: Doors, people: People, database: Database) -> None:
    with listening(doors, people.ben, f"channel:{people.town}") as socket:
        with database.transaction() as session:
            for row in session.query(SignIn).filter_by(user_id=people.ben.id):
                session.delete(row)
            tell(session, f"user:{people.ben.id}")

        assert ended_with(socket) == web.SIGNED_OUT


def test_who_signs_out_while_the_stream_asks_for_them_is_refused(
    app: FastAPI, doors: Doors, people: People, database: Database
) -> None:
    ask = app.state.may_listen

    def sign_out_meanwhile(session: Session, viewer: Actor, topic: str) -> bool:
        with database.transaction() as other:
            other.execute(delete(SignIn))
            tell(other, f"user:{viewer.id}")  # nobody listens yet
        return bool(ask(session, viewer, topic))

    app.state.may_listen = sign_out_meanwhile
    try:
        with listening(doors, people.ben, f"channel:{people.town}") as socket:
            assert ended_with(socket) == web.SIGNED_OUT
    finally:
        app.state.may_listen = ask


def test_a_session_that_ran_out_ends_the_stream(
    doors: Doors, people: People, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "CHECK_AGAIN", 0.05)  # five minutes are too long for a test
    with listening(doors, people.ben, f"channel:{people.town}") as socket:
        with database.transaction() as session:
            for row in session.query(SignIn).filter_by(user_id=people.ben.id):
                session.delete(row)

        assert ended_with(socket) == web.SIGNED_OUT


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "", "null", "http://["])
def test_a_page_of_another_site_is_refused(doors: Doors, people: People, origin: str) -> None:
    with listening(doors, people.ben, "x", origin=origin) as socket:
        assert ended_with(socket) == web.FOREIGN


def test_who_is_not_signed_in_is_refused(doors: Doors, people: People) -> None:
    del people
    with listening(doors, None, "x") as socket:
        assert ended_with(socket) == web.SIGNED_OUT


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"topics": "x"}', '{"topics": [1]}', "\ud7ff{"])
def test_what_cannot_be_read_ends_the_stream(doors: Doors, people: People, text: str) -> None:
    with listening(doors, people.ben) as socket:
        socket.send_text(text)

        assert ended_with(socket) == web.GARBLED


def test_bytes_end_the_stream(doors: Doors, people: People) -> None:
    with listening(doors, people.ben) as socket:
        socket.send_bytes(b"{}")

        assert ended_with(socket) == web.GARBLED


def test_nobody_is_left_listening_when_the_browser_went(
    app: FastAPI, doors: Doors, people: People, database: Database
) -> None:
    with listening(doors, people.ben, f"channel:{people.town}") as socket:
        with database.transaction() as session:
            join(session, people.ben, people.town)
            tell(session, f"channel:{people.town}")
        socket.receive_json()
        before = app.state.hub.count()

    assert (before, app.state.hub.count()) == (1, 0)


def test_endless_wishes_are_cut(app: FastAPI, doors: Doors, people: People) -> None:
    own = f"user:{people.ben.id}"
    with listening(doors, people.ben) as socket:
        socket.send_json({"topics": [own, "x" * 200, *(f"team:{n}:x" for n in range(1200))]})
        socket.send_text("the end")

        assert ended_with(socket) == web.GARBLED
    assert app.state.hub.count() == 0


def test_what_is_read_for_a_stream_is_read_to_its_end_before_it_ends(
    app: FastAPI, doors: Doors, people: People, database: Database
) -> None:
    asked, answered, read = Event(), Event(), list[str]()
    own, ask = f"user:{people.ben.id}", app.state.who_listens

    def ask_slowly(session: Session, socket: WebSocket) -> object:
        asked.set()
        answered.wait(10)
        read.append(own)
        return ask(session, socket)

    with ExitStack() as stream:
        socket = stream.enter_context(listening(doors, people.ben, own))
        stream.callback(setattr, app.state, "who_listens", ask)
        stream.callback(answered.set)
        app.state.who_listens = ask_slowly
        say(database, own)
        assert asked.wait(10)
        socket.close()
        socket.portal.call(anyio.wait_all_tasks_blocked)  # it did all it can without the answer

        assert (app.state.hub.count(), read) == (1, [])

    assert (app.state.hub.count(), read) == (0, [own])
