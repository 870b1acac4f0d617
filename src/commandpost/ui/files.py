"""Answers that a browser saves as files; tables as CSV that spreadsheets open and never run."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeAlias
from urllib.parse import quote

from fastapi.responses import Response

from commandpost.ui.formats import iso

# What a spreadsheet would run: at the start, or where one that parts cells at semicolons, as those
# of Germans do, begins another.
FORMULA = re.compile(r'(^|[;\n\r])(?="*[=+\-@\t\r])')

Cell: TypeAlias = str | int | bool | datetime | None


def attachment(name: str, ending: str) -> dict[str, str]:
    """Return the header that saves an answer as a file of this name."""
    safe = "".join(c if c.isalnum() or c in " -_" else "-" for c in name).strip() or "file"
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(safe)}.{ending}"}


def csv_file(name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """Answer a table as a file."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([cell(value) for value in row] for row in rows)
    return Response(
        out.getvalue(), media_type="text/csv; charset=utf-8", headers=attachment(name, "csv")
    )


def cell(value: Cell) -> str:
    """Return a value as a cell; text is never one that a spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    return FORMULA.sub(r"\1'", value)
