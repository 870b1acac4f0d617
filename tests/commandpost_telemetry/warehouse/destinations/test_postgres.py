"""PostgreSQL as the warehouse: what differs from a file of our own."""

import gc
import time
import warnings
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from commandpost_telemetry.insights.connect import open_source
from commandpost_telemetry.insights.source import SourceRefused, SourceUnavailable
from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.settings import Settings
from commandpost_telemetry.warehouse.connect import open_destination
from commandpost_telemetry.warehouse.destinations.destination import Load
from commandpost_telemetry.warehouse.destinations.errors import AnotherLoader, WarehouseUnavailable
from commandpost_telemetry.warehouse.destinations.postgres.destination import PostgresDestination
from commandpost_telemetry.warehouse.destinations.postgres.session import connected, patient
from commandpost_telemetry.warehouse.destinations.postgres.transaction import PostgresTransaction
from commandpost_telemetry.warehouse.loading.load import Loader
from commandpost_telemetry.warehouse.schema.types import ColumnType
from tests.commandpost_telemetry.warehouse import given, silent


def test_it_is_opened_by_its_address_and_may_be_opened_again(
    empty_postgres: str, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, warehouse_url=empty_postgres)
    first = open_destination(settings)
    given.loaded(first, tmp_path, given.a_message(event="CreateIncident"))
    first.close()

    second = open_destination(settings)
    found = given.asked(second, "SELECT event_text FROM telemetry_events")
    second.close()

    assert found == [("CreateIncident",)]


def test_a_server_that_is_not_there_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(WarehouseUnavailable, match="the next sync tries again"):
        PostgresDestination("postgresql://nobody@127.0.0.1:9/nothing", tmp_path)


def test_of_two_loaders_the_later_one_loads_nothing(empty_postgres: str, tmp_path: Path) -> None:
    one = PostgresDestination(empty_postgres, tmp_path / "one")
    two = PostgresDestination(empty_postgres, tmp_path / "two")
    log = given.MemoryLog([given.a_message(messageId="m1")])
    loader = Loader(two, tmp_path)
    late = loader.prepare(two.engine(), log.read(after=0))
    given.a_sync(log, one, tmp_path)

    with pytest.raises(AnotherLoader):
        loader.load("log", 0, late)

    assert given.rows(two, "tracks", "id") == [("m1",)]
    assert given.a_sync(log, two, tmp_path).loads == 0
    one.close()
    two.close()


def test_of_two_loaders_that_begin_at_once_the_second_waits_and_loads_nothing(
    empty_postgres: str, tmp_path: Path
) -> None:
    one = PostgresDestination(empty_postgres, tmp_path / "one")
    two = PostgresDestination(empty_postgres, tmp_path / "two")
    load = Load("first", "log", now(), now(), from_position=0, to_position=1)

    with ThreadPoolExecutor(1) as pool:
        begun = one.begin(one.engine(), "log", 0)
        other = pool.submit(two.begin, two.engine(), "log", 0)
        _until_it_waits(empty_postgres, other)
        begun.commit(load)
        with pytest.raises(AnotherLoader):
            other.result(20)

    assert given.asked(one, "SELECT reader, position FROM loader.positions") == [("log", 1)]
    one.close()
    two.close()


def _until_it_waits(url: str, other: Future[PostgresTransaction]) -> None:
    """Return when the other stands before a lock, or is through."""
    deadline = time.monotonic() + 20
    with psycopg.connect(url, autocommit=True) as connection:
        while not other.done() and time.monotonic() < deadline:
            if connection.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchall():
                return


def test_a_connection_that_was_cut_fails_the_load_and_keeps_nothing(
    empty_postgres: str, tmp_path: Path
) -> None:
    destination = PostgresDestination(empty_postgres, tmp_path)
    with psycopg.connect(empty_postgres, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
    log = given.MemoryLog([given.a_message(messageId="m1")])

    with pytest.raises(WarehouseUnavailable):
        given.a_sync(log, destination, tmp_path)

    assert given.a_sync(log, destination, tmp_path).loaded == 1
    destination.close()
    gc.collect()


def test_columns_have_the_types_of_the_database(empty_postgres: str, tmp_path: Path) -> None:
    destination = PostgresDestination(empty_postgres, tmp_path)
    with psycopg.connect(empty_postgres, autocommit=True) as other:
        other.execute(
            "CREATE TABLE main.by_hand (i INTEGER, n NUMERIC, j JSON, t TIMESTAMP, c CHAR(3))"
        )
    given.loaded(
        destination, tmp_path, given.a_message(properties={"f": 0.1, "d": "2026-11-24", "b": True})
    )

    schema = destination.schema()
    stored = given.asked(
        destination,
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name ="
        " 'something_done' AND column_name IN ('f', 'd', 'b', 'id') ORDER BY column_name",
    )
    destination.close()

    assert stored == [
        ("b", "boolean"),
        ("d", "timestamp with time zone"),
        ("f", "double precision"),
        ("id", "text"),
    ]
    assert schema["by_hand"] == {
        "i": ColumnType.INT,
        "n": ColumnType.FLOAT,
        "j": ColumnType.JSON,
        "t": ColumnType.DATETIME,
        "c": ColumnType.STRING,
    }


SHORT = "-c statement_timeout=500ms"


@pytest.mark.parametrize("words", [b"SELECT position", b"COPY", b"COMMIT"])
def test_a_server_that_falls_silent_in_a_statement_is_given_up_and_tried_again(
    empty_postgres: str, tmp_path: Path, words: bytes
) -> None:
    with silent.a_way(partial(silent.reached, empty_postgres)) as way:
        url = make_conninfo(empty_postgres, host="127.0.0.1", port=way.port, options=SHORT)
        with closing(PostgresDestination(url, tmp_path)) as destination:
            log = given.MemoryLog([given.a_message(messageId="m1")])

            way.fall_silent(words)
            with pytest.raises(WarehouseUnavailable, match="says nothing for 1 s"):
                given.a_sync(log, destination, tmp_path)
            way.heal()

            assert given.a_sync(log, destination, tmp_path).held == {}
            assert given.rows(destination, "something_done", "id") == [("m1",)]


def test_a_session_that_cannot_be_set_up_is_closed(empty_postgres: str) -> None:
    no_statements = make_conninfo(empty_postgres, replication="true")

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with pytest.raises(WarehouseUnavailable, match="cannot execute SQL"):
            connected(no_statements)
        gc.collect()

    assert told == []


def test_a_wrong_question_is_not_a_server_that_does_not_answer(empty_postgres: str) -> None:
    source = open_source(Settings(warehouse_url=empty_postgres), None)

    with pytest.raises(SourceRefused, match="nothing"):
        source.ask("SELECT nothing")
    with pytest.raises(SourceRefused, match="nowhere"):
        source.change(["DELETE FROM nowhere"])
    with pytest.raises(SourceUnavailable, match="terminating connection"):
        source.ask("SELECT pg_terminate_backend(pg_backend_pid())")


def test_an_address_gets_the_patience_of_which_it_says_nothing() -> None:
    said = conninfo_to_dict(patient("postgresql://ann@db/warehouse?keepalives_idle=5"))

    assert (said["host"], said["user"], said["dbname"]) == ("db", "ann", "warehouse")
    assert (said["keepalives_idle"], said["tcp_user_timeout"]) == ("5", "60000")
