"""What the page about the data plane shows, read from log, sources and rejects."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from commandpost_telemetry.collector.sources import Sources
from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.kit.formats import local_time, marked
from commandpost_telemetry.kit.words import _
from commandpost_telemetry.log.errors import LogUnavailableError
from commandpost_telemetry.log.log import Log
from commandpost_telemetry.log.rejects import Rejects

EVENTS = 20
REJECTS = 25
_MINUTES = 5


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One sender."""

    name: str
    is_enabled: bool
    is_from_settings: bool
    is_own: bool
    per_minute: str
    added: str
    last_seen: str


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event as it lies in the log."""

    received: str
    source: str
    kind: str
    name: str
    message_id: str
    content: str


@dataclass(frozen=True, slots=True)
class RejectLine:
    """One thing that could not be taken."""

    at: str
    source: str
    reason: str
    size: int
    content: str


@dataclass(frozen=True, slots=True)
class DataPlanePage:
    """The whole page."""

    base: str
    trouble: str
    damaged: int
    notice: str
    new_key: str
    error: str
    may_change: bool
    sources: list[SourceLine]
    events: list[EventLine]
    rejects: list[RejectLine]
    reject_count: int
    search: str
    older: int | None
    log_size: str


@dataclass(frozen=True, slots=True)
class Told:
    """What the page says about a deed just done."""

    notice: str = ""
    new_key: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """Which rejects are looked for."""

    search: str = ""
    before: int | None = None


class Reading:
    """Reads everything that the page shows."""

    def __init__(self, log: Log, sources: Sources, rejects: Rejects) -> None:
        self._log = log
        self._sources = sources
        self._rejects = rejects

    def page(self, base: str, told: Told, looked: Looked, *, may_change: bool) -> DataPlanePage:
        """Return the page."""
        found = self._rejects.search(looked.search, limit=REJECTS, before=looked.before)
        return DataPlanePage(
            base=base,
            trouble=self._trouble(),
            damaged=self._log.damaged_files(),
            notice=told.notice,
            new_key=told.new_key,
            error=told.error,
            may_change=may_change,
            sources=self._source_lines(),
            events=list(self._event_lines())[:EVENTS],
            rejects=[
                RejectLine(
                    _moment(each.at),
                    each.source_id,
                    each.reason,
                    each.size,
                    each.body.decode("utf-8", "replace"),
                )
                for each in found
            ],
            reject_count=self._rejects.count(),
            search=looked.search,
            older=found[-1].id if len(found) == REJECTS else None,
            log_size=_size(self._log.backlog_bytes()),
        )

    def _trouble(self) -> str:
        """Return why nothing is taken, as whoever sends is told."""
        try:
            self._log.check()
        except LogUnavailableError as error:
            return str(error)
        return ""

    def _source_lines(self) -> list[SourceLine]:
        counts = self._log.counts_since(now() - timedelta(minutes=_MINUTES))
        return [
            SourceLine(
                name=source.id,
                is_enabled=source.is_enabled,
                is_from_settings=source.is_from_settings,
                is_own=self._sources.is_own(source.id),
                per_minute=marked(f"{counts[source.id] / _MINUTES:,.1f}"),
                added=_moment(source.created_at),
                last_seen=_moment(source.last_seen),
            )
            for source in self._sources.list_sources()
        ]

    def _event_lines(self) -> Iterator[EventLine]:
        for entry in self._log.newest(EVENTS):
            for line in reversed(entry.lines.splitlines()[-EVENTS:]):
                message = json.loads(line)
                yield EventLine(
                    received=_moment(entry.received_at),
                    source=entry.source_id,
                    kind=str(message.get("type", "")),
                    name=str(message.get("event") or message.get("name") or ""),
                    message_id=str(message.get("messageId", "")),
                    content=json.dumps(message, indent=2, ensure_ascii=False),
                )


def _moment(at: datetime | None) -> str:
    return _("never") if at is None else local_time(at, to_the_second=True)


def _size(size: int) -> str:
    return marked(f"{size / (1 << 20):,.1f} MiB")
