"""What a load must be on every warehouse: all or nothing, once, and counted."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from commandpost_telemetry.warehouse.destinations.destination import (
    Destination,
    StagedTable,
    Transaction,
)
from commandpost_telemetry.warehouse.destinations.errors import AnotherLoader, CountsDisagree
from commandpost_telemetry.warehouse.destinations.snowflake.transaction import SnowflakeTransaction
from commandpost_telemetry.warehouse.loading import sift
from commandpost_telemetry.warehouse.loading.load import Loader
from commandpost_telemetry.warehouse.loading.options import Options
from commandpost_telemetry.warehouse.schema.sql import compose
from commandpost_telemetry.warehouse.syncing.sync import Sync
from tests.commandpost_telemetry.warehouse import given
from tests.commandpost_telemetry.warehouse.loading.test_other_messages import an_identify

pytestmark = pytest.mark.slow


def test_a_message_that_comes_again_is_counted_but_not_loaded(
    warehouse: Destination, tmp_path: Path
) -> None:
    message = given.a_message(messageId="again", properties={"n": 1})
    log = given.MemoryLog([message], [message | {"properties": {"n": 2}}, message])
    given.a_sync(log, warehouse, tmp_path)
    idle = given.a_sync(log, warehouse, tmp_path)
    log.append([message])

    outcome = given.a_sync(log, warehouse, tmp_path)

    assert (idle.loads, idle.messages) == (0, 0)
    assert (outcome.messages, outcome.loaded, outcome.repeated) == (1, 0, 1)
    assert given.rows(warehouse, "something_done", "id", "n") == [("again", 1)]
    loads = "SELECT messages, loaded, repeated FROM loader.loads ORDER BY to_position"
    assert warehouse.query(loads).rows == [(3, 1, 2), (1, 0, 1)]


def test_a_backlog_is_loaded_in_several_loads_and_its_end_is_remembered(
    warehouse: Destination, tmp_path: Path
) -> None:
    log = given.MemoryLog(*([given.a_message(properties={"n": n})] for n in range(4)))

    outcome = given.a_sync(log, warehouse, tmp_path, batch_bytes=500)

    assert (outcome.loads, outcome.loaded, log.released) == (2, 4, 4)
    assert (warehouse.position("log"), warehouse.position("another")) == (4, 0)
    loads = "SELECT from_position, to_position FROM loader.loads ORDER BY 1"
    assert warehouse.query(loads).rows == [(0, 2), (2, 4)]


def test_a_log_that_was_replaced_is_read_from_its_start(
    warehouse: Destination, tmp_path: Path
) -> None:
    given.loaded(warehouse, tmp_path, *(given.a_message(messageId=each) for each in ("m1", "m2")))
    replaced = given.MemoryLog([given.a_message(messageId="m3")])

    outcome = given.a_sync(replaced, warehouse, tmp_path)

    assert outcome.loaded == 1
    assert given.rows(warehouse, "tracks", "id") == [("m1",), ("m2",), ("m3",)]


def test_a_loader_that_was_overtaken_loads_nothing(warehouse: Destination, tmp_path: Path) -> None:
    log = given.MemoryLog([given.a_message()])
    loader = Loader(warehouse, tmp_path)
    late = loader.prepare(warehouse.engine(), log.read(after=0))
    given.a_sync(given.MemoryLog([given.a_message()]), warehouse, tmp_path)

    with pytest.raises(AnotherLoader):
        loader.load("log", 0, late)

    assert given.count(warehouse, "tracks") == 1


DAY = datetime(2026, 11, 24, tzinfo=UTC)
# how a copy is looked for, how many days later it comes, and the rows there are then
COPIES = {
    "within the window": (Options(), 30, 1),
    "after the window": (Options(), 32, 2),
    "without a window": (Options(window=None), 32, 1),
    "appended": (Options(is_append_only=True), 0, 2),
}


def test_a_copy_is_looked_for_as_far_back_as_the_options_say(
    warehouse: Destination, tmp_path: Path
) -> None:
    def copy(message_id: str, days: int) -> dict[str, Any]:
        return given.a_message(
            messageId=message_id, receivedAt=(DAY + timedelta(days=days)).isoformat()
        )

    log = given.MemoryLog([copy(each, 0) for each in COPIES])
    Sync(log, warehouse, tmp_path).run()
    for message_id, (options, days, _) in COPIES.items():
        log.append([copy(message_id, days)])
        Sync(log, warehouse, tmp_path, options=options).run()

    ids = [message_id for (message_id,) in given.rows(warehouse, "tracks", "id")]
    assert {each: ids.count(each) for each in COPIES} == {
        each: found for each, (*_, found) in COPIES.items()
    }


def test_a_user_has_the_latest_value_of_each_column(warehouse: Destination, tmp_path: Path) -> None:
    log = given.MemoryLog(
        [an_identify("ann", 1, plan="free", seats=1)],
        [an_identify("ann", 3, seats=3)],
        [an_identify("ben", 3, plan="free")],
    )
    given.a_sync(log, warehouse, tmp_path)
    log.append([an_identify("ann", 2, plan="paid", seats=2, city="late"), an_identify(None, 9)])

    outcome = given.a_sync(log, warehouse, tmp_path)

    assert given.tables(outcome) == {"identifies": 2, "users": 1}
    assert given.rows(warehouse, "users", "id", "plan", "seats", "city") == [
        ("ann", "paid", 3, "late"),
        ("ben", "free", None, None),
    ]


def test_what_does_not_fit_is_null_and_a_discard_with_the_reason(
    warehouse: Destination, tmp_path: Path
) -> None:
    firsts = {"i": 1, "f": 1.5, "b": True, "d": "2026-11-24", "s": "x"}
    seconds = {"i": "x", "f": "y", "b": 1, "d": 5, "s": 1.5}

    outcome = given.loaded(
        warehouse,
        tmp_path,
        given.a_message(messageId="m1", properties=firsts),
        given.a_message(messageId="m2", properties=seconds),
        given.a_message("merge", messageId="m3"),
    )

    assert (outcome.loaded, outcome.discarded, outcome.rejected) == (2, 4, 1)
    kept = given.rows(warehouse, "something_done", "i", "f", "b", "s")
    assert kept[1] == (None, None, None, "1.5")
    moments = "SELECT COUNT(d), COUNT(*) FROM {table}"  # the fake shows NULL as a time
    assert given.by_hand(warehouse, moments, "something_done") == [(1, 2)]
    discards = given.asked(
        warehouse,
        "SELECT lower(column_name), column_value, reason, row_id FROM rudder_discards ORDER BY 1",
    )
    reason = "The value does not fit the column, which is {}."
    assert discards == [
        (name, value, reason.format(kind), "m2")
        for name, value, kind in [
            ("b", "1", "boolean"),
            ("d", "5", "datetime"),
            ("f", "y", "float"),
            ("i", "x", "int"),
        ]
    ]
    rejects = warehouse.query("SELECT message_id, reason FROM loader.rejects").rows
    assert rejects == [("m3", 'Unknown event type: "merge".')]


Plant = Callable[[pytest.MonkeyPatch, Destination], None]


def lost_in_staging(patch: pytest.MonkeyPatch, _: Destination) -> None:
    patch.setattr(sift, "repeats", lambda engine: len(engine.execute(FORGET).fetchall()) * 0)


def lost_on_the_way(patch: pytest.MonkeyPatch, warehouse: Destination) -> None:
    """A transaction that brings all rows but one to each table."""
    begin = warehouse.begin

    def losing(*arguments: Any) -> Transaction:
        transaction = begin(*arguments)
        add = transaction.add

        def but_one(staged: StagedTable) -> int:
            fewer = compose("SELECT * FROM ({q}) OFFSET 1", q=staged.query)
            return add(StagedTable(staged.name, staged.columns, staged.rows, fewer))

        patch.setattr(type(transaction), "add", lambda _, staged: but_one(staged))
        return transaction

    patch.setattr(warehouse, "begin", losing)


def lost_at_the_end(patch: pytest.MonkeyPatch, warehouse: Destination) -> None:
    """On Snowflake rows reach their table last; somebody takes one from beside it."""
    commit = SnowflakeTransaction.commit

    def robbed(transaction: SnowflakeTransaction, load: Any) -> None:
        warehouse.query("DELETE FROM LOADER.STAGED0_TRACKS")
        commit(transaction, load)

    patch.setattr(SnowflakeTransaction, "commit", robbed)


FORGET = "DELETE FROM messages WHERE n = 0"


@pytest.mark.parametrize("plant", [lost_in_staging, lost_on_the_way])
def test_a_load_whose_counts_disagree_fails_and_leaves_nothing(
    warehouse: Destination, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plant: Plant
) -> None:
    assert_told_and_undone(warehouse, tmp_path, monkeypatch, plant)


def test_rows_that_get_lost_last_of_all_are_missed_too(
    on_snowflake: Destination, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_told_and_undone(on_snowflake, tmp_path, monkeypatch, lost_at_the_end)


def assert_told_and_undone(
    warehouse: Destination, folder: Path, monkeypatch: pytest.MonkeyPatch, plant: Plant
) -> None:
    log = given.MemoryLog([given.a_message(messageId=each) for each in ("m1", "m2")])

    with monkeypatch.context() as patch:
        plant(patch, warehouse)  # rows do not get lost in any other way
        with pytest.raises(CountsDisagree, match="undone as a whole; the log keeps the messages"):
            given.a_sync(log, warehouse, folder)

    assert (given.count(warehouse, "tracks"), warehouse.position("log")) == (0, 0)
    [(failure,)] = warehouse.query("SELECT error FROM loader.failures").rows
    assert "undone as a whole" in str(failure)
    assert given.a_sync(log, warehouse, folder).loaded == 2
    assert [each for each in folder.rglob("*") if each.is_file()] == []
    assert given.rows(warehouse, "tracks", "id") == [("m1",), ("m2",)]
