"""Keeps the models in the warehouse: made once, then only what new events have changed."""

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from commandpost_telemetry.catalogue.registry import all_events
from commandpost_telemetry.insights.models.catalogue import Model, all_models
from commandpost_telemetry.insights.models.dialects import rendered
from commandpost_telemetry.insights.quality import run_checks
from commandpost_telemetry.insights.questions import ask
from commandpost_telemetry.insights.source import Source
from commandpost_telemetry.rudder.naming import Destination
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
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _has_tables: bool = False

    def refresh(self) -> bool:
        """Bring the models up to the newest load; False as long as nothing was ever loaded."""
        if not self._event_tables_exist():
            return False
        with self._lock:
            count = self._count()
            state = self._state()
            if state and (state.definition, state.events) == (_definition(), count):
                return True
            up_to = self._newest()
            self.source.change([*self._statements(state, count), *_mark(up_to, count)])
            run_checks(self.source, self.sync_interval)
        return True

    def _statements(self, state: _State | None, count: int) -> list[str]:
        keeps = self.source.dialect == "duckdb"
        if state is None or state.definition != _definition() or count < state.events:
            return list(self._made_anew(keeps=keeps))
        if not keeps or state.built_up_to is None:
            return [] if not keeps else list(self._made_anew(keeps=True))
        return list(self._brought_up(state.built_up_to))

    def _made_anew(self, *, keeps: bool) -> Iterator[str]:
        for template, models in (
            ("DROP {kind} IF EXISTS {model}", tuple(reversed(all_models()))),
            ("CREATE {kind} {model} AS {select}", all_models()),
        ):
            for model in models:
                yield compose(
                    template,
                    kind=Sql("TABLE" if keeps and model.key else "VIEW"),
                    model=_qualified(model.name),
                    select=Sql(self._render(model.sql)),
                )

    def _brought_up(self, since: datetime) -> Iterator[str]:
        for model in all_models():
            if not model.key:
                continue
            for statement in _renewed(model, since):
                yield self._render(statement)

    def _render(self, sql: str) -> str:
        return rendered(sql, self.source.dialect, self.source.events_schema)

    def _event_tables_exist(self) -> bool:
        if not self._has_tables:
            needed = {event_table(e.definition.name, Destination.DUCKDB) for e in all_events()}
            answer = ask(self.source, _TABLES, {"events_schema": self.source.events_schema})
            self._has_tables = needed | {"tracks"} <= {str(row[0]) for row in answer.rows}
        return self._has_tables

    def _state(self) -> _State | None:
        self.source.change(_GROUND.split(";"))
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


def _renewed(model: Model, since: datetime) -> Iterator[str]:
    """Yield how a kept model is brought up: find the changed keys, remove them, make them anew."""
    same = [compose("s.{key} = c.{key}", key=Sql(key)) for key in model.key]
    parts = {
        "model": _qualified(model.name),
        "keys": Sql(", ".join(model.key)),
        "same": join(" AND ", same),
        "dirty": Sql(model.dirty),
        "reads": Sql(model.reads),
        "since": literal(since.isoformat(sep=" ")),
        "select": Sql(model.sql),
    }
    for template in _RENEWAL.split(";"):
        yield compose(template, **parts)


_RENEWAL = """
CREATE OR REPLACE TEMP TABLE temp.changed AS
SELECT DISTINCT {keys} FROM {dirty} WHERE loaded_at >= CAST({since} AS TIMESTAMP);
DELETE FROM {model} AS s WHERE EXISTS (SELECT 1 FROM temp.changed AS c WHERE {same});
INSERT INTO {model}
WITH {reads} AS (
    SELECT s.* FROM {reads} AS s WHERE EXISTS (SELECT 1 FROM temp.changed AS c WHERE {same})
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
