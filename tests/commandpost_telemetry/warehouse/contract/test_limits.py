"""What the fake of Snowflake cannot do. Each is still so: else its exception is to go.

The suite leaves these out on Snowflake alone: comments on columns (the statements are held against
the catalogue instead), times that are NULL (they are counted), and waiting for a lock (an
overtaken loader is tested without). What the service says on a bad day is said at the door.
"""

from collections.abc import Callable
from contextlib import closing

import pytest

from commandpost_telemetry.warehouse.destinations.errors import WarehouseUnavailable
from commandpost_telemetry.warehouse.destinations.snowflake.destination import SnowflakeDestination
from commandpost_telemetry.warehouse.destinations.snowflake.session import connected, run
from commandpost_telemetry.warehouse.schema.sql import Sql
from tests.commandpost_telemetry.warehouse.fake_snowflake import Snowflake

Probe = Callable[[SnowflakeDestination, str], object]


def comments_on_columns(warehouse: SnowflakeDestination, _: str) -> object:
    return warehouse.query(
        "SELECT COUNT(*) FROM INFORMATION_SCHEMA.COLUMNS"
        " WHERE TABLE_SCHEMA = 'EVENTS' AND COMMENT IS NOT NULL"
    ).rows == [(0,)]


def comments_on_views(warehouse: SnowflakeDestination, _: str) -> object:
    return (
        warehouse.query(
            "SELECT COMMENT FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME = 'TELEMETRY_EVENTS'"
        ).rows
        == []
    )


def comments_with_a_quote(_: SnowflakeDestination, address: str) -> object:
    with closing(connected(f"{address}&network_timeout=1")) as connection:
        try:
            run(connection, Sql("COMMENT ON TABLE EVENTS.TRACKS IS 'it''s'"))
        except WarehouseUnavailable as error:
            return "HTTP 500" in str(error)
        return False


def times_that_are_null(warehouse: SnowflakeDestination, _: str) -> object:
    [(found,)] = warehouse.query("SELECT CAST(NULL AS TIMESTAMP_TZ)").rows
    return str(found).startswith("1970-01-01")


def a_schema_named_main(warehouse: SnowflakeDestination, _: str) -> object:
    warehouse.query("CREATE TABLE IF NOT EXISTS MAIN.HIDDEN (ID VARCHAR)")
    return warehouse.query(
        "SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'MAIN'"
    ).rows == [(0,)]


def users_roles_and_warehouses(_: SnowflakeDestination, address: str) -> object:
    stranger = address.replace("fake:snow@", "stranger:wrong@") + "&role=NOBODY&warehouse=NONE"
    with closing(connected(stranger)) as connection:
        return run(connection, Sql("SELECT 1")) == [(1,)]


def the_case_of_names(warehouse: SnowflakeDestination, _: str) -> object:
    return warehouse.query('SELECT "id" FROM "events"."tracks"').rows == []


def ddl_that_commits_by_itself(_: SnowflakeDestination, address: str) -> object:
    with closing(connected(address)) as connection:
        for each in ("BEGIN", "CREATE TABLE EVENTS.UNDONE (ID NUMBER)", "ROLLBACK"):
            run(connection, Sql(each))
        return run(connection, Sql("SHOW TABLES LIKE 'UNDONE'")) == []


@pytest.mark.parametrize(
    "cannot",
    [
        comments_on_columns,
        comments_on_views,
        comments_with_a_quote,
        times_that_are_null,
        a_schema_named_main,
        users_roles_and_warehouses,
        the_case_of_names,
        ddl_that_commits_by_itself,
    ],
)
def test_the_fake_still_does_not_know(
    snowflake: Snowflake,
    opened_snowflake: SnowflakeDestination,
    snowflake_address: str,
    cannot: Probe,
) -> None:
    del snowflake  # it runs

    assert cannot(opened_snowflake, snowflake_address)
