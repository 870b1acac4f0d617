"""What Prometheus reads of the sync, at the data plane's own address."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from commandpost_telemetry.collector.metrics import Metrics
from commandpost_telemetry.collector.sources import Sources
from commandpost_telemetry.collector.web import create_collector
from commandpost_telemetry.log.open import open_log
from commandpost_telemetry.log.rejects import Rejects
from commandpost_telemetry.warehouse.destinations.destination import Destination
from commandpost_telemetry.warehouse.destinations.errors import WarehouseError
from commandpost_telemetry.warehouse.syncing.metrics import SyncMetrics
from commandpost_telemetry.warehouse.syncing.namespaces import PartOfLog, Positions
from commandpost_telemetry.warehouse.syncing.sync import Sync
from tests.commandpost_telemetry.warehouse import given

Numbers = dict[tuple[str, str], float]


class Running:
    """A data plane and a sync that count into one registry."""

    def __init__(self, destination: Destination, folder: Path, stack: ExitStack) -> None:
        registry = CollectorRegistry()
        self._log = given.MemoryLog()
        positions = Positions(self._log)
        positions.note("log", 0)
        part = PartOfLog(self._log, positions, "log", bool)
        self.sync = Sync(part, destination, folder, metrics=SyncMetrics(registry))
        self._app = create_collector(
            stack.enter_context(closing(open_log(folder / "log"))),
            stack.enter_context(closing(Sources(folder / "sources.sqlite"))),
            stack.enter_context(closing(Rejects(folder / "rejects.sqlite"))),
            metrics=Metrics(registry),
            lags=positions.lags,
        )

    def take(self, *messages: dict[str, object]) -> None:
        self._log.append(messages)

    def page(self) -> str:
        async def get() -> str:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
                return (await client.get("/metrics")).text

        return asyncio.run(get())

    def numbers(self) -> Numbers:
        return {
            (sample.name, next(reversed(sample.labels.values()), "")): sample.value
            for family in text_string_to_metric_families(self.page())
            for sample in family.samples
        }


@pytest.fixture
def running(warehouse: Destination, tmp_path: Path, at_noon: datetime) -> Iterator[Running]:
    del at_noon
    with ExitStack() as stack:
        yield Running(warehouse, tmp_path, stack)


def test_what_was_loaded_is_counted_by_kind_outcome_and_reason(running: Running) -> None:
    first = given.a_message(messageId="m1", properties={"size": 1, "at": "2026-11-24"})
    misfit = given.a_message(messageId="m2", properties={"size": "huge", "at": "late"})
    running.take(first, misfit, given.a_message("identify"), given.a_message("merge"))
    running.sync.run()
    running.take(first)
    lag = running.numbers()["telemetry_reader_lag_entries", "log"]
    running.sync.run()

    found = running.numbers()
    assert lag == 1
    assert found["telemetry_reader_lag_entries", "log"] == 0
    assert found["telemetry_loads_total", "exported_data"] == 2
    assert found["telemetry_load_seconds_count", ""] == 2
    outcomes = ("loaded", "repeated", "rejected")
    assert [found["telemetry_load_messages_total", each] for each in outcomes] == [3, 1, 1]
    kinds = ("tracks", "event", "identifies", "users", "rudder_discards")
    assert [found["telemetry_load_rows_total", each] for each in kinds] == [2, 2, 1, 1, 2]
    reasons = ("not_int", "not_datetime")
    assert [found["telemetry_values_discarded_total", each] for each in reasons] == [1, 1]
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC).timestamp()
    assert found["telemetry_last_sync_success_timestamp_seconds", "log"] == noon


def test_held_tables_are_counted_until_they_are_skipped(
    running: Running, warehouse: Destination
) -> None:
    warehouse.query("CREATE TABLE main.sign_up (id VARCHAR, plan UUID)")
    signed = given.a_message(event="Sign Up", properties={"plan": "free"})
    running.take(signed, signed | {"messageId": "m2"})

    running.sync.run()
    held = running.numbers()
    running.sync.skip("sign_up")
    skipped = running.numbers()

    states = ("exporting_data", "exporting_data_failed", "aborted")
    assert [held["telemetry_held_tables", each] for each in states] == [0, 1, 0]
    assert held["telemetry_held_messages", "log"] == 2
    assert skipped["telemetry_held_tables", "exporting_data_failed"] == 0
    assert skipped["telemetry_held_messages", "log"] == 0


def test_a_load_that_fails_is_counted_and_moves_no_time(
    running: Running, warehouse: Destination
) -> None:
    warehouse.query("DROP TABLE loader.positions")

    with pytest.raises(WarehouseError):
        running.sync.run()

    warehouse.query("CREATE TABLE loader.positions (reader VARCHAR, position BIGINT)")
    found = running.numbers()
    assert found["telemetry_loads_total", "exporting_data_failed"] == 1
    assert ("telemetry_last_sync_success_timestamp_seconds", "log") not in found


def test_what_is_held_is_told_and_counted_whatever_fails_behind_the_loads(
    running: Running, warehouse: Destination
) -> None:
    warehouse.query("CREATE TABLE main.sign_up (id VARCHAR, plan UUID)")
    running.take(given.a_message(event="Sign Up", properties={"plan": "free"}))
    warehouse.query("ALTER TABLE loader.rejects RENAME TO elsewhere")

    outcome, error = running.sync.attempt()

    warehouse.query("ALTER TABLE loader.elsewhere RENAME TO rejects")
    found = running.numbers()
    assert (outcome.loads, outcome.held, error is None) == (1, {"sign_up": 1}, False)
    assert found["telemetry_held_messages", "log"] == 1


def test_every_number_says_what_it_is(running: Running) -> None:
    helped = {line.split()[2] for line in running.page().splitlines() if line.startswith("# HELP")}
    families = list(text_string_to_metric_families(running.page()))

    assert {"telemetry_loads_total", "telemetry_held_tables"} <= helped
    assert [each.name for each in families if not each.documentation.strip()] == []
