"""From the log to tables: everything once, whatever is repeated, whatever breaks on the way."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typing_extensions import override

from commandpost_telemetry.catalogue.incident import CreateIncident, EndIncident
from commandpost_telemetry.log.entry import Entry
from commandpost_telemetry.rudder.naming import Naming
from commandpost_telemetry.warehouse.destination import Destination
from commandpost_telemetry.warehouse.duckdb import DuckDBDestination, DuckDBTransaction
from commandpost_telemetry.warehouse.errors import AnotherLoader, CountsDisagree
from commandpost_telemetry.warehouse.load import Loader, Options
from commandpost_telemetry.warehouse.sync import Sync
from tests.commandpost_telemetry.warehouse import given

AN_ID = "4ihn7q5s1bdo8gcmkpzy9uexaw"


def an_incident() -> dict[str, object]:
    event = CreateIncident(
        incident_id=AN_ID,
        commander_user_id=AN_ID,
        team_id=AN_ID,
        created_at=1790000000000,
        channel_ids=(AN_ID,),
        post_id="",
        num_checklists=1,
        total_checklist_items=2,
    )
    versions = {"ServerVersion": "5.28.0", "PluginVersion": "0.4.0"}
    return given.a_message(
        messageId="m1", event="CreateIncident", properties={**event.properties(), **versions}
    )


def test_a_catalogue_event_becomes_a_row_of_tracks_and_one_of_its_own_table(
    warehouse: Destination, tmp_path: Path
) -> None:
    outcome = given.loaded(warehouse, tmp_path, an_incident())

    assert (outcome.messages, outcome.loaded, outcome.tables) == (
        1,
        1,
        {"create_incident": 1, "tracks": 1},
    )
    assert given.rows(warehouse, "tracks", "id", "event", "event_text", "user_id") == [
        ("m1", "create_incident", "CreateIncident", "server1")
    ]
    assert given.rows(
        warehouse,
        "create_incident",
        "incident_id",
        "is_active",
        "commander_user_id",
        "team_id",
        "created_at",
        "channel_i_ds",
        "post_id",
        "num_checklists",
        "total_checklist_items",
        "server_version",
        "plugin_version",
    ) == [(AN_ID, True, AN_ID, AN_ID, 1790000000000, f'["{AN_ID}"]', None, 1, 2, "5.28.0", "0.4.0")]


def test_the_view_shows_the_documented_metadata(warehouse: Destination, tmp_path: Path) -> None:
    given.loaded(warehouse, tmp_path, an_incident())

    found = warehouse.query("SELECT * FROM telemetry_events")
    rows = given.asked(warehouse, "SELECT * FROM telemetry_events")

    assert [dict(zip(found.columns, row, strict=True)) for row in rows] == [
        {
            "event_time_stamp": datetime(2026, 11, 24, 11, 59, 58),  # noqa: DTZ001 - the column has no zone: UTC
            "created_at": datetime(2026, 11, 24, 12, 0),  # noqa: DTZ001 - as above
            "id": "m1",
            "event_original_timestamp": datetime(2026, 11, 24, 11, 59, 58),  # noqa: DTZ001 - as above
            "diagnostic_id": "server1",
            "event_text": "CreateIncident",
            "server_version": "5.28.0",
            "plugin_version": "0.4.0",
            "event_integrations": None,
            "type": "track",
        }
    ]


def test_tables_of_the_catalogue_exist_before_anything_is_loaded(
    warehouse: Destination,
) -> None:
    assert given.columns(warehouse, "end_incident") == {
        "channel_i_ds": "string",
        "commander_user_id": "string",
        "created_at": "int",
        "incident_id": "string",
        "is_active": "boolean",
        "num_checklists": "int",
        "plugin_version": "string",
        "post_id": "string",
        "server_version": "string",
        "team_id": "string",
        "total_checklist_items": "int",
        "user_actual_id": "string",
    }
    assert warehouse.query("SELECT count(*) FROM telemetry_events").rows == [(0,)]


def test_a_second_sync_loads_nothing(warehouse: Destination, tmp_path: Path) -> None:
    log = given.MemoryLog([an_incident()])
    given.a_sync(log, warehouse, tmp_path)

    again = given.a_sync(log, warehouse, tmp_path)

    assert (again.loads, again.messages) == (0, 0)
    assert warehouse.query("SELECT count(*) FROM tracks").rows == [(1,)]


def test_a_message_that_comes_again_is_counted_but_not_loaded(
    warehouse: Destination, tmp_path: Path
) -> None:
    message = given.a_message(messageId="again", properties={"n": 1})
    log = given.MemoryLog([message], [message | {"properties": {"n": 2}}, message])
    given.a_sync(log, warehouse, tmp_path)
    log.append([message])

    outcome = given.a_sync(log, warehouse, tmp_path)

    assert (outcome.messages, outcome.loaded, outcome.repeated) == (1, 0, 1)
    assert given.rows(warehouse, "something_done", "id", "n") == [("again", 1)]
    assert warehouse.query(
        "SELECT messages, loaded, repeated FROM loader.loads ORDER BY to_position"
    ).rows == [
        (3, 1, 2),
        (1, 0, 1),
    ]


def test_a_backlog_is_loaded_in_several_loads(warehouse: Destination, tmp_path: Path) -> None:
    log = given.MemoryLog(*([given.a_message(properties={"n": n})] for n in range(7)))

    outcome = given.a_sync(log, warehouse, tmp_path, batch_bytes=500)

    assert (outcome.loads, outcome.loaded, log.released) == (4, 7, 7)
    assert warehouse.query(
        "SELECT from_position, to_position FROM loader.loads ORDER BY 1"
    ).rows == [
        (0, 2),
        (2, 4),
        (4, 6),
        (6, 7),
    ]


class CountingLog(given.MemoryLog):
    """Knows how much of it was read and not yet let go."""

    most = 0

    @override
    def read(self, *, after: int, max_bytes: int = 64 << 20) -> list[Entry]:
        entries = super().read(after=after, max_bytes=max_bytes)
        if entries:
            self.most = max(self.most, entries[-1].position - self.released)
        return entries


def test_after_a_week_off_no_more_than_two_batches_are_at_hand(
    in_memory: DuckDBDestination, tmp_path: Path
) -> None:
    log = CountingLog(*([given.a_message()] for _ in range(40)))
    of_two_entries = max(len(entry.lines) for entry in log.entries) + 1

    outcome = given.a_sync(log, in_memory, tmp_path, batch_bytes=of_two_entries)

    assert (outcome.loads, outcome.loaded, log.released) == (20, 40, 40)
    assert log.most == 4


def test_a_log_that_was_replaced_is_read_from_its_start(
    warehouse: Destination, tmp_path: Path
) -> None:
    given.loaded(warehouse, tmp_path, an_incident(), given.a_message(messageId="m2"))
    replaced = given.MemoryLog([given.a_message(messageId="m3")])

    outcome = given.a_sync(replaced, warehouse, tmp_path)

    assert outcome.loaded == 1
    assert given.rows(warehouse, "tracks", "id") == [("m1",), ("m2",), ("m3",)]


def test_a_load_that_breaks_in_the_middle_leaves_nothing_behind(
    in_memory: DuckDBDestination, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = given.MemoryLog([given.a_message(messageId="m1", properties={"size": 3})])
    add = DuckDBTransaction.add
    # a row that gets lost between staging and table cannot be had in any other way
    monkeypatch.setattr(DuckDBTransaction, "add", lambda self, staged: add(self, staged) - 1)

    with pytest.raises(CountsDisagree):
        given.a_sync(log, in_memory, tmp_path)
    monkeypatch.undo()

    assert "something_done" not in in_memory.schema()
    assert in_memory.query("SELECT count(*) FROM tracks").rows == [(0,)]
    assert given.a_sync(log, in_memory, tmp_path).loaded == 1
    assert list(tmp_path.iterdir()) == []


def test_a_loader_that_was_overtaken_loads_nothing(warehouse: Destination, tmp_path: Path) -> None:
    log = given.MemoryLog([given.a_message()])
    loader = Loader(warehouse, tmp_path)
    late = loader.prepare(warehouse.engine(), log.read(after=0))
    given.a_sync(given.MemoryLog([given.a_message()]), warehouse, tmp_path)

    with pytest.raises(AnotherLoader):
        loader.load("log", 0, late)

    assert warehouse.query("SELECT count(*) FROM tracks").rows == [(1,)]


def test_a_file_keeps_what_was_loaded(tmp_path: Path, at_noon: datetime) -> None:
    path = tmp_path / "deep" / "warehouse.duckdb"
    first = DuckDBDestination(path)
    given.loaded(first, tmp_path, an_incident())
    first.close()

    second = DuckDBDestination(path)
    log = given.MemoryLog([an_incident()])
    outcome = given.a_sync(log, second, tmp_path)
    loads = second.query("SELECT started_at, loaded FROM loader.loads").rows
    second.close()

    assert (outcome.loads, loads) == (0, [(at_noon.astimezone(UTC).replace(tzinfo=None), 1)])


@pytest.mark.parametrize(
    ("days", "options", "found"),
    [
        (30, Options(), 1),
        (32, Options(), 2),
        (32, Options(window=None), 1),
        (0, Options(is_append_only=True), 2),
    ],
)
def test_a_copy_is_looked_for_as_far_back_as_the_window(
    warehouse: Destination, tmp_path: Path, days: int, options: Options, found: int
) -> None:
    first = datetime(2026, 11, 24, tzinfo=UTC)
    log = given.MemoryLog()
    for at in (first, first + timedelta(days=days)):
        log.append([given.a_message(messageId="again", receivedAt=at.isoformat())])
        Sync(log, warehouse, tmp_path, options=options).run()

    assert warehouse.query("SELECT count(*) FROM tracks").rows == [(found,)]


def test_sources_that_take_turns_are_told_apart(warehouse: Destination, tmp_path: Path) -> None:
    log = given.MemoryLog()
    for number, source in enumerate(["shop", "app", "app", "shop"]):
        log.append([given.a_message(messageId=f"m{number}")], source)
        log.append([given.a_message(messageId=f"n{number}", context={"n": 1})], source)

    given.a_sync(log, warehouse, tmp_path)

    assert given.rows(warehouse, "tracks", "id", "context_source_id", "context_n") == [
        (f"{letter}{number}", source, n)
        for letter, n in (("m", None), ("n", 1))
        for number, source in enumerate(["shop", "app", "app", "shop"])
    ]


def test_lines_that_are_no_lines_are_told_from_those_that_are(
    in_memory: DuckDBDestination, tmp_path: Path
) -> None:
    fine, also = (given.a_line(given.a_message(messageId=each)) for each in ("m1", "m2"))
    log = given.MemoryLog()
    log.append_lines([fine, b" \n", b'{"messageId": "half\n', b"[]\n", also])

    outcome = given.a_sync(log, in_memory, tmp_path)

    assert (outcome.loaded, outcome.rejected) == (2, 3)
    assert given.rows(in_memory, "tracks", "id") == [("m1",), ("m2",)]
    assert in_memory.query("SELECT payload FROM loader.rejects ORDER BY 1").rows == [
        (" ",),
        ("[]",),
        ('{"messageId": "half',),
    ]


def test_tables_and_columns_say_what_they_mean(warehouse: Destination) -> None:
    of_column, of_table = {
        Naming.DUCKDB: (
            (
                "SELECT comment FROM duckdb_columns() WHERE table_name = 'end_incident'"
                " AND column_name = 'user_actual_id'"
            ),
            "SELECT comment FROM duckdb_tables() WHERE table_name = 'end_incident'",
        ),
        Naming.POSTGRES: (
            (
                "SELECT col_description(attrelid, attnum) FROM pg_attribute"
                " WHERE attrelid = 'main.end_incident'::regclass AND attname = 'user_actual_id'"
            ),
            "SELECT obj_description('main.end_incident'::regclass)",
        ),
    }[warehouse.naming]
    definition = EndIncident.definition
    [user] = [each for each in definition.fields if "UserActualID" in each.wire.names]

    assert warehouse.query(of_column).rows == [(user.wire.says,)]
    assert warehouse.query(of_table).rows == [(f"{definition.label}. {definition.purpose}",)]
