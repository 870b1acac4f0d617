"""The log in a cluster: one partition of a Kafka topic, where one machine is not enough."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import structlog
from confluent_kafka import (
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    Producer,
    TopicPartition,
)

from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.log.body import unpacked
from commandpost_telemetry.log.entry import Entry, Request
from commandpost_telemetry.log.errors import LogUnavailableError
from commandpost_telemetry.log.limits import LogLimits
from commandpost_telemetry.log.queued import WriteQueue
from commandpost_telemetry.log.repeats import Packed, without_repeats
from commandpost_telemetry.log.seen import Seen
from commandpost_telemetry.log.writer import Commit

logger = structlog.get_logger(__name__)

_PARTITION = 0  # positions of one log are one order
_PATIENCE = 10.0
_LOOKED_AT = 2000
_NO_TOPIC_YET = {KafkaError._UNKNOWN_PARTITION, KafkaError.UNKNOWN_TOPIC_OR_PART}  # noqa: SLF001 - its public name
_DURABLE = {
    "acks": "all",
    "enable.idempotence": True,
    "linger.ms": 0,
    "message.max.bytes": 5_000_000,
    "delivery.timeout.ms": 10_000,
}


class KafkaLog:
    """Implements Log; the position of an entry is its offset and one, so that 0 is before all."""

    def __init__(
        self,
        brokers: str,
        topic: str,
        folder: Path,
        *,
        options: Mapping[str, str] | None = None,
        limits: LogLimits | None = None,
    ) -> None:
        self.limits = limits or LogLimits()
        self.on_commit: Callable[[Commit], None] | None = None
        self._folder = folder
        self._topic = topic
        self._common = {"bootstrap.servers": brokers, **(options or {})}
        self._queue = WriteQueue(self._open_store, self.limits, self._report)
        self._consumer: Consumer | None = None
        self._next = -1
        self._lock = threading.Lock()

    async def append(self, request: Request) -> None:
        """Make the request durable; repeats of earlier messages are left out."""
        self.check(len(request.lines))
        await self._queue.put(request)

    def check(self, size: int = 0) -> None:
        """Raise `LogUnavailableError` when `size` more bytes may not wait."""
        self._queue.check(size)

    def backlog_bytes(self) -> int:
        """Return 0: what lies in the cluster is the cluster's to watch."""
        return 0

    def damaged_files(self) -> int:
        """Return 0: the cluster holds what it keeps against its own checksums."""
        return 0

    def read(self, *, after: int, max_bytes: int = 64 << 20) -> list[Entry]:
        """Return the entries behind `after` in order, at least one if any, about `max_bytes`."""
        with self._lock:
            consumer = self._opened()
            first, end = self._ends(consumer)
            if 0 < after < first:
                logger.warning("log_entries_expired", after=after, first=first + 1)
            start = max(after, first)
            entries: list[Entry] = []
            if start < end:
                if start != self._next:
                    consumer.assign([TopicPartition(self._topic, _PARTITION, start)])
                self._next = -1  # unknown, should what follows fail
                self._read_into(entries, consumer, end, max_bytes)
                self._next = entries[-1].position
            return entries

    def last_position(self) -> int:
        """Return the position of the newest entry, 0 when the log is empty."""
        with self._lock:
            return self._ends(self._opened())[1]

    def release(self, up_to: int) -> None:
        """Do nothing: the topic's retention says how long entries are kept."""

    def newest(self, limit: int) -> list[Entry]:
        """Return the newest entries, newest first."""
        return self.read(after=max(self.last_position() - limit, 0), max_bytes=1 << 62)[::-1]

    def counts_since(self, since: datetime) -> Counter[str]:
        """Return how many events each source has sent since then, among the newest entries."""
        counts: Counter[str] = Counter()
        for entry in self.newest(_LOOKED_AT):
            if entry.received_at >= since:
                counts[entry.source_id] += entry.count
        return counts

    def close(self) -> None:
        """Write what is queued and stop."""
        self._queue.close()
        with self._lock:
            if self._consumer is not None:
                self._consumer.close()
                self._consumer = None

    def _open_store(self) -> "KafkaStore":
        return KafkaStore(self._common, self._topic, self._folder, self.limits)

    def _report(self, commit: Commit) -> None:
        if self.on_commit is not None:
            self.on_commit(commit)

    def _opened(self) -> Consumer:
        if self._consumer is None:
            self._consumer = Consumer(
                self._common
                | {
                    "group.id": "commandpost-telemetry",
                    "enable.auto.commit": False,
                    "auto.offset.reset": "earliest",
                    "isolation.level": "read_committed",
                    "check.crcs": True,  # what is stored has no checksum of its own
                }
            )
        return self._consumer

    def _ends(self, consumer: Consumer) -> tuple[int, int]:
        try:
            partition = TopicPartition(self._topic, _PARTITION)
            ends = consumer.get_watermark_offsets(partition, timeout=_PATIENCE)
        except KafkaException as error:
            if error.args[0].code() in _NO_TOPIC_YET:
                return 0, 0
            raise LogUnavailableError(f"Kafka does not answer ({error}).") from error
        if ends is None:
            raise LogUnavailableError("Kafka does not answer in time.")
        return int(ends[0]), int(ends[1])

    def _read_into(
        self, entries: list[Entry], consumer: Consumer, end: int, max_bytes: int
    ) -> None:
        size = 0
        while size < max_bytes:
            messages = consumer.consume(1, timeout=_PATIENCE)
            if not messages:
                raise LogUnavailableError("Kafka does not answer in time.")
            entry = _entry(messages[0])
            entries.append(entry)
            size += len(entry.lines)
            if entry.position >= end:
                return


class KafkaStore:
    """Writes groups to the topic; what is remembered of messages lies in a folder beside it."""

    def __init__(
        self, common: Mapping[str, str], topic: str, folder: Path, limits: LogLimits
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._topic = topic
        self._producer = Producer({**common, **_DURABLE})
        self._seen = Seen(folder, limits.seen)

    def write(self, group: Sequence[Packed]) -> int:
        """Make a group durable on all replicas in sync; return how many were repeats."""
        fresh = without_repeats(group, self._seen)
        failures: list[KafkaError] = []

        def delivered(error: KafkaError | None, _message: Message) -> None:
            if error is not None:
                failures.append(error)

        for request, count, body in fresh.bodies:
            self._producer.produce(
                self._topic,
                body,
                partition=_PARTITION,
                headers=_headers(request, count),
                on_delivery=delivered,
            )
        if self._producer.flush(_PATIENCE) or failures:
            raise LogUnavailableError(
                f"Kafka has not confirmed ({failures[0] if failures else 'in time'})."
            )
        self._seen.add(fresh.keys, at_ms=int(now().timestamp() * 1000))
        return fresh.repeats

    def sync(self) -> None:
        """Put what is remembered on disk."""
        self._seen.sync()

    def close(self) -> None:
        """Let go."""
        self._producer.flush(_PATIENCE)
        self._seen.close()


def _headers(request: Request, count: int) -> list[tuple[str, str | bytes | None]]:
    return [
        ("source", request.source_id.encode()),
        ("received", str(int(request.received_at.timestamp() * 1000)).encode()),
        ("count", str(count).encode()),
    ]


def _entry(message: Message) -> Entry:
    if (error := message.error()) is not None:
        raise LogUnavailableError(f"Kafka cannot be read ({error}).")
    headers = {name: _text(value) for name, value in dict(message.headers() or ()).items()}
    offset, value = message.offset(), message.value()
    if offset is None or value is None:
        raise LogUnavailableError("Kafka gave an entry without content.")
    return Entry(
        position=offset + 1,
        source_id=headers["source"],
        received_at=datetime.fromtimestamp(int(headers["received"]) / 1000, UTC),
        count=int(headers["count"]),
        lines=unpacked(value),
    )


def _text(value: str | bytes | None) -> str:
    return value.decode() if isinstance(value, bytes) else value or ""
