"""Where an operator asks for it, ids are replaced before anything is recorded."""

import json

from commandpost.outbox.queries import list_recent
from commandpost.telemetry.pseudonyms import pseudonym, under_pseudonyms
from commandpost.telemetry.queries import get_installation
from commandpost.telemetry.record import record
from commandpost.telemetry.rules import LANES
from commandpost_telemetry.catalogue.incident import CreateIncident
from tests.commandpost.telemetry.given import an_installation

EVENT = CreateIncident(
    incident_id="i" * 26,
    commander_user_id="u" * 26,
    team_id="t" * 26,
    created_at=1,
    channel_ids=("c" * 26,),
    post_id="",
    num_checklists=1,
    total_checklist_items=2,
)


def test_the_same_id_has_the_same_pseudonym_under_one_salt_only():
    assert pseudonym("salt", "u" * 26) == pseudonym("salt", "u" * 26)
    assert pseudonym("salt", "u" * 26) != pseudonym("pepper", "u" * 26)
    assert pseudonym("salt", "u" * 26) != pseudonym("salt", "v" * 26)


def test_every_id_is_replaced_and_nothing_else():
    changed = under_pseudonyms(EVENT, "salt")

    assert changed.properties() == EVENT.properties() | {
        "ID": pseudonym("salt", "i" * 26),
        "IncidentID": pseudonym("salt", "i" * 26),
        "CommanderUserID": pseudonym("salt", "u" * 26),
        "TeamID": pseudonym("salt", "t" * 26),
        "ChannelIDs": [pseudonym("salt", "c" * 26)],
    }


def test_what_is_recorded_holds_no_id_and_no_salt(database):
    an_installation(database, telemetry_pseudonyms=True)

    with database.transaction() as session:
        record(session, EVENT)

    with database.reading() as session:
        (message,) = list_recent(session, lanes=LANES)
        salt = get_installation(session).salt
    text = message.payload.decode()
    assert [each for each in ("i" * 26, "u" * 26, "t" * 26, "c" * 26, salt) if each in text] == []
    assert json.loads(text)["properties"]["IncidentID"] == pseudonym(salt, "i" * 26)


def test_by_default_the_ids_of_the_contract_are_recorded(database):
    an_installation(database)

    with database.transaction() as session:
        record(session, EVENT)

    with database.reading() as session:
        (message,) = list_recent(session, lanes=LANES)
    assert json.loads(message.payload)["properties"]["IncidentID"] == "i" * 26
