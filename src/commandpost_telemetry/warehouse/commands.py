"""What the command line may ask of the process that owns the warehouse; plain JSON in and out."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Protocol

from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.kit.control import Answer, Ask, CommandFailed
from commandpost_telemetry.settings import Settings
from commandpost_telemetry.warehouse.connect import calendar_of
from commandpost_telemetry.warehouse.destinations.destination import Destination
from commandpost_telemetry.warehouse.destinations.errors import WarehouseError
from commandpost_telemetry.warehouse.listings.listing import AskSql
from commandpost_telemetry.warehouse.listings.listings import listings
from commandpost_telemetry.warehouse.syncing.outcome import Outcome

_SYNCS = ("held", "loads", "steps", "failures", "archived")
_LAST = "SELECT max(finished_at) FROM loader.loads"


class Retriable(Protocol):
    """What may be done about tables that are held."""

    def retry(self, table: str = "") -> Outcome: ...
    def skip(self, table: str) -> int: ...


def warehouse_commands(
    question: AskSql,
    tables: Retriable,
    sync_now: Callable[[], Outcome],
    next_at: Callable[[], datetime | None],
) -> Mapping[str, Callable[[Ask], Answer]]:
    """Return the commands by name, for `control_routes` or to be called right here."""

    def run(ask: Ask) -> Answer:
        due = next_at()
        if not ask.get("now") and due is not None and due > now():
            return plain({"due": False, "next_at": due})
        return plain(asdict(sync_now()))

    def syncs(_ask: Ask) -> Answer:
        return {name: _listed(question, name) for name in _SYNCS}

    def discards(_ask: Ask) -> Answer:
        return {name: _listed(question, name) for name in ("discards", "rejects", "dropped")}

    def retry(ask: Ask) -> Answer:
        return plain(asdict(tables.retry(str(ask.get("table", "")))))

    def skip(ask: Ask) -> Answer:
        return {"skipped": tables.skip(str(ask["table"]))}

    commands = {"sync": run, "syncs": syncs, "discards": discards, "retry": retry, "skip": skip}
    return {name: _told(command) for name, command in commands.items()}


def _told(command: Callable[[Ask], Answer]) -> Callable[[Ask], Answer]:
    """Turn what the warehouse refuses into a sentence for who asked."""

    def told(ask: Ask) -> Answer:
        try:
            return command(ask)
        except WarehouseError as error:
            raise CommandFailed(str(error)) from error

    return told


def _listed(question: AskSql, name: str) -> list[Answer]:
    listing = next(each for each in listings if each.name == name)
    rows = listing.read(question)
    return [plain(dict(zip(listing.columns, row, strict=True))) for row in rows]


def next_sync(settings: Settings, destination: Destination) -> datetime | None:
    """Return when the next sync is due where no schedule runs; None at once."""
    [(last,)] = destination.query(_LAST).rows
    if not isinstance(last, datetime):
        return None
    return calendar_of(settings).following(last.replace(tzinfo=UTC))


def plain(values: Mapping[str, object]) -> Answer:
    """Return the values with times as RFC 3339."""
    return {
        key: value.isoformat() if isinstance(value, datetime) else value
        for key, value in values.items()
    }
