"""Asks the warehouse: a metric or a model, within a scope, on whatever speaks SQL."""

import re
from collections.abc import Mapping
from datetime import date, datetime

from commandpost_telemetry.insights.metrics.catalogue import Metric
from commandpost_telemetry.insights.models.dialects import rendered
from commandpost_telemetry.insights.scope import Scope
from commandpost_telemetry.insights.source import Answer, Parameter, Source

_NAMED = re.compile(r"\$([a-z_]+)")
_RELATIONS = (
    "incidents",
    "server_days",
    "user_days",
    "user_weeks",
    "user_months",
    "playbooks",
    "servers",
    "server_versions",
    "stg_events",
)
_BY_SERVER = "r.server_id = $server"
_BY_VERSION = "r.version = $version"
_BY_LICENCE = (
    "r.server_id IN (SELECT s.server_id FROM insights.servers AS s WHERE s.edition = $licence)"
)


def ask_metric(source: Source, metric: Metric, scope: Scope) -> Answer:
    """Answer a metric within the scope."""
    return ask(source, narrowed(metric.sql, scope), scope.parameters())


def ask(source: Source, sql: str, parameters: Mapping[str, Parameter]) -> Answer:
    """Answer a statement in DuckDB's dialect on the dialect of the source."""
    if source.dialect == "duckdb":
        used = {name: parameters[name] for name in set(_NAMED.findall(sql))}
        return source.ask(rendered(sql, "duckdb", source.events_schema), used)
    return source.ask(rendered(filled(sql, parameters), source.dialect, source.events_schema))


def sql_to_copy(source: Source, metric: Metric, scope: Scope) -> str:
    """Return the statement with its values written out, as it can be run by hand."""
    sql = filled(narrowed(metric.sql, scope), scope.parameters())
    return rendered(sql, source.dialect, source.events_schema)


def narrowed(sql: str, scope: Scope) -> str:
    """Put the filters around every relation that the statement reads, under its own name."""
    conditions = [
        condition
        for condition, wanted in (
            (_BY_SERVER, scope.server),
            (_BY_VERSION, scope.version),
            (_BY_LICENCE, scope.licence),
        )
        if wanted
    ]
    names = [name for name in _RELATIONS if re.search(rf"\b(FROM|JOIN) {name}\b", sql)]
    if not conditions or not names:
        return sql
    where = " AND ".join(conditions)
    parts = [
        " ".join((name, "AS NOT MATERIALIZED (SELECT r.* FROM", name, "AS r WHERE", where + ")"))
        for name in names
    ]
    ctes = ",\n".join(parts)
    rest = ",\n" + sql.removeprefix("WITH ") if sql.startswith("WITH ") else "\n" + sql
    return "WITH " + ctes + rest


def filled(sql: str, parameters: Mapping[str, Parameter]) -> str:
    """Write the values into the statement, quoted."""
    return _NAMED.sub(lambda match: _literal(parameters[match[1]]), sql)


def _literal(value: Parameter) -> str:
    if isinstance(value, datetime):
        return f"TIMESTAMP '{value.isoformat(sep=' ')}'"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, int):
        return str(value)
    return "'" + value.replace("'", "''") + "'"
