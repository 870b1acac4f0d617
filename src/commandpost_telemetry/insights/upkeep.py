"""Keeps the models in the warehouse: made once, then only what new events have changed."""

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from commandpost_telemetry.catalogue.registry import all_events
from commandpost_telemetry.insights.dbapi import POSTGRES
from commandpost_telemetry.insights.making import New, brought_up, made_anew
from commandpost_telemetry.insights.models.catalogue import all_models
from commandpost_telemetry.insights.models.dialects import rendered
from commandpost_telemetry.insights.quality import run_checks
from commandpost_telemetry.insights.questions import ask
from commandpost_telemetry.insights.remembered import LONGEST
from commandpost_telemetry.insights.source import Source
from commandpost_telemetry.rudder.naming import Naming
from commandpost_telemetry.warehouse.schema.sql import Sql, compose, literal
from commandpost_telemetry.warehouse.schema.tables import event_table

_GROUND = """
CREATE SCHEMA IF NOT EXISTS insights;
CREATE TABLE IF NOT EXISTS insights.licences (
    diagnostic_id VARCHAR(64), licence_id VARCHAR(64), customer VARCHAR(200),
    edition VARCHAR(64), starts_on DATE, ends_on DATE
);
CREATE TABLE IF NOT EXISTS insights.quality_runs (
    checked_at TIMESTAMP, check_name VARCHAR(64), verdict VARCHAR(16), found BIGINT,
    sentence VARCHAR(2000)
);
CREATE TABLE IF NOT EXISTS insights.sendings (
    week DATE, way VARCHAR(1000), state VARCHAR(16), tries BIGINT, changed_at TIMESTAMP,
    said VARCHAR(1000)
);
CREATE TABLE IF NOT EXISTS insights.model_state (
    definition VARCHAR(64), built_up_to TIMESTAMP, events BIGINT
);
ALTER TABLE insights.model_state ADD COLUMN IF NOT EXISTS removed_at TIMESTAMP
"""
_TABLES = """
SELECT LOWER(table_name) FROM information_schema.tables
WHERE LOWER(table_schema) = LOWER($events_schema)
"""
_KINDS = """
SELECT LOWER(table_name) AS name, 'TABLE' AS kind FROM information_schema.tables
WHERE LOWER(table_schema) = 'insights'
UNION ALL
SELECT LOWER(table_name) AS name, 'VIEW' AS kind FROM information_schema.views
WHERE LOWER(table_schema) = 'insights'
ORDER BY 2
"""
_STATE = "SELECT definition, built_up_to, events, removed_at FROM insights.model_state"
_REMOVED = "SELECT CAST(MAX(removed_at) AS TIMESTAMP) FROM loader.removals"

_FIRST_NEW = """
SELECT MIN(day) AS first_day FROM stg_events
WHERE loaded_at >= CAST($after AS TIMESTAMP) AND loaded_at <= CAST($up_to AS TIMESTAMP)
"""
_FIRST_OF_INCIDENTS = """
WITH changed AS (
    SELECT server_id, incident_id, MIN(day) AS first_day FROM stg_incident_events
    WHERE loaded_at >= CAST($after AS TIMESTAMP) AND loaded_at <= CAST($up_to AS TIMESTAMP)
    GROUP BY server_id, incident_id
)
SELECT MIN(LEAST(c.first_day, COALESCE(i.first_day, c.first_day))) AS first_day
FROM changed AS c
LEFT JOIN incidents AS i ON i.server_id = c.server_id AND i.incident_id = c.incident_id
"""


@dataclass(frozen=True, slots=True)
class _State:
    definition: str
    built_up_to: datetime | None
    events: int
    removed_at: datetime | None  # when rows were last removed by their age

    def grew_into(self, other: "_State") -> bool:
        """Whether rows were only added since, as far as counts and removals tell."""
        same = (self.definition, self.removed_at) == (other.definition, other.removed_at)
        return same and other.events >= self.events


@dataclass
class Upkeep:
    """Makes the models of one warehouse and keeps them fresh; one refresh at a time."""

    source: Source
    sync_interval: float = 1800.0  # seconds; how long an event may wait for its load
    changed: Callable[[], None] = lambda: None  # called after the models have changed
    slice_events: int = 2_500_000  # a kept model is made of so many at a time, to spare memory
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _has_tables: bool = False
    _has_ground: bool = False
    _seen_at: float = -LONGEST

    def ready(self) -> bool:
        """Whether there are models to show; counting on a server takes longer than a page may."""
        is_recent = time.monotonic() - self._seen_at < LONGEST
        return (is_recent and self.source.dialect != "duckdb") or self.refresh()

    def refresh(self) -> bool:
        """Bring the models up to the newest load; False as long as nothing was ever loaded."""
        if not self._event_tables_exist():
            return False
        with self._lock:
            made, here = self._state(), self._found()
            if made and made.grew_into(here) and made.events == here.events:
                return self._seen(here.events)
            self.source.change([*self._statements(made, here), *_mark(here)])
            if here.events:
                run_checks(self.source, self.sync_interval)
            self.changed()
            return self._seen(here.events)

    def _seen(self, count: int) -> bool:
        if count:
            self._seen_at = time.monotonic()
        return count > 0

    def _statements(self, made: _State | None, here: _State) -> list[str]:
        after, up_to = made.built_up_to if made else None, here.built_up_to
        if made is None or not made.grew_into(here) or after is None or up_to is None:
            return self._made_anew(here.events)
        return self._brought_up(after, up_to)

    def _made_anew(self, count: int) -> list[str]:
        found = ask(self.source, _KINDS, {}).rows
        kinds = {str(name): str(kind) for name, kind in found}
        is_sliced = self.source.dialect == "duckdb"  # the others mind their memory themselves
        slices = -(-count // self.slice_events) if is_sliced else 1
        statements = made_anew(kinds, slices, indexes=self.source.dialect == POSTGRES)
        return [self._render(each) for each in statements]

    def _brought_up(self, after: datetime, up_to: datetime) -> list[str]:
        """Return what brings the kept models up to the newest load.

        The day from which on something changed keeps the older rows from being read again.
        """
        since = self._first_day(_FIRST_NEW, after, up_to)
        if since is None:
            return []
        earliest = {
            "incidents": self._first_day(_FIRST_OF_INCIDENTS, after, up_to) or since,
            "playbooks": date.min,
        }
        first_days = {model.name: earliest.get(model.name, since) for model in all_models()}
        return [self._render(each) for each in brought_up(New(after, up_to, first_days))]

    def _first_day(self, sql: str, after: datetime, up_to: datetime) -> date | None:
        found = ask(self.source, sql, {"after": after, "up_to": up_to}).rows[0][0]
        return found if isinstance(found, date) else None

    def _render(self, sql: str) -> str:
        return rendered(sql, self.source.dialect, self.source.events_schema)

    def _event_tables_exist(self) -> bool:
        if not self._has_tables:
            needed = {event_table(e.definition.name, Naming.DUCKDB) for e in all_events()}
            answer = ask(self.source, _TABLES, {"events_schema": self.source.events_schema})
            self._has_tables = needed | {"tracks"} <= {str(row[0]) for row in answer.rows}
        return self._has_tables

    def _state(self) -> _State | None:
        if not self._has_ground:
            self.source.change(_GROUND.split(";"))
            self._has_ground = True
        rows = self.source.ask(_STATE).rows
        if not rows:
            return None
        definition, up_to, events, removed_at = rows[0]
        return _State(str(definition), _moment(up_to), _int(events), _moment(removed_at))

    def _found(self) -> _State:
        """Return what models that are made now would hold."""
        count = self._count()
        removed_at = _moment(self.source.ask(_REMOVED).rows[0][0])
        return _State(_definition(), self._newest(), count, removed_at)

    def _count(self) -> int:
        return _int(self.source.ask(self._render("SELECT COUNT(*) FROM tracks")).rows[0][0])

    def _newest(self) -> datetime | None:
        sql = self._render("SELECT CAST(MAX(t.uuid_ts) AS TIMESTAMP) FROM tracks AS t")
        return _moment(self.source.ask(sql).rows[0][0])


def _mark(state: _State) -> list[str]:
    return [
        "DELETE FROM insights.model_state",
        compose(
            "INSERT INTO insights.model_state (definition, built_up_to, events, removed_at) VALUES"
            " ({definition}, CAST({up_to} AS TIMESTAMP), {n}, CAST({removed_at} AS TIMESTAMP))",
            definition=literal(state.definition),
            up_to=_written(state.built_up_to),
            n=literal(state.events),
            removed_at=_written(state.removed_at),
        ),
    ]


def _definition() -> str:
    text = "".join(f"{model.name}{model.key}{model.asked_by}{model.sql}" for model in all_models())
    return hashlib.sha256(text.encode()).hexdigest()


def _written(at: datetime | None) -> Sql:
    return literal(at.isoformat(sep=" ") if at else None)


def _moment(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0
