"""What each warehouse keeps, and where: days, schemas of sources."""

from datetime import datetime, timedelta
from pathlib import Path

from commandpost_telemetry.rudder.naming import Naming, namespace_name
from commandpost_telemetry.warehouse.destinations.destination import Destination
from commandpost_telemetry.warehouse.loading.options import Options
from commandpost_telemetry.warehouse.syncing.sync import Sync
from tests.commandpost_telemetry.warehouse import given
from tests.commandpost_telemetry.warehouse.syncing.test_retention import DAYS, some


def test_each_table_keeps_its_days_and_users_stay(
    warehouse: Destination, tmp_path: Path, at_noon: datetime
) -> None:
    given.by_hand(warehouse, "CREATE TABLE {table} (received_at TIMESTAMP)", "by_hand")
    given.by_hand(warehouse, "INSERT INTO {table} VALUES ('2020-01-01 00:00:00')", "by_hand")
    log = given.MemoryLog(some())

    outcome = Sync(log, warehouse, tmp_path, options=Options(retention=DAYS)).run()

    removed = {name.lower(): count for name, count in outcome.removed.items()}
    assert removed == {"sign_up": 3, "other": 2, "tracks": 2, "pages": 1, "identifies": 1}
    assert given.rows(warehouse, "sign_up", "id") == [("s0",)]
    assert given.rows(warehouse, "other", "id") == [("o0",), ("o5",)]
    assert given.rows(warehouse, "pages", "id") == [("p0",), ("p20",), ("p5",)]
    assert given.rows(warehouse, "users", "id") == [("u0",), ("u20",), ("u40",), ("u5",)]
    assert given.count(warehouse, "by_hand") == 1
    account = given.asked(
        warehouse,
        "SELECT removed_at, received_before, removed FROM loader.removals"
        " WHERE lower(table_name) = 'sign_up'",
    )
    midnight = at_noon.replace(hour=0, tzinfo=None)
    assert account == [(at_noon.replace(tzinfo=None), midnight - timedelta(days=3), 3)]


def test_putting_tables_in_order_keeps_every_row(warehouse: Destination, tmp_path: Path) -> None:
    log = given.MemoryLog([given.a_message(messageId="m0")])
    given.a_sync(log, warehouse, tmp_path)
    log.append([given.a_message(messageId="m1")])
    given.a_sync(log, warehouse, tmp_path)

    warehouse.compact()

    assert given.rows(warehouse, "tracks", "id") == [("m0",), ("m1",)]


def test_a_source_may_have_a_schema_of_its_own(warehouse: Destination, tmp_path: Path) -> None:
    name = namespace_name("My App2", warehouse.naming)
    inner = warehouse.within(name)
    mine, others = (
        given.MemoryLog([given.a_message(messageId=each, event="Sign Up")]) for each in ("m1", "m2")
    )

    of_mine = Sync(mine, inner, tmp_path, reader="log:mine").run()
    of_others = Sync(others, warehouse, tmp_path).run()

    assert name == ("MY_APP_2" if warehouse.naming is Naming.SNOWFLAKE else "my_app_2")
    assert given.tables(of_mine) == {"my_app_2.sign_up": 1, "my_app_2.tracks": 1}
    assert given.tables(of_others) == {"sign_up": 1, "tracks": 1}
    assert given.rows(inner, "sign_up", "id") == [("m1",)]
    assert given.rows(warehouse, "sign_up", "id") == [("m2",)]
    assert (warehouse.position("log:mine"), warehouse.position("log")) == (1, 1)
    assert "telemetry_events" not in {each.lower() for each in inner.schema()}
    assert given.count(inner, "telemetry_events") == 0
    inner.query(f'DROP SCHEMA "{name}" CASCADE')  # the next test finds it as new
