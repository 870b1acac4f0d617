"""Numbers to take away: CSV that a spreadsheet opens, Parquet with types, JSON for programs."""

import csv
import io
import re
import tempfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import duckdb
import msgspec

from commandpost_telemetry.insights.metrics.catalogue import Metric
from commandpost_telemetry.insights.models.catalogue import Model
from commandpost_telemetry.insights.panels import Suppression, hidden_rows, without
from commandpost_telemetry.insights.questions import ask, ask_metric
from commandpost_telemetry.insights.scope import Scope
from commandpost_telemetry.insights.source import Answer, Cell, Source
from commandpost_telemetry.warehouse.schema.sql import Sql, compose, ident, join

CONTENT_TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
# What a spreadsheet would run: at the start, or where one that parts cells at semicolons, as those
# of Germans do, begins another.
_FORMULA = re.compile(r'(^|[;\n\r])(?="*[=+\-@\t\r])')


def metric_file(
    source: Source, metric: Metric, scope: Scope, kind: str, suppression: Suppression
) -> bytes:
    """Return the answer of a metric as a file; counts too small to show are left out."""
    answer = ask_metric(source, metric, scope)
    return written(without(answer, hidden_rows(metric, answer, suppression)), kind)


def model_file(source: Source, model: Model, kind: str, suppression: Suppression) -> bytes:
    """Return a whole model as a file: it has a row for each server, or more."""
    suppression.guard_single()
    return written(ask(source, compose("SELECT * FROM {model}", model=ident(model.name)), {}), kind)


def written(answer: Answer, kind: str) -> bytes:
    """Return an answer in the form of the file name's end."""
    ways = {"csv": as_csv, "parquet": as_parquet, "json": as_json}
    return ways[kind](answer)


def as_json(answer: Answer) -> bytes:
    """Return a list of objects, one for each row."""
    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    return msgspec.json.encode({"items": rows, "total_count": len(rows)})


def as_csv(answer: Answer) -> bytes:
    """Return CSV with a line of headings; no cell can be taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(answer.columns)
    writer.writerows([_plain(value) for value in row] for row in answer.rows)
    return out.getvalue().encode()


def as_parquet(answer: Answer) -> bytes:
    """Return Parquet, written by a DuckDB of its own."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as made:
        path = Path(folder) / "answer.parquet"
        columns = [
            compose("{name} {type}", name=ident(name), type=_type([row[i] for row in answer.rows]))
            for i, name in enumerate(answer.columns)
        ]
        made.execute(compose("CREATE TABLE answer ({columns})", columns=join(", ", columns)))
        if answer.rows:
            marks = Sql(", ".join("?" * len(answer.columns)))
            insert = compose("INSERT INTO answer VALUES ({marks})", marks=marks)
            made.executemany(insert, answer.rows)
        made.execute("COPY answer TO $path (FORMAT parquet)", {"path": str(path)})
        return path.read_bytes()


_TYPES = {
    frozenset({int}): Sql("BIGINT"),
    frozenset({float}): Sql("DOUBLE"),
    frozenset({int, float}): Sql("DOUBLE"),
    frozenset({bool}): Sql("BOOLEAN"),
    frozenset({date}): Sql("DATE"),
    frozenset({datetime}): Sql("TIMESTAMP"),
}


def _type(values: Sequence[Cell]) -> Sql:
    kinds = frozenset(type(value) for value in values if value is not None)
    return _TYPES.get(kinds, Sql("VARCHAR"))


def _plain(value: Cell) -> Cell:
    if isinstance(value, str):
        return _FORMULA.sub(r"\1'", value)
    return "" if value is None else value
