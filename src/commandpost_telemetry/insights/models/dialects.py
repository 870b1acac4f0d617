"""One SQL for all: names get their schema, DuckDB's dialect becomes that of the warehouse."""

from functools import lru_cache

import sqlglot
from sqlglot import exp

from commandpost_telemetry.insights.models.catalogue import SCHEMA, all_models

_SCRATCH = "temp"  # the schema of tables that go with their connection
_SCRATCH_OF = {"duckdb": _SCRATCH, "postgres": "pg_temp", "snowflake": None}
KEPT_TABLES = ("licences", "quality_runs", "sendings")


@lru_cache(maxsize=512)
def rendered(sql: str, dialect: str, events_schema: str) -> str:
    """Return a statement of ours as the warehouse takes it, every relation with its schema."""
    tree = sqlglot.parse_one(sql, read="duckdb")
    ours = {model.name for model in all_models()} | set(KEPT_TABLES)
    local = {cte.alias for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if table.db == _SCRATCH:
            table.set("db", exp.to_identifier(_SCRATCH_OF[dialect]))
            continue
        if table.db or (table.name in local and not _reads_itself(table)):
            continue
        table.set("db", exp.to_identifier(SCHEMA if table.name in ours else events_schema))
    if dialect != "duckdb":
        for cte in tree.find_all(exp.CTE):
            cte.set("materialized", None)
    return tree.sql(dialect=dialect, pretty=True)


def _reads_itself(table: exp.Expression) -> bool:
    """Whether a CTE reads the relation whose name it has taken: the one below is meant."""
    cte = table.find_ancestor(exp.CTE)
    return cte is not None and cte.alias == table.name
