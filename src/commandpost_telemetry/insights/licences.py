"""Who bought the licence of a server: a list kept in the warehouse, imported from CSV."""

import csv
import io
from dataclasses import dataclass
from datetime import date

from commandpost_telemetry.insights.errors import BadFile
from commandpost_telemetry.insights.source import Source
from commandpost_telemetry.warehouse.schema.sql import Sql, compose, join, literal

COLUMNS = ("diagnostic_id", "licence_id", "customer", "edition", "starts_on", "ends_on")
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Licence:
    """One licence of one server."""

    diagnostic_id: str
    licence_id: str
    customer: str
    edition: str
    starts_on: date
    ends_on: date


def read_licences(text: str) -> list[Licence]:
    """Read the CSV whole; one wrong line refuses the file and names the line."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise BadFile(f"The first line must be “{','.join(COLUMNS)}”. Nothing was imported.")
    return [_licence(line, row) for line, row in enumerate(reader, start=2)]


def import_licences(source: Source, text: str) -> int:
    """Put the licences of the file in place of those that were there; return how many."""
    licences = read_licences(text)
    statements = ["DELETE FROM insights.licences"]
    for start in range(0, len(licences), _BATCH):
        rows = join(", ", (_row(licence) for licence in licences[start : start + _BATCH]))
        statements.append(compose("INSERT INTO insights.licences VALUES {rows}", rows=rows))
    source.change(statements)
    return len(licences)


def _licence(line: int, row: dict[str, str | None]) -> Licence:
    values = [(row.get(name) or "").strip() for name in COLUMNS]
    if not values[0] or not values[1] or None in row:
        raise BadFile(f"Line {line} lacks an id or has too many fields. Nothing was imported.")
    try:
        starts_on, ends_on = date.fromisoformat(values[4]), date.fromisoformat(values[5])
    except ValueError:
        raise BadFile(
            f"Line {line}: days are written as 2026-11-24. Nothing was imported."
        ) from None
    if starts_on > ends_on:
        raise BadFile(f"Line {line}: the licence ends before it starts. Nothing was imported.")
    return Licence(values[0], values[1], values[2], values[3] or "licensed", starts_on, ends_on)


def _row(licence: Licence) -> Sql:
    texts = (licence.diagnostic_id, licence.licence_id, licence.customer, licence.edition)
    days = (licence.starts_on.isoformat(), licence.ends_on.isoformat())
    return compose(
        "({texts}, CAST({first} AS DATE), CAST({last} AS DATE))",
        texts=join(", ", (literal(text) for text in texts)),
        first=literal(days[0]),
        last=literal(days[1]),
    )
