"""The statements that make the models, and that bring up what new events have changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from commandpost_telemetry.insights.models.catalogue import Model, all_models
from commandpost_telemetry.warehouse.schema.sql import Sql, compose, join, literal

_SLICE = """
{into} WITH {reads} AS (
    SELECT s.* FROM {reads} AS s WHERE HASH(s.server_id) % {slices} = {number}
)
SELECT * FROM ({select}) AS made
"""
_CHANGED = """
CREATE TEMP TABLE temp.changed_{name} AS
SELECT DISTINCT {keys} FROM {dirty}
WHERE loaded_at >= CAST({after} AS TIMESTAMP) AND loaded_at <= CAST({up_to} AS TIMESTAMP)
"""
_RENEWAL = """
DELETE FROM insights.{name} USING temp.changed_{name} AS c WHERE {same};
INSERT INTO insights.{name}
WITH {reads} AS (
    SELECT s.* FROM {reads} AS s
    WHERE {from_day} AND EXISTS (SELECT 1 FROM temp.changed_{name} AS c WHERE {same_read})
)
SELECT * FROM ({select}) AS made
"""


@dataclass(frozen=True, slots=True)
class New:
    """The loads that the models do not hold yet."""

    after: datetime
    up_to: datetime
    first_days: Mapping[str, date]  # by model: older rows need not be read again


def made_anew(kinds: Mapping[str, str], slices: int, *, indexes: bool) -> Iterator[str]:
    """Yield what makes every model; `kinds`: those there, as VIEW or TABLE."""
    for model in reversed(all_models()):
        if model.name in kinds:
            kind = Sql(kinds[model.name])
            yield compose("DROP {kind} {m}", kind=kind, m=_qualified(model))
    for model in all_models():
        if model.key and slices > 1:
            yield from _sliced(model, slices)
        else:
            kind = Sql("TABLE" if model.key else "VIEW")
            select = Sql(model.sql)
            yield compose("CREATE {kind} {m} AS {s}", kind=kind, m=_qualified(model), s=select)
        for column in model.asked_by if indexes else ():
            yield compose("CREATE INDEX ON {m} ({c})", m=_qualified(model), c=Sql(column))


def _sliced(model: Model, slices: int) -> Iterator[str]:
    """Yield how a kept model is made, some servers at a time: every key begins with a server."""
    for number in range(slices):
        into = Sql("INSERT INTO {m}" if number else "CREATE TABLE {m} AS")
        yield compose(
            _SLICE,
            into=compose(into, m=_qualified(model)),
            reads=Sql(model.reads),
            slices=literal(slices),
            number=literal(number),
            select=Sql(model.sql),
        )


def brought_up(new: New) -> Iterator[str]:
    """Yield what finds the changed keys, then what removes them and makes them anew.

    The keys come first, since Snowflake commits whatever makes a table.
    """
    kept = [model for model in all_models() if model.key]
    yield from (compose(_CHANGED, **_parts(model, new)) for model in kept)
    yield "DELETE FROM insights.model_state"  # waits for another process that is at this too
    for model in kept:
        yield from (compose(each, **_parts(model, new)) for each in _RENEWAL.split(";"))


def _parts(model: Model, new: New) -> dict[str, Sql]:
    first = literal(str(_before(new.first_days[model.name])))
    since = compose("s.happened_at >= CAST({first} AS TIMESTAMP)", first=first)
    return {
        "name": Sql(model.name),
        "keys": Sql(", ".join(model.key)),
        "same": _same(model, model.name),
        "same_read": _same(model, "s"),
        "from_day": since if model.reads == model.dirty else Sql("TRUE"),
        "dirty": Sql(model.dirty),
        "reads": Sql(model.reads),
        "after": literal(new.after.isoformat(sep=" ")),
        "up_to": literal(new.up_to.isoformat(sep=" ")),
        "select": Sql(model.sql),
    }


def _same(model: Model, name: str) -> Sql:
    pairs = (compose("{n}.{key} = c.{key}", n=Sql(name), key=Sql(key)) for key in model.key)
    return join(" AND ", pairs)


def _before(day: date) -> date:
    """Return a day before any step that the day lies in, as far as there are days."""
    return max(date(1, 1, 1), day) - timedelta(days=31) if day.year > 1 else day


def _qualified(model: Model) -> Sql:
    return compose("insights.{name}", name=Sql(model.name))
