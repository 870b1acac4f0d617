"""Who has a say in the mode, and when something may leave."""

import pytest

from commandpost.kit.errors import Conflict, Forbidden
from commandpost.outbox.queries import list_recent
from commandpost.settings import TelemetryMode
from commandpost.telemetry.actions import choose_mode, note_seen, reset_diagnostic_id
from commandpost.telemetry.carrier import RudderCarrier
from commandpost.telemetry.errors import ModeIsConfigured, NoReceiver, NotSeenYet
from commandpost.telemetry.queries import get_installation
from commandpost.telemetry.rules import LANES, Wishes, mode_in_force, mode_sentences
from commandpost.worker import Worker
from tests.commandpost.telemetry.given import ANN, BEN, an_installation, recorded_events
from tests.commandpost.telemetry.receiver import a_receiver

OFF, LOCAL, SEND = TelemetryMode.OFF, TelemetryMode.LOCAL, TelemetryMode.SEND
PLANE = "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("wishes", "mode"),
    [
        (Wishes(), LOCAL),
        (Wishes(chosen=SEND), SEND),
        (Wishes(chosen=OFF), OFF),
        (Wishes(configured=SEND, chosen=OFF), SEND),
        (Wishes(do_not_track=True, configured=SEND, chosen=SEND), OFF),
        (Wishes(chosen=SEND, host_switch_on=False), LOCAL),
        (Wishes(chosen=SEND, host_switch_on=False, honours_host_switch=False), SEND),
        (Wishes(chosen=OFF, host_switch_on=False, honours_host_switch=False), OFF),
    ],
)
def test_the_strongest_wish_decides(wishes, mode):
    assert mode_in_force(wishes) is mode


def test_nothing_is_sent_before_an_administrator_has_looked(database):
    settings = an_installation(database, telemetry_data_plane_url=PLANE)

    with pytest.raises(NotSeenYet), database.transaction() as session:
        choose_mode(session, ANN, settings, mode=SEND)
    with database.transaction() as session:
        note_seen(session, BEN)
    with pytest.raises(NotSeenYet), database.transaction() as session:
        choose_mode(session, ANN, settings, mode=SEND)
    with database.transaction() as session:
        note_seen(session, ANN)
    with database.transaction() as session:
        choose_mode(session, ANN, settings, mode=SEND)

    with database.reading() as session:
        assert get_installation(session).mode() is SEND


def test_sending_to_nowhere_is_refused(database):
    settings = an_installation(database)

    with pytest.raises(NoReceiver), database.transaction() as session:
        choose_mode(session, ANN, settings, mode=SEND)


@pytest.mark.parametrize("values", [{"telemetry_mode": LOCAL}, {"do_not_track": "1"}])
def test_what_is_configured_is_not_changed_on_the_page(values, database):
    settings = an_installation(database, **values)

    with pytest.raises(ModeIsConfigured), database.transaction() as session:
        choose_mode(session, ANN, settings, mode=OFF)


def test_a_member_changes_nothing(database):
    settings = an_installation(database)

    with pytest.raises(Forbidden), database.transaction() as session:
        choose_mode(session, BEN, settings, mode=OFF)
    with pytest.raises(Forbidden), database.transaction() as session:
        reset_diagnostic_id(session, BEN)


def test_an_administrator_gives_the_installation_a_new_id(database):
    an_installation(database)
    with database.reading() as session:
        before = get_installation(session).diagnostic_id

    with database.transaction() as session:
        after = reset_diagnostic_id(session, ANN)

    assert after != before
    assert len(after) == 26


def test_every_mode_is_said_in_a_sentence():
    assert mode_sentences(OFF, sent=0, address="")[0] == "Telemetry is off."
    assert mode_sentences(LOCAL, sent=0, address="")[0] == "Nothing has left this server."
    assert "3 events left it earlier" in mode_sentences(LOCAL, sent=3, address="")[0]
    sending = mode_sentences(SEND, sent=0, address="https://plane.example")
    assert sending[0] == "Events are sent to https://plane.example."


def test_refusals_are_conflicts():
    assert issubclass(ModeIsConfigured, Conflict)


def test_switching_back_to_local_deletes_what_was_queued_for_sending(database):
    settings = an_installation(
        database, telemetry_mode=SEND, telemetry_data_plane_url="http://127.0.0.1:9"
    )
    recorded_events(database, 2)
    settings = an_installation(database, telemetry_data_plane_url="http://127.0.0.1:9")

    with database.reading() as session:
        lanes = [message.lane for message in list_recent(session, lanes=LANES)]
    assert settings.telemetry_mode is None
    assert lanes == ["local", "local"]


def test_a_closed_lane_sends_nothing_that_slipped_into_it(database):
    an_installation(database, telemetry_mode=SEND, telemetry_data_plane_url="http://127.0.0.1:9")
    recorded_events(database)
    with database.transaction() as session:
        get_installation(session).configured_mode = LOCAL  # a switch in another process

    with a_receiver() as receiver:
        worker = Worker(database, {"vendor": RudderCarrier(receiver.url, "key")})
        left = worker.drain("vendor")
        worker.stop()

    assert (left, receiver.bodies) == (1, [])
