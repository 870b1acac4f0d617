"""Snowflake as the warehouse, over the real connector: what its address says, who may load."""

from pathlib import Path

import pytest

from commandpost_telemetry.settings import Settings
from commandpost_telemetry.warehouse.connect import open_destination
from commandpost_telemetry.warehouse.errors import AnotherLoader, WarehouseUnavailable
from commandpost_telemetry.warehouse.load import Loader
from commandpost_telemetry.warehouse.snowflake_session import connection_arguments
from commandpost_telemetry.warehouse.sync import Sync
from tests.commandpost_telemetry.warehouse import given


def test_the_address_says_all_that_the_connector_takes() -> None:
    url = "snowflake://loader:p%40ss@acme-eu/ANALYTICS?role=LOADER&warehouse=SMALL&port=8443"

    found = connection_arguments(url)

    session = found.pop("session_parameters")
    assert isinstance(session, dict)
    assert session["CLIENT_TELEMETRY_ENABLED"] is False
    assert found == {
        "user": "loader",
        "password": "p@ss",
        "account": "acme-eu",
        "database": "ANALYTICS",
        "role": "LOADER",
        "warehouse": "SMALL",
        "port": 8443,
        "network_timeout": 60,
        "login_timeout": 30,
    }


@pytest.mark.slow
def test_messages_are_loaded_once_and_the_view_shows_them(
    empty_snowflake: str, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, warehouse_url=empty_snowflake)
    destination = open_destination(settings)
    message = given.a_message(messageId="m1", event="CreateIncident", properties={"IsActive": True})
    log = given.MemoryLog([message], [message])
    given.a_sync(log, destination, tmp_path)
    loader = Loader(destination, tmp_path)
    late = loader.prepare(destination.engine(), log.read(after=0))

    with pytest.raises(AnotherLoader):
        loader.load("log", 0, late)
    log.append([message, given.a_message(messageId="m2", event="CreateIncident")])
    outcome = given.a_sync(log, destination, tmp_path)
    found = given.asked(
        destination,
        "SELECT ID, EVENT_TEXT, DIAGNOSTIC_ID, TYPE FROM EVENTS.TELEMETRY_EVENTS ORDER BY ID",
    )
    destination.close()

    assert (outcome.loaded, outcome.repeated) == (1, 1)
    assert found == [
        ("m1", "CreateIncident", "server1", "track"),
        ("m2", "CreateIncident", "server1", "track"),
    ]


@pytest.mark.slow
def test_what_the_server_refuses_is_told(empty_snowflake: str, tmp_path: Path) -> None:
    destination = open_destination(Settings(data_dir=tmp_path, warehouse_url=empty_snowflake))

    with pytest.raises(WarehouseUnavailable, match="the next sync tries again"):
        destination.query("SELECT nothing FROM nowhere")

    destination.close()


def test_a_table_that_snowflake_refuses_is_held_and_gets_its_rows_later(
    empty_snowflake: str, tmp_path: Path
) -> None:
    settings = Settings(warehouse_url=empty_snowflake, data_dir=tmp_path)
    warehouse = open_destination(settings)
    warehouse.query("CREATE TABLE EVENTS.SIGN_UP (ID VARCHAR, N DATE)")
    messages = [given.a_message(messageId=f"m{n}", event="Sign Up") for n in range(3)]
    log = given.MemoryLog([{**each, "properties": {"n": "soon"}} for each in messages])
    sync = Sync(log, warehouse, tmp_path)

    first = sync.run()
    warehouse.query("DROP TABLE EVENTS.SIGN_UP")
    second = sync.retry()
    found = warehouse.query("SELECT ID, N FROM EVENTS.SIGN_UP ORDER BY ID").rows
    warehouse.close()

    assert (first.tables, first.held) == ({"tracks": 3}, {"SIGN_UP": 3})
    assert (second.tables, second.held) == ({"SIGN_UP": 3}, {})
    assert found == [(f"m{n}", "soon") for n in range(3)]
