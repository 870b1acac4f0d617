"""The newest end of a log, for those who look at it; readers go by position instead."""

from collections import Counter
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from commandpost_telemetry.log.segments import UNREADABLE, Row, is_entry, list_segments

_NEWEST = """
SELECT position, source_id, received_at, count, body, checksum FROM entry
ORDER BY position DESC LIMIT ?
"""
_COUNTS = """
SELECT source_id, sum(count) FROM (
    SELECT source_id, received_at, count FROM entry ORDER BY position DESC LIMIT ?
) WHERE received_at >= ? GROUP BY source_id
"""
_LOOKED_AT = 50_000


def newest_rows(folder: Path, limit: int) -> list[Row]:
    """Return the newest entries, newest first."""
    rows: list[Row] = []
    for segment in reversed(list_segments(folder)):
        with suppress(*UNREADABLE), closing(segment.open_for_reading()) as connection:
            found = connection.execute(_NEWEST, (limit - len(rows),))
            rows += [row for row in found if is_entry(row)]
        if len(rows) >= limit:
            break
    return rows


def counts_since(folder: Path, since: datetime) -> Counter[str]:
    """Return how many events each source has sent since then, as far as the log still has them."""
    counts: Counter[str] = Counter()
    since_ms = int(since.timestamp() * 1000)
    for segment in reversed(list_segments(folder)):
        found: list[tuple[str, int]] = []
        with suppress(*UNREADABLE), closing(segment.open_for_reading()) as connection:
            found = connection.execute(_COUNTS, (_LOOKED_AT, since_ms)).fetchall()
        if not found:
            break
        counts.update(dict(found))
    return counts
