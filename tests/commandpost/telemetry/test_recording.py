"""Events are recorded with their deed, in the form in which they are sent, or not at all."""

import json

import pytest
from sqlalchemy import func, select

from commandpost.kit.db import Database
from commandpost.outbox.models import Message, State
from commandpost.outbox.queries import list_recent
from commandpost.settings import TelemetryMode
from commandpost.telemetry.actions import choose_mode
from commandpost.telemetry.queries import get_installation
from commandpost.telemetry.record import product_version, record
from commandpost.telemetry.rules import LANES
from commandpost_telemetry.catalogue.checklist import CheckChecklistItem
from tests.commandpost.telemetry.given import ANN, an_installation, recorded_events


def rows(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Message)) or 0


def test_a_message_is_whole_but_for_the_moment_of_sending(database, at_noon):
    an_installation(database)
    recorded_events(database)

    with database.reading() as session:
        (message,) = list_recent(session, lanes=LANES)
        diagnostic_id = get_installation(session).diagnostic_id

    assert json.loads(message.payload) == {
        "type": "track",
        "channel": "server",
        "messageId": message.id,
        "userId": diagnostic_id,
        "anonymousId": diagnostic_id,
        "event": "CheckChecklistItem",
        "properties": {
            "IncidentID": "i" * 26,
            "UserID": "u" * 26,
            "UserActualID": "u" * 26,
            "ServerVersion": product_version(),
            "PluginVersion": product_version(),
        },
        "integrations": None,
        "context": {"library": {"name": "commandpost", "version": product_version()}},
        "originalTimestamp": "2026-11-24T12:00:00.000Z",
    }
    assert (message.lane, message.state, message.label) == (
        "local",
        State.QUEUED,
        "CheckChecklistItem",
    )


def test_a_deed_that_fails_leaves_no_event(database):
    an_installation(database)

    def fails() -> None:
        with database.transaction() as session:
            record(session, CheckChecklistItem(incident_id="i" * 26, user_id="u" * 26))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()

    assert rows(database) == 0


def test_off_records_nothing(database):
    an_installation(database, telemetry_mode=TelemetryMode.OFF)

    recorded_events(database)

    assert rows(database) == 0


def test_do_not_track_beats_a_configured_mode(database):
    an_installation(
        database,
        telemetry_data_plane_url="http://127.0.0.1:9",
        telemetry_mode=TelemetryMode.SEND,
        do_not_track="1",
    )

    recorded_events(database)

    assert rows(database) == 0


def test_sending_records_the_same_message_for_both_receivers(database):
    an_installation(
        database,
        telemetry_mode=TelemetryMode.SEND,
        telemetry_data_plane_url="http://127.0.0.1:9",
    )

    recorded_events(database)

    with database.reading() as session:
        vendor, local = list_recent(session, lanes=LANES)
    assert (local.lane, vendor.lane) == ("local", "vendor")
    assert (local.id, local.payload) == (vendor.id, vendor.payload)


def test_turning_it_off_deletes_what_is_queued(database):
    given = an_installation(database)
    recorded_events(database, 3)

    with database.transaction() as session:
        choose_mode(session, ANN, given, mode=TelemetryMode.OFF)

    assert rows(database) == 0


def test_starting_with_off_deletes_what_is_queued(database):
    an_installation(database)
    recorded_events(database, 3)

    an_installation(database, telemetry_mode=TelemetryMode.OFF)

    assert rows(database) == 0


def test_a_restart_keeps_the_diagnostic_id(database):
    an_installation(database)
    with database.reading() as session:
        before = get_installation(session).diagnostic_id

    an_installation(database)

    with database.reading() as session:
        assert get_installation(session).diagnostic_id == before
