"""How long the pages of Insights take over many events, and what a load adds to their models.

python bench/insights.py --events 10000000
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import duckdb
from starlette.testclient import TestClient

from commandpost_telemetry.insights.own_shell import OwnShell
from commandpost_telemetry.insights.pages import SECTIONS
from commandpost_telemetry.insights.source import DuckDBSource
from commandpost_telemetry.insights.upkeep import Upkeep
from commandpost_telemetry.insights.web import create_insights
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination

LAST = datetime.now(UTC).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)  # noqa: TID251 - a benchmark of today
DAYS = 365
RANGES = {"28 days": "", "a year": f"?from={(LAST - timedelta(days=DAYS - 1)).date()}"}

# number i of n: spread over the days, each incident on one server, twelve events each
_EVENTS = """
CREATE TEMP TABLE made AS
SELECT
  printf('m%010d', $skip + i) AS id,
  printf('server%019d', (i // 12) % $servers) AS user_id,
  printf('incident%018d', ($skip + i) // 12) AS incident_id,
  printf('user%022d', (i // 12 * 7 + i % 5) % ($servers * 20)) AS user_actual_id,
  i % 12 AS place,
  CAST($first AS TIMESTAMP)
    + to_seconds(CAST((i // 12) * 12 * $seconds / $n + (i % 12) * 240 AS BIGINT)) AS happened,
  CASE WHEN i < $n * 0.4 THEN '0.4.0' WHEN i < $n * 0.8 THEN '0.5.0' ELSE '0.6.0' END AS version
FROM range($n) AS t(i)
"""
_COMMON = """
id, user_id, happened AS timestamp, happened AS original_timestamp, happened AS sent_at,
happened + INTERVAL 1 SECOND AS received_at,
GREATEST(happened + INTERVAL 20 MINUTE, CAST($loaded AS TIMESTAMP)) AS uuid_ts,
version AS plugin_version, '5.28.0' AS server_version, incident_id
"""
_TABLES = {
    "create_incident": "place = 0",
    "check_checklist_item": "place BETWEEN 1 AND 8",
    "uncheck_checklist_item": "place = 9",
    "add_checklist_item": "place = 10",
    "end_incident": "place = 11",
}


def fill(connection: duckdb.DuckDBPyConnection, count: int, skip: int, first: datetime) -> None:
    """Put events straight into the tables: the loader has a benchmark of its own."""
    seconds = (LAST - first).total_seconds()
    connection.execute(
        _EVENTS,
        {"n": count, "skip": skip, "servers": 2000, "first": first, "seconds": seconds},
    )
    loaded = {"loaded": first + timedelta(hours=3)}  # one load where the range is short
    for table, place in _TABLES.items():
        own = {
            "create_incident": ", user_actual_id AS commander_user_id, 8 AS total_checklist_items",
            "end_incident": ", user_actual_id, 9 AS total_checklist_items",
        }.get(table, ", user_actual_id")
        name = "".join(word.title() for word in table.split("_"))
        connection.execute(
            f"INSERT INTO {table} BY NAME SELECT {_COMMON}{own}, '{name}' AS event_text,"  # noqa: S608 - names of our own
            f" '{table}' AS event FROM made WHERE {place}",
            loaded,
        )
        connection.execute(
            "INSERT INTO tracks BY NAME SELECT id, user_id, happened AS timestamp,"  # noqa: S608 - as above
            f" '{name}' AS event_text,"
            " GREATEST(happened + INTERVAL 20 MINUTE, CAST($loaded AS TIMESTAMP)) AS uuid_ts"
            f" FROM made WHERE {place}",
            loaded,
        )
    connection.execute("DROP TABLE made")


def timed(run: Callable[[], object]) -> float:
    """Return how many seconds a call takes."""
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def _twice(source: DuckDBSource, address: str) -> tuple[float, float]:
    """Ask for a page of which nothing is remembered yet, and once more."""
    client = TestClient(create_insights(source, OwnShell()))
    assert client.get("/metrics").is_success
    return timed(lambda: client.get(address)), timed(lambda: client.get(address))


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--load", type=int, default=60_000, help="events of one more load")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        warehouse = DuckDBDestination(Path(folder) / "warehouse.duckdb")
        fill(warehouse.cursor(), asked.events, 0, LAST - timedelta(days=DAYS))
        source = DuckDBSource(warehouse.cursor)
        upkeep = Upkeep(source)
        print(f"{asked.events:,} events on 2,000 servers over a year, {os.cpu_count()} cores")
        print(f"{'models made':<34}{timed(upkeep.refresh):>9.2f} s")
        fill(warehouse.cursor(), asked.load, asked.events, LAST - timedelta(hours=2))
        print(f"{f'models after {asked.load:,} more':<34}{timed(upkeep.refresh):>9.2f} s")
        print(f"{'':<34}{'first':>9}{'again':>12}")
        for section in SECTIONS:
            for label, query in RANGES.items():
                address = f"/{section.path}{query}"
                pairs = [_twice(source, address) for _ in range(asked.rounds)]
                first, again = (median(times) * 1000 for times in zip(*pairs, strict=True))
                print(f"{f'{section.title}, {label}':<34}{first:>9.0f} ms{again:>9.0f} ms")
        warehouse.close()


if __name__ == "__main__":
    main()
