"""Keeps the models in the warehouse: made once, then only what new events have changed."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from commandpost_telemetry.catalogue.registry import all_events
from commandpost_telemetry.insights.models.catalogue import Model, all_models
from commandpost_telemetry.insights.models.dialects import rendered
from commandpost_telemetry.insights.quality import run_checks
from commandpost_telemetry.insights.questions import ask
from commandpost_telemetry.insights.source import Source
from commandpost_telemetry.rudder.naming import Naming
from commandpost_telemetry.warehouse.sql import Sql, compose, join, literal
from commandpost_telemetry.warehouse.tables import event_table

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
)
"""
_TABLES = """
SELECT LOWER(table_name) FROM information_schema.tables
WHERE LOWER(table_schema) = LOWER($events_schema)
"""
_STATE = "SELECT definition, built_up_to, events FROM insights.model_state"


@dataclass(frozen=True, slots=True)
class _State:
    definition: str
    built_up_to: datetime | None
    events: int


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

    def refresh(self) -> bool:
        """Bring the models up to the newest load; False as long as nothing was ever loaded."""
        if not self._event_tables_exist():
            return False
        with self._lock:
            count = self._count()
            state = self._state()
            if state and (state.definition, state.events) == (_definition(), count):
                return count > 0
            up_to = self._newest()
            self.source.change([*self._statements(state, count, up_to), *_mark(up_to, count)])
            if count:
                run_checks(self.source, self.sync_interval)
            self.changed()
        return count > 0

    def _statements(self, state: _State | None, count: int, up_to: datetime | None) -> list[str]:
        keeps = self.source.dialect == "duckdb"
        if state is None or state.definition != _definition() or count < state.events:
            return list(self._made_anew(keeps=keeps, count=count))
        if not keeps:
            return []  # views are always fresh
        if state.built_up_to is None or up_to is None:
            return list(self._made_anew(keeps=True, count=count))
        return list(self._brought_up(_New(state.built_up_to, up_to)))

    def _made_anew(self, *, keeps: bool, count: int) -> Iterator[str]:
        slices = -(-count // self.slice_events)
        for model in reversed(all_models()):
            kind = Sql("TABLE" if keeps and model.key else "VIEW")
            yield compose("DROP {kind} IF EXISTS {m}", kind=kind, m=_qualified(model.name))
        for model in all_models():
            if keeps and model.key:
                yield from (self._render(each) for each in _sliced(model, max(1, slices)))
            else:
                select = Sql(self._render(model.sql))
                yield compose("CREATE VIEW {m} AS {s}", m=_qualified(model.name), s=select)

    def _brought_up(self, new: "_New") -> Iterator[str]:
        """Yield what brings the kept models up to the newest load.

        The day from which on something changed keeps the older rows from being read again.
        """
        since = self._first_day(_FIRST_NEW, new)
        of_incidents = self._first_day(_FIRST_OF_INCIDENTS, new)
        earliest = {"incidents": of_incidents, "playbooks": date.min}
        for model in all_models():
            if model.key and since:
                first = _before(earliest.get(model.name) or since)
                for statement in _renewed(model, new, first):
                    yield self._render(statement)

    def _first_day(self, sql: str, new: "_New") -> date | None:
        found = ask(self.source, sql, {"after": new.after, "up_to": new.up_to}).rows[0][0]
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
        definition, up_to, events = rows[0]
        return _State(str(definition), up_to if isinstance(up_to, datetime) else None, _int(events))

    def _count(self) -> int:
        return _int(self.source.ask(self._render("SELECT COUNT(*) FROM tracks")).rows[0][0])

    def _newest(self) -> datetime | None:
        sql = self._render("SELECT CAST(MAX(t.uuid_ts) AS TIMESTAMP) FROM tracks AS t")
        found = self.source.ask(sql).rows[0][0]
        return found if isinstance(found, datetime) else None


def _sliced(model: Model, slices: int) -> Iterator[str]:
    """Yield how a kept model is made, some servers at a time: every key begins with a server."""
    for number in range(slices):
        yield compose(
            _SLICE,
            into=compose(
                "INSERT INTO {m}" if number else "CREATE TABLE {m} AS", m=_qualified(model.name)
            ),
            reads=Sql(model.reads),
            slices=literal(slices),
            number=literal(number),
            select=Sql(model.sql),
        )


@dataclass(frozen=True, slots=True)
class _New:
    """The loads that the models do not hold yet."""

    after: datetime
    up_to: datetime


def _before(day: date) -> date:
    """Return a day before any step that the day lies in, as far as there are days."""
    return max(date(1, 1, 1), day) - timedelta(days=31) if day.year > 1 else day


def _renewed(model: Model, new: _New, first: date) -> Iterator[str]:
    """Yield how a kept model is brought up: find the changed keys, remove them, make them anew."""
    same = [compose("s.{key} = c.{key}", key=Sql(key)) for key in model.key]
    since = compose("s.happened_at >= CAST({first} AS TIMESTAMP)", first=literal(str(first)))
    parts = {
        "model": _qualified(model.name),
        "keys": Sql(", ".join(model.key)),
        "same": join(" AND ", same),
        "from_day": since if model.reads == model.dirty else Sql("TRUE"),
        "dirty": Sql(model.dirty),
        "reads": Sql(model.reads),
        "after": literal(new.after.isoformat(sep=" ")),
        "up_to": literal(new.up_to.isoformat(sep=" ")),
        "select": Sql(model.sql),
    }
    for template in _RENEWAL.split(";"):
        yield compose(template, **parts)


_SLICE = """
{into} WITH {reads} AS (
    SELECT s.* FROM {reads} AS s WHERE HASH(s.server_id) % {slices} = {number}
)
SELECT * FROM ({select}) AS made
"""
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
_RENEWAL = """
CREATE OR REPLACE TEMP TABLE temp.changed AS
SELECT DISTINCT {keys} FROM {dirty}
WHERE loaded_at >= CAST({after} AS TIMESTAMP) AND loaded_at <= CAST({up_to} AS TIMESTAMP);
DELETE FROM {model} AS s WHERE EXISTS (SELECT 1 FROM temp.changed AS c WHERE {same});
INSERT INTO {model}
WITH {reads} AS (
    SELECT s.* FROM {reads} AS s
    WHERE {from_day} AND EXISTS (SELECT 1 FROM temp.changed AS c WHERE {same})
)
SELECT * FROM ({select}) AS made;
DROP TABLE temp.changed
"""


def _mark(up_to: datetime | None, count: int) -> list[str]:
    moment = literal(up_to.isoformat(sep=" ") if up_to else None)
    return [
        "DELETE FROM insights.model_state",
        compose(
            "INSERT INTO insights.model_state"
            " VALUES ({definition}, CAST({moment} AS TIMESTAMP), {n})",
            definition=literal(_definition()),
            moment=moment,
            n=literal(count),
        ),
    ]


def _definition() -> str:
    text = "".join(model.name + model.sql for model in all_models())
    return hashlib.sha256(text.encode()).hexdigest()


def _qualified(name: str) -> Sql:
    return compose("insights.{name}", name=Sql(name))


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0
