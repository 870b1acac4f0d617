"""Sources with a schema of their own: where their rows go, how far they are, what is let go."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from typing_extensions import override

from commandpost_telemetry.insights.connect import open_source
from commandpost_telemetry.insights.questions import ask
from commandpost_telemetry.log.entry import Entry
from commandpost_telemetry.settings import Settings
from commandpost_telemetry.warehouse.connect import open_destination, open_sync
from commandpost_telemetry.warehouse.destinations.destination import Destination
from commandpost_telemetry.warehouse.destinations.errors import WarehouseError, WarehouseUnavailable
from commandpost_telemetry.warehouse.listings.listings import listings
from commandpost_telemetry.warehouse.syncing.namespaces import PartOfLog, Positions, settle
from commandpost_telemetry.warehouse.syncing.sync import Sync
from commandpost_telemetry.warehouse.syncing.syncs import Syncs
from tests.commandpost_telemetry.warehouse import given


@pytest.fixture(params=["duckdb", "empty_postgres"])
def address(request: pytest.FixtureRequest) -> str:
    return "" if request.param == "duckdb" else str(request.getfixturevalue(request.param))


@pytest.fixture
def log() -> given.MemoryLog:
    """Two sources that take turns; the last word is the shop's."""
    log = given.MemoryLog()
    for number, source in enumerate(["app", "shop", "app", "shop"]):
        log.append([given.a_message(messageId=f"m{number}", event="Sign Up")], source)
    return log


@pytest.fixture
def settings(address: str, tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path, warehouse_url=address, namespaces={"app": "My App", "shop": "main"}
    )


def ids(destination: Destination, schema: str, table: str = "tracks") -> list[object]:
    rows = destination.query(f'SELECT id FROM "{schema}".{table} ORDER BY id').rows  # noqa: S608 - names of our own
    return [each for (each,) in rows]


def test_each_source_has_its_rows_in_its_own_schema(
    settings: Settings, log: given.MemoryLog
) -> None:
    with closing(open_destination(settings)) as destination:
        syncs = open_sync(settings, log, destination)
        outcome = syncs.run()

        assert (outcome.loaded, outcome.loads) == (4, 2)
        assert outcome.tables == {
            "my_app.sign_up": 2,
            "my_app.tracks": 2,
            "sign_up": 2,
            "tracks": 2,
        }
        for table in ("tracks", "sign_up"):
            assert ids(destination, "main", table) == ["m1", "m3"]
            assert ids(destination, "my_app", table) == ["m0", "m2"]
        assert "telemetry_events" not in destination.schema()
        assert destination.query("SELECT count(*) FROM my_app.telemetry_events").rows == [(0,)]
        assert syncs.lags() == {"log": 0, "log:my_app": 0}
        assert log.released == 4
        assert syncs.run().loads == 0


def test_a_namespace_that_has_nothing_lets_the_log_go_on(
    settings: Settings, log: given.MemoryLog
) -> None:
    with closing(open_destination(settings)) as destination:
        syncs = open_sync(settings, log, destination)
        syncs.run()
        log.append([given.a_message(messageId="m5")], "shop")

        outcome = syncs.run()

        assert (outcome.loads, outcome.loaded, log.released) == (1, 1, 5)
        loads = destination.query("SELECT reader, loaded FROM loader.loads ORDER BY loaded, 1")
        assert loads.rows == [("log", 1), ("log", 2), ("log:my_app", 2)]


class Unreadable(given.MemoryLog):
    """A log of a machine that is away."""

    @override
    def read(self, *, after: int, max_bytes: int = 64 << 20) -> list[Entry]:
        raise WarehouseUnavailable(f"Nothing behind {after} can be read, not even {max_bytes}.")


def test_one_that_fails_stops_no_other_and_keeps_its_part_of_the_log(
    warehouse: Destination, log: given.MemoryLog, tmp_path: Path
) -> None:
    positions = Positions(log)
    parts = [
        PartOfLog(Unreadable(), positions, "log:my_app", lambda source: source == "app"),
        PartOfLog(log, positions, "log", lambda source: source != "app"),
    ]
    places = [warehouse.within("my_app"), warehouse]
    syncs = [
        Sync(part, place, tmp_path, reader=part.reader)
        for part, place in zip(parts, places, strict=True)
    ]
    settle(warehouse, syncs[1], ["log:my_app", "log"], positions)

    outcome = Syncs(syncs, positions).run()

    assert (outcome.loaded, list(outcome.failed)) == (2, ["log:my_app"])
    assert "Nothing behind 0" in outcome.failed["log:my_app"]
    assert ids(warehouse, "main") == ["m1", "m3"]
    assert log.released == 0
    failed = warehouse.query("SELECT reader FROM loader.failures").rows
    assert failed == [("log:my_app",)]


def test_a_schema_that_cannot_be_made_stops_no_other_and_is_tried_again(
    settings: Settings, log: given.MemoryLog
) -> None:
    with closing(open_destination(settings)) as destination:
        destination.query("CREATE SCHEMA my_app")
        destination.query("CREATE TABLE my_app.telemetry_events (id INT)")
        syncs = open_sync(settings, log, destination)

        first = syncs.run()
        lags, kept = syncs.lags(), log.released
        failed = destination.query("SELECT reader, error FROM loader.failures").rows
        assert [len(each.read(destination.query)) for each in listings[1:4]] == [1, 1, 1]
        with pytest.raises(WarehouseError, match="telemetry_events"):
            syncs.retry("my_app.sign_up")
        destination.query("DROP TABLE my_app.telemetry_events")
        second = syncs.run()

        assert (first.loaded, list(first.failed)) == (2, ["log:my_app"])
        assert failed == [("log:my_app", first.failed["log:my_app"])]
        assert (lags, kept) == ({"log": 0, "log:my_app": 4}, 0)
        assert (second.loaded, second.failed, log.released) == (2, {}, 4)
        assert ids(destination, "my_app") == ["m0", "m2"]


def test_when_every_reader_fails_all_of_them_are_told(
    warehouse: Destination, log: given.MemoryLog, tmp_path: Path
) -> None:
    positions = Positions(log)
    syncs = [Sync(Unreadable(), warehouse, tmp_path, reader=each) for each in ("log", "log:x")]
    settle(warehouse, syncs[0], ["log", "log:x"], positions)

    with pytest.raises(WarehouseUnavailable, match=r"^Nothing behind 0 [^N]*\.$"):
        Syncs(syncs, positions).run()


def test_who_has_read_an_older_log_keeps_all_of_the_one_that_replaced_it(
    log: given.MemoryLog,
) -> None:
    positions = Positions(log)
    positions.note("log:my_app", 100)
    positions.note("log", 100)

    positions.release("log", 4)
    assert log.released == 0
    positions.release("log:my_app", 3)
    assert log.released == 3


def test_a_held_table_is_named_with_its_schema_and_retried_alone(
    settings: Settings, log: given.MemoryLog
) -> None:
    with closing(open_destination(settings)) as destination:
        syncs = open_sync(settings, log, destination)
        destination.query("CREATE TABLE my_app.sign_up (id UUID)")

        first = syncs.run()
        destination.query("DROP TABLE my_app.sign_up")
        wrong = syncs.retry("sign_up")
        again = syncs.retry("my_app.sign_up")

        assert (first.held, wrong.tables) == ({"my_app.sign_up": 2}, {})
        assert (again.tables, again.held) == ({"my_app.sign_up": 2}, {})
        assert ids(destination, "my_app", "sign_up") == ["m0", "m2"]
        assert syncs.skip("my_app.sign_up") == 0


def test_the_lists_of_the_loader_tell_of_every_schema(
    settings: Settings, log: given.MemoryLog
) -> None:
    with closing(open_destination(settings)) as destination:
        syncs = open_sync(settings, log, destination)
        for number, size in enumerate([1, "big"]):
            for source in ("app", "shop"):
                message = given.a_message(messageId=f"{source}{number}", properties={"size": size})
                log.append([message], source)
        syncs.run()
        found = {each.name: each.read(destination.query) for each in listings}
        pages = open_source(settings, destination)
        on_the_page = {each.name: each.read(lambda sql: ask(pages, sql, {})) for each in listings}

    assert sorted(row[:2] + row[3:5] for row in found["discards"]) == [
        ("my_app.something_done", "size", 1, "big"),
        ("something_done", "size", 1, "big"),
    ]
    # zones aside, which the page leaves out
    assert [row[:-1] for row in on_the_page["discards"]] == [row[:-1] for row in found["discards"]]
    assert len(found["loads"]) == len(on_the_page["loads"]) == 2
    assert None not in [row[3] for row in found["loads"]]  # how long the oldest has waited


def test_a_batch_that_is_taken_apart_ends_where_it_should(
    settings: Settings, log: given.MemoryLog
) -> None:
    with closing(open_destination(settings)) as destination:
        log.append_lines([b'{"half\n'], "app")
        log.append([given.a_message(messageId="m5")], "shop")
        syncs = open_sync(settings, log, destination)

        outcome = syncs.run()

        assert (outcome.loaded, outcome.rejected, log.released) == (5, 1, 6)
        assert syncs.lags() == {"log": 0, "log:my_app": 0}


def test_a_namespace_begins_where_all_were_and_ends_without_a_loss(
    settings: Settings, log: given.MemoryLog, address: str, tmp_path: Path
) -> None:
    alone = Settings(data_dir=tmp_path, warehouse_url=address)
    with closing(open_destination(settings)) as destination:
        open_sync(alone, log, destination).run()
        log.append([given.a_message(messageId="m5")], "app")
        open_sync(settings, log, destination).run()
        assert ids(destination, "main") == ["m0", "m1", "m2", "m3"]
        assert ids(destination, "my_app") == ["m5"]

        # two more, and the namespace is given up before it had its own
        log.append([given.a_message(messageId="m6")], "app")
        log.append([given.a_message(messageId="m7")], "shop")
        others = PartOfLog(log, Positions(log), "log", lambda source: source != "app")
        Sync(others, destination, tmp_path).run()
        outcome = open_sync(alone, log, destination).run()

        assert (outcome.loaded, outcome.repeated) == (1, 1)
        assert ids(destination, "main") == ["m0", "m1", "m2", "m3", "m6", "m7"]
        readers = destination.query("SELECT reader FROM loader.positions").rows
        assert readers == [("log",)]


@pytest.mark.slow
def test_snowflake_has_them_in_capitals(empty_snowflake: str, tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path, warehouse_url=empty_snowflake, namespaces={"app": "k3-app"}
    )
    log = given.MemoryLog()
    log.append([given.a_message(messageId="m1", event="Sign Up")], "app")
    log.append([given.a_message(messageId="m2", event="Sign Up")], "shop")
    with closing(open_destination(settings)) as destination:
        outcome = open_sync(settings, log, destination).run()
        found = [
            destination.query(f"SELECT ID FROM {schema}.SIGN_UP").rows  # noqa: S608 - as above
            for schema in ("EVENTS", "K_3_APP")
        ]
        source = open_source(settings, destination)
        for listing in listings:
            assert len(listing.read(destination.query)) == len(
                listing.read(lambda sql: ask(source, sql, {}))
            )

    assert found == [[("m2",)], [("m1",)]]
    assert outcome.tables == {
        "K_3_APP.SIGN_UP": 1,
        "K_3_APP.tracks": 1,
        "SIGN_UP": 1,
        "tracks": 1,
    }


def test_the_setting_is_an_object_of_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMANDPOST_TELEMETRY_NAMESPACES", json.dumps({"app": "x"}))

    assert Settings().namespaces == {"app": "x"}
