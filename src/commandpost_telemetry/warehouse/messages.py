"""Log entries into a table of messages: one row each, still with their documents as JSON."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from duckdb import DuckDBPyConnection

from commandpost_telemetry.kit.control import is_alive
from commandpost_telemetry.log.entry import Entry
from commandpost_telemetry.warehouse.sql import Sql, compose, ident, literal

_SMALLEST_OBJECT = 1 << 20

_CREATE = """
CREATE OR REPLACE TEMP TABLE messages AS
WITH read AS (
    SELECT * FROM read_json({path}, format = 'newline_delimited', ignore_errors = true,
        maximum_object_size = {largest}, columns = {{
        {n_key}: 'BIGINT', {source_key}: 'VARCHAR', 'type': 'VARCHAR', 'messageId': 'VARCHAR',
        'event': 'JSON', 'name': 'JSON', 'userId': 'JSON', 'anonymousId': 'JSON',
        'groupId': 'JSON', 'previousId': 'JSON', 'channel': 'JSON', 'request_ip': 'JSON',
        'properties': 'JSON', 'userProperties': 'JSON', 'traits': 'JSON', 'context': 'JSON',
        'originalTimestamp': 'VARCHAR', 'sentAt': 'VARCHAR', 'timestamp': 'VARCHAR',
        'receivedAt': 'VARCHAR' }})
    WHERE {n} IS NOT NULL AND "messageId" IS NOT NULL
), received AS (
    SELECT *, coalesce(lenient_time("receivedAt"), {now}) AS received FROM read
), timed AS (
    SELECT *, coalesce(lenient_time("originalTimestamp"), received) AS original,
        coalesce(lenient_time("sentAt"), received) AS sent FROM received
)
SELECT {n} AS n, "type" AS message_type, "messageId" AS id, scalar("event") AS event_text,
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
    {source} AS context_source_id,
    "properties" AS properties, "userProperties" AS user_properties, "traits" AS traits,
    "context" AS context
FROM timed
"""


@dataclass(frozen=True, slots=True)
class Lines:
    """The messages of a batch as text; a message's number is its place in here."""

    lines: Sequence[bytes]
    sources: Sequence[str]

    def __len__(self) -> int:
        return len(self.lines)


def lines_of(entries: Sequence[Entry]) -> Lines:
    """Cut the entries into messages, in the order of the log."""
    lines: list[bytes] = []
    sources: list[str] = []
    for entry in entries:
        cut = [line for line in entry.lines.split(b"\n") if line]
        lines += cut
        sources += [entry.source_id] * len(cut)
    return Lines(lines, sources)


def stage(connection: DuckDBPyConnection, batch: Lines, folder: Path, at: datetime) -> None:
    """Fill the temporary table `messages` with those of the lines that can be read."""
    folder.mkdir(parents=True, exist_ok=True)
    mark = uuid4().hex  # keys that no sender can know
    path = folder / f"{mark}.{os.getpid()}.ndjson"
    try:
        with path.open("wb") as file:
            file.writelines(_marked(batch, mark))
        largest = max(map(len, batch.lines), default=0) * 2 + 1024
        connection.execute(
            compose(
                _CREATE,
                path=literal(str(path)),
                largest=literal(max(_SMALLEST_OBJECT, largest)),
                n=ident(f"n{mark}"),
                n_key=literal(f"n{mark}"),
                source=ident(f"s{mark}"),
                source_key=literal(f"s{mark}"),
                now=_timestamp(at),
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


def _marked(batch: Lines, mark: str) -> Iterator[bytes]:
    known: dict[str, bytes] = {}
    for number, (line, source) in enumerate(zip(batch.lines, batch.sources, strict=True)):
        head = known.get(source)
        if head is None:
            head = known[source] = b'{"s%s":"%s","n%s":' % (
                mark.encode(),
                source.replace("\\", "\\\\").replace('"', '\\"').encode(),
                mark.encode(),
            )
        yield b"%s%d,%s\n" % (head, number, line[1:])


def _timestamp(at: datetime) -> Sql:
    return compose("TIMESTAMP {at}", at=literal(at.strftime("%Y-%m-%d %H:%M:%S.%f")))
