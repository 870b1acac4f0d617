"""Bad days: what others do to a warehouse meanwhile. Nothing is lost or loaded twice, anywhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from psycopg import sql
from snowflake.connector import SnowflakeConnection

from commandpost_telemetry.kit.clock import clock
from commandpost_telemetry.warehouse.destinations.destination import Destination
from commandpost_telemetry.warehouse.destinations.errors import WarehouseUnavailable
from commandpost_telemetry.warehouse.loading.states import State, list_held
from commandpost_telemetry.warehouse.syncing.sync import Sync
from tests.commandpost_telemetry.warehouse import given
from tests.commandpost_telemetry.warehouse.fake_snowflake import SIGN_IN, Snowflake
from tests.commandpost_telemetry.warehouse.lending import CUT, ROLE, USER, Admin

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)


@pytest.fixture
def altered(warehouse: Destination) -> Destination:
    """A warehouse in which somebody has made a column of `sign_up` something of their own."""
    given.by_hand(warehouse, "CREATE TABLE {table} (id VARCHAR, plan DATE)", "sign_up")
    return warehouse


def test_a_table_that_takes_nothing_is_held_until_it_is_skipped_and_stops_no_other(
    altered: Destination, tmp_path: Path, at_noon: datetime
) -> None:
    sync = Sync(given.sign_ups("a", "b"), altered, tmp_path)
    outcome = sync.run()

    [held] = list_held(altered)
    assert (outcome.loaded, outcome.rejected, given.held(outcome)) == (3, 0, {"sign_up": 2})
    assert given.tables(outcome) == {"tracks": 3, "something_done": 1}
    assert (given.name_of(held.table), held.messages, held.state) == ("sign_up", 2, State.FAILED)
    assert (held.attempts, held.next_at) == (1, at_noon + timedelta(seconds=60))
    assert "sign_up: " in held.error.lower()
    assert (sync.skip(held.table), sync.skip(held.table), list_held(altered)) == (2, 0, [])
    assert altered.query("SELECT message_id, reason FROM loader.rejects ORDER BY 1").rows == [
        (f"m{n}", f"Skipped by hand: {held.table} did not take it.") for n in range(2)
    ]


def test_a_held_table_gets_what_it_missed_when_it_is_tried_again(
    altered: Destination, tmp_path: Path, at_noon: datetime
) -> None:
    log = given.sign_ups("a", "b")
    sync = Sync(log, altered, tmp_path)
    sync.run()
    log.append([given.a_message(messageId="m2", event="Sign Up", properties={"plan": "c"})])
    log.append([given.a_message(messageId="m0", event="Sign Up", properties={"plan": "a"})])
    given.by_hand(altered, "ALTER TABLE {table} DROP COLUMN plan", "sign_up")
    given.by_hand(altered, "ALTER TABLE {table} ADD COLUMN plan VARCHAR", "sign_up")
    early = sync.run()
    [held] = list_held(altered)

    outcome = sync.retry(held.table)

    assert (given.tables(early), held.messages) == ({"tracks": 1}, 3)
    assert (given.tables(outcome), outcome.held, list_held(altered)) == ({"sign_up": 3}, {}, [])
    assert given.rows(altered, "sign_up", "id", "plan") == [("m0", "a"), ("m1", "b"), ("m2", "c")]


def test_a_table_that_was_altered_by_hand_is_filled_as_far_as_it_goes(
    warehouse: Destination, tmp_path: Path
) -> None:
    log = given.MemoryLog([given.a_message(messageId="m1", properties={"n": 1, "gone": 1})])
    given.a_sync(log, warehouse, tmp_path)
    for change in (
        "DROP COLUMN gone",
        "DROP COLUMN n",
        "ADD COLUMN n VARCHAR",
        "ADD COLUMN extra DECIMAL(9, 2)",
    ):
        given.by_hand(warehouse, "ALTER TABLE {table} " + change, "something_done")
    log.append([given.a_message(messageId="m2", properties={"n": 2, "gone": 2})])

    outcome = given.a_sync(log, warehouse, tmp_path)

    assert given.tables(outcome) == {"something_done": 1, "tracks": 1}
    found = given.rows(warehouse, "something_done", "n", "gone", "extra")
    assert found == [(None, None, None), ("2", 2, None)]


@pytest.mark.parametrize(
    ("fixture", "step"),
    [
        ("in_memory", "known"),
        ("on_postgres", "known"),
        ("in_memory", "begin"),
        ("on_postgres", "begin"),
        ("on_snowflake", "begin"),
    ],
)
def test_a_table_that_is_dropped_between_two_steps_gets_what_comes(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    at_noon: datetime,
    monkeypatch: pytest.MonkeyPatch,
    fixture: str,
    step: str,
) -> None:
    warehouse: Destination = request.getfixturevalue(fixture)
    log = given.MemoryLog(given.a_pair(0))
    sync = Sync(log, warehouse, tmp_path)
    sync.run()
    log.append(given.a_pair(1))
    next_step = getattr(warehouse, step)

    def dropped(*arguments: object) -> object:
        """Do the step after somebody has dropped the table."""
        given.by_hand(warehouse, "DROP TABLE IF EXISTS {table}", "sign_up")
        return next_step(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(warehouse, step, dropped)  # else nobody comes between two steps in time
        sync.run()
    clock.set(at_noon + DAY)
    sync.run()

    assert given.rows(warehouse, "sign_up", "id", "plan") == [("s1", "p1")]
    assert [each for (each,) in given.rows(warehouse, "other", "id")] == ["o0", "o1"]
    assert warehouse.query("SELECT count(*) FROM loader.held").rows == [(0,)]


Day = Callable[[pytest.FixtureRequest, Destination], Iterator[None]]


def memory_is_short(_: pytest.FixtureRequest, warehouse: Destination) -> Iterator[None]:
    warehouse.query("SET GLOBAL memory_limit = '1MB'")
    yield
    warehouse.query("SET GLOBAL memory_limit = '512MB'")


def _taken(request: pytest.FixtureRequest, right: str, given_back: str) -> Iterator[None]:
    admin: Admin = request.getfixturevalue("admin")
    admin(sql.SQL("ALTER ROLE {} " + right).format(ROLE))
    admin(sql.SQL(CUT).format(USER))
    yield
    admin(sql.SQL("ALTER ROLE {} " + given_back).format(ROLE))


def credentials_are_revoked(request: pytest.FixtureRequest, _: Destination) -> Iterator[None]:
    yield from _taken(request, "NOLOGIN", "LOGIN")


def quota_is_used_up(request: pytest.FixtureRequest, _: Destination) -> Iterator[None]:
    yield from _taken(request, "CONNECTION LIMIT 0", "CONNECTION LIMIT -1")


def disk_is_full(_: pytest.FixtureRequest, warehouse: Destination) -> Iterator[None]:
    """The server says what it says then; a disk of its own to fill takes the rights of root."""
    warehouse.query(
        "CREATE FUNCTION main.fill() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION"
        " 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$"
    )
    warehouse.query("CREATE TRIGGER fill BEFORE INSERT ON main.other EXECUTE FUNCTION main.fill()")
    yield
    warehouse.query("DROP TRIGGER fill ON main.other")


def _said(request: pytest.FixtureRequest, code: str, message: str, to: str) -> Iterator[None]:
    snowflake: Snowflake = request.getfixturevalue("snowflake")
    with snowflake.door.saying(message, code=code, to=to):
        yield


def user_is_dropped(request: pytest.FixtureRequest, _: Destination) -> Iterator[None]:
    snowflake: Snowflake = request.getfixturevalue("snowflake")
    refused = "Incorrect username or password was specified."
    snowflake.end_sessions()
    with snowflake.door.saying(refused, code="390100", path=SIGN_IN):
        yield


def credits_are_used_up(request: pytest.FixtureRequest, _: Destination) -> Iterator[None]:
    message = "Warehouse 'W' cannot be resumed because resource monitor 'M' has exceeded its quota."
    yield from _said(request, "90073", message, "COPY INTO|INSERT INTO|COUNT")


def service_is_broken(request: pytest.FixtureRequest, _: Destination) -> Iterator[None]:
    yield from _said(request, "603", "Processing aborted by error 300005", "COPY INTO")


def service_hangs(request: pytest.FixtureRequest, _: Destination) -> Iterator[None]:
    """Patience is short only for as long: a busy machine may be slow to answer."""
    with pytest.MonkeyPatch.context() as patch:
        for patience in ("socket_timeout", "network_timeout"):
            patch.setattr(SnowflakeConnection, patience, 1)
        yield from _said(request, "", "", "COPY INTO")


@pytest.mark.parametrize(
    ("fixture", "day"),
    [
        ("in_memory", memory_is_short),
        ("lent", credentials_are_revoked),
        ("lent", quota_is_used_up),
        ("lent", disk_is_full),
        ("on_snowflake", user_is_dropped),
        ("on_snowflake", credits_are_used_up),
        ("on_snowflake", service_is_broken),
        ("on_snowflake", service_hangs),
    ],
)
def test_what_a_bad_day_has_stopped_is_loaded_on_the_next(
    request: pytest.FixtureRequest, tmp_path: Path, fixture: str, day: Day
) -> None:
    warehouse: Destination = request.getfixturevalue(fixture)
    log = given.MemoryLog(given.a_pair(0))
    sync = Sync(log, warehouse, tmp_path)
    sync.run()
    log.append(given.a_pair(1))

    with (
        contextmanager(day)(request, warehouse),
        pytest.raises(WarehouseUnavailable, match="the log keeps the messages"),
    ):
        sync.run()
    outcome = sync.run()

    assert (outcome.loaded, outcome.repeated, outcome.held) == (2, 0, {})
    given.assert_all_there_once(warehouse, 2)
