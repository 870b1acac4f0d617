"""From the log to tables: everything once, whatever is repeated, whatever breaks on the way."""

from datetime import UTC, datetime
from pathlib import Path

from typing_extensions import override

from commandpost_telemetry.log.entry import Entry
from commandpost_telemetry.warehouse.destinations.destination import Destination
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination
from tests.commandpost_telemetry.warehouse import given


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


def test_a_file_keeps_what_was_loaded(tmp_path: Path, at_noon: datetime) -> None:
    path = tmp_path / "deep" / "warehouse.duckdb"
    first = DuckDBDestination(path)
    given.loaded(first, tmp_path, given.a_message(messageId="m1", event="CreateIncident"))
    first.close()

    second = DuckDBDestination(path)
    log = given.MemoryLog([given.a_message(messageId="m1", event="CreateIncident")])
    outcome = given.a_sync(log, second, tmp_path)
    loads = second.query("SELECT started_at, loaded FROM loader.loads").rows
    second.close()

    assert (outcome.loads, loads) == (0, [(at_noon.astimezone(UTC).replace(tzinfo=None), 1)])


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
