"""Snowflake as the warehouse, over the real connector: what its address says, who may load."""

import logging
import socket
from contextlib import closing
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import sqlglot
from snowflake.connector.storage_client import SnowflakeStorageClient

from commandpost_telemetry.catalogue.incident import EndIncident
from commandpost_telemetry.insights.connect import open_source
from commandpost_telemetry.insights.source import SourceRefused, SourceUnavailable
from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.settings import Settings
from commandpost_telemetry.warehouse.connect import open_destination
from commandpost_telemetry.warehouse.destinations.destination import Load
from commandpost_telemetry.warehouse.destinations.errors import AnotherLoader, WarehouseUnavailable
from commandpost_telemetry.warehouse.destinations.snowflake.destination import SnowflakeDestination
from commandpost_telemetry.warehouse.destinations.snowflake.session import connection_arguments, run
from commandpost_telemetry.warehouse.schema.sql import Sql
from tests.commandpost_telemetry.warehouse import given, silent


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
        "platform_detection_timeout_seconds": 0.0,
    }


@pytest.mark.slow
def test_what_the_server_refuses_is_told(empty_snowflake: str, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, warehouse_url=empty_snowflake)
    destination = open_destination(settings)

    with pytest.raises(WarehouseUnavailable, match="the next sync tries again"):
        destination.query("SELECT nothing FROM nowhere")
    with pytest.raises(SourceRefused):
        open_source(settings, destination).ask("SELECT nothing FROM nowhere")

    destination.close()


def test_a_service_that_is_not_there_is_said_to_be() -> None:
    url = "snowflake://ann:x@account/x?host=127.0.0.1&port=9&protocol=http&login_timeout=1"

    with pytest.raises(SourceUnavailable):
        open_source(Settings(warehouse_url=url), None).ask("SELECT 1")


@pytest.mark.slow
def test_every_statement_is_snowflake_s_and_tables_say_what_they_mean(
    empty_snowflake: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "snowflake.connector.cursor")
    url = f"{empty_snowflake}&log_max_query_length=1000000"
    destination = open_destination(Settings(data_dir=tmp_path, warehouse_url=url))
    given.loaded(
        destination,
        tmp_path,
        given.a_message(event="CreateIncident", properties={"IsActive": "maybe", "more": 1}),
        given.a_message("identify", traits={"plan": "free"}),
        given.a_message("merge"),
    )
    found = destination.query(
        "SELECT COMMENT FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME = 'END_INCIDENT'"
    )
    destination.close()

    before, logged = "running query [", (each.getMessage() for each in caplog.records)
    said = {each[len(before) : -1] for each in logged if each.startswith(before)}
    definition = EndIncident.definition
    assert found.rows == [(f"{definition.label}. {definition.purpose}",)]
    [of_user] = [each for each in definition.fields if "UserActualID" in each.wire.names]
    # the fake takes a comment on a column, and keeps none
    assert (
        'ALTER TABLE "EVENTS"."END_INCIDENT" ALTER COLUMN "USER_ACTUAL_ID"'
        f" COMMENT '{of_user.wire.says}'"
    ) in said
    assert {each.split()[0] for each in said} >= {"CREATE", "PUT", "COPY", "BEGIN", "INSERT"}
    assert [each for each in said if not is_snowflake_s(each)] == []


@pytest.mark.slow
def test_of_two_that_load_for_the_first_time_at_once_one_moves_on(
    empty_snowflake: str, tmp_path: Path
) -> None:
    url = empty_snowflake.replace("network_timeout=20", "network_timeout=1&socket_timeout=1")
    load = Load("first", "log", now(), now(), from_position=0, to_position=1, messages=1)
    with (
        closing(SnowflakeDestination(url, tmp_path / "one")) as one,
        closing(SnowflakeDestination(url, tmp_path / "two")) as two,
    ):
        first, begun = (each.begin(each.engine(), "log", 0) for each in (one, two))
        run(one._loading, Sql("BEGIN"))  # noqa: SLF001
        first._move(load)  # noqa: SLF001 - the other commits in the midst of this one's commit
        with pytest.raises(WarehouseUnavailable):
            begun.commit(load)
        run(one._loading, Sql("COMMIT"))  # noqa: SLF001

        with pytest.raises(AnotherLoader):
            begun.commit(load)
        assert two.query("SELECT reader, position FROM loader.positions").rows == [("log", 1)]


def is_snowflake_s(statement: str) -> bool:
    """Whether another reader of the dialect knows every word."""
    return not isinstance(sqlglot.parse_one(statement, read="snowflake"), sqlglot.exp.Command)


# a timer of the connector cancels what takes too long, and finds nobody
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_service_that_falls_silent_in_a_statement_is_given_up_and_tried_again(
    empty_snowflake: str, tmp_path: Path
) -> None:
    port = int(dict(parse_qsl(urlsplit(empty_snowflake).query))["port"])
    with silent.a_way(lambda: socket.create_connection(("127.0.0.1", port))) as way:
        url = empty_snowflake.replace(f"port={port}", f"port={way.port}")
        hurried = url.replace("network_timeout=20", "network_timeout=1&socket_timeout=1")
        destination = open_destination(Settings(data_dir=tmp_path, warehouse_url=hurried))

        way.fall_silent(b"POST /queries/v1/query-request")
        with pytest.raises(WarehouseUnavailable, match="the log keeps the messages"):
            destination.position("log")
        way.heal()

        log = given.MemoryLog([given.a_message(messageId="m1")])
        assert given.a_sync(log, destination, tmp_path).loaded == 1
        destination.close()


def test_a_stage_that_falls_silent_is_given_up(
    empty_snowflake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SnowflakeStorageClient, "SLEEP_UNIT", 0)  # between tries: half a minute
    port = int(dict(parse_qsl(urlsplit(empty_snowflake).query))["port"])
    with silent.a_way(lambda: socket.create_connection(("127.0.0.1", port))) as way:
        url = empty_snowflake.replace(f"port={port}", f"port={way.port}&socket_timeout=1")
        destination = open_destination(Settings(data_dir=tmp_path, warehouse_url=url))

        with closing(destination.engine()) as engine:
            looked_up = partial(destination.known, engine, "tracks", Sql("SELECT 'm1' AS id"), None)
            way.fall_silent(b"PUT /fs_bucket/")
            with pytest.raises(WarehouseUnavailable, match="the log keeps the messages"):
                looked_up()
            way.heal()

            assert looked_up() == set()
        destination.close()
