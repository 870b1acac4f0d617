"""Log entries into a table of messages: one row each, still with their documents as JSON."""

import os
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from pathlib import Path
from uuid import uuid4

from duckdb import DuckDBPyConnection

from commandpost_telemetry.kit.control import is_alive
from commandpost_telemetry.log.entry import Entry
from commandpost_telemetry.warehouse.schema.sql import Sql, compose, literal, moment

_SMALLEST_OBJECT = 1 << 20

_CREATE = """
CREATE OR REPLACE TEMP TABLE messages AS
WITH read AS (
    SELECT *, row_number() OVER () - 1 AS n FROM read_json({path},
        format = 'newline_delimited', ignore_errors = true,
        maximum_object_size = {largest}, columns = {{
        'type': 'VARCHAR', 'messageId': 'VARCHAR',
        'event': 'JSON', 'name': 'JSON', 'userId': 'JSON', 'anonymousId': 'JSON',
        'groupId': 'JSON', 'previousId': 'JSON', 'channel': 'JSON', 'request_ip': 'JSON',
        'properties': 'JSON', 'userProperties': 'JSON', 'traits': 'JSON', 'context': 'JSON',
        'originalTimestamp': 'VARCHAR', 'sentAt': 'VARCHAR', 'timestamp': 'VARCHAR',
        'receivedAt': 'VARCHAR' }})
), received AS (
    SELECT *, coalesce(lenient_time("receivedAt"), {now}) AS received FROM read
), timed AS (
    SELECT *, coalesce(lenient_time("originalTimestamp"), received) AS original,
        coalesce(lenient_time("sentAt"), received) AS sent FROM received
)
SELECT n, "type" AS message_type, "messageId" AS id, scalar("event") AS event_text,
    scalar("anonymousId") AS anonymous_id, scalar("userId") AS user_id,
    scalar("channel") AS channel, scalar("groupId") AS group_id,
    scalar("previousId") AS previous_id,
    coalesce(scalar("name"), scalar(json_extract("properties", '/name'))) AS name,
    received AS received_at, original AS original_timestamp, sent AS sent_at,
    coalesce(lenient_time("timestamp"), in_range(received - (sent - original)), received)
        AS "timestamp",
    coalesce(scalar(json_extract("context", '/ip')), scalar("request_ip")) AS context_ip,
    scalar("request_ip") AS context_request_ip,
    scalar(json_extract("context", '/ip')) AS context_passed_ip,
    source_id AS context_source_id,
    "properties" AS properties, "userProperties" AS user_properties, "traits" AS traits,
    "context" AS context
FROM timed {senders}
"""
_SENDERS = """
CREATE OR REPLACE TEMP TABLE senders AS
SELECT unnest($firsts::BIGINT[]) AS first_n, unnest($sources::VARCHAR[]) AS source_id
"""
_ONE_SENDER = Sql("CROSS JOIN senders")
_SOME_SENDERS = Sql("ASOF JOIN senders ON n >= first_n")  # a tenth of the whole load's time


@dataclass(frozen=True, slots=True)
class Batch:
    """The entries of a load; a message's number is the place of its line among all of them."""

    entries: Sequence[Entry]
    starts: Sequence[int]  # the number of each entry's first message
    size: int

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> "Batch":
        counts = [entry.lines.count(b"\n") for entry in entries]
        starts = list(accumulate(counts, initial=0))
        return cls(entries, starts[:-1], starts[-1])

    def entry(self, number: int) -> Entry:
        """Return the entry that holds the message."""
        return self.entries[bisect_right(self.starts, number) - 1]

    def line(self, number: int) -> bytes:
        """Return the message as text."""
        place = bisect_right(self.starts, number) - 1
        return self.entries[place].lines.split(b"\n")[number - self.starts[place]]

    def senders(self) -> tuple[list[int], list[str]]:
        """Return where in the batch each run of one source begins."""
        firsts: list[int] = []
        sources: list[str] = []
        for start, entry in zip(self.starts, self.entries, strict=True):
            if sources[-1:] != [entry.source_id]:
                firsts.append(start)
                sources.append(entry.source_id)
        return firsts, sources


def stage(
    connection: DuckDBPyConnection,
    batch: Batch,
    folder: Path,
    at: datetime,
    mark: Callable[[bytes], bytes] = bytes,
) -> None:
    """Fill the temporary table `messages`; what can't be read is a row without an id."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{uuid4().hex}.{os.getpid()}.ndjson"
    firsts, sources = batch.senders()
    connection.execute(_SENDERS, {"firsts": firsts, "sources": sources})
    try:
        with path.open("wb") as file:
            file.writelines(mark(entry.lines) for entry in batch.entries)
        largest = max((len(entry.lines) for entry in batch.entries), default=0) * 2 + 1024
        connection.execute(
            compose(
                _CREATE,
                path=literal(str(path)),
                largest=literal(max(_SMALLEST_OBJECT, largest)),
                now=moment(at),
                senders=_ONE_SENDER if len(firsts) == 1 else _SOME_SENDERS,
            )
        )
    finally:
        path.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove what loaders that were killed have left; never the file of a living one."""
    for path in folder.glob("*.ndjson"):
        _, _, pid = path.stem.rpartition(".")
        if pid.isdigit() and int(pid) != os.getpid() and not is_alive(int(pid)):
            path.unlink(missing_ok=True)
