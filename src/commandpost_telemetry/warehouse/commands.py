"""What the command line may ask of the process that owns the warehouse; plain JSON in and out."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.kit.control import Answer, Ask, CommandFailed
from commandpost_telemetry.settings import Settings
from commandpost_telemetry.warehouse.destination import Destination
from commandpost_telemetry.warehouse.errors import WarehouseError
from commandpost_telemetry.warehouse.sync import Outcome

_LAST = "SELECT max(finished_at) FROM loader.loads"
_SYNCS = """
SELECT load_id, started_at, finished_at, messages, loaded, repeated, discarded, rejected
FROM loader.loads ORDER BY finished_at DESC, to_position DESC LIMIT 20
"""
_FAILURES = """
SELECT failed_at, from_position, error FROM loader.failures ORDER BY failed_at DESC LIMIT 20
"""
_DISCARDS = """
SELECT table_name, column_name, reason, count(*) AS discarded, min(column_value) AS sample,
    max(received_at) AS last_received_at
FROM main.rudder_discards GROUP BY table_name, column_name, reason
ORDER BY count(*) DESC, table_name, column_name, reason LIMIT 50
"""
_REJECTS = """
SELECT reason, count(*) AS rejected, min(message_id) AS sample, max(rejected_at) AS last
FROM loader.rejects GROUP BY reason ORDER BY count(*) DESC, reason LIMIT 50
"""


def warehouse_commands(
    destination: Destination,
    sync_now: Callable[[], Outcome],
    next_at: Callable[[], datetime | None],
) -> Mapping[str, Callable[[Ask], Answer]]:
    """Return the commands by name, for `control_routes` or to be called right here."""

    def sync(ask: Ask) -> Answer:
        due = next_at()
        if not ask.get("now") and due is not None and due > now():
            return plain({"due": False, "next_at": due})
        try:
            return plain(asdict(sync_now()))
        except WarehouseError as error:
            raise CommandFailed(str(error)) from error

    def syncs(_ask: Ask) -> Answer:
        return {
            "loads": table(destination, _SYNCS),
            "failures": table(destination, _FAILURES),
        }

    def discards(_ask: Ask) -> Answer:
        return {
            "discards": table(destination, _DISCARDS),
            "rejects": table(destination, _REJECTS),
        }

    return {"sync": sync, "syncs": syncs, "discards": discards}


def next_sync(settings: Settings, destination: Destination) -> datetime | None:
    """Return when the next sync is due where no schedule runs; None at once."""
    [(last,)] = destination.query(_LAST).rows
    if not isinstance(last, datetime):
        return None
    return last.replace(tzinfo=UTC) + timedelta(seconds=settings.sync_interval)


def table(destination: Destination, sql: str) -> list[Answer]:
    """Return the answer to a question as objects."""
    found = destination.query(sql)
    return [plain(dict(zip(found.columns, row, strict=True))) for row in found.rows]


def plain(values: Mapping[str, object]) -> Answer:
    """Return the values with times as RFC 3339."""
    return {
        key: value.isoformat() if isinstance(value, datetime) else value
        for key, value in values.items()
    }
