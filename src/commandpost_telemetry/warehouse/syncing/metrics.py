"""What the sync counts, for Prometheus."""

from collections.abc import Mapping, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from commandpost_telemetry.warehouse.destinations.destination import Load, without_namespace
from commandpost_telemetry.warehouse.loading.states import HeldTable, State
from commandpost_telemetry.warehouse.schema.tables import kind_of

_SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)


class SyncMetrics:
    """Counts what one process has loaded since it was started."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._loads = Counter(
            "telemetry_loads", "Loads by the state they ended in.", ["state"], registry=registry
        )
        self._load_seconds = Histogram(
            "telemetry_load_seconds", "Time of one load.", buckets=_SECONDS, registry=registry
        )
        self._messages = Counter(
            "telemetry_load_messages",
            "Messages by what the load made of them: loaded, repeated, rejected.",
            ["outcome"],
            registry=registry,
        )
        self._rows = Counter(
            "telemetry_load_rows",
            "Rows added; all tables of events are one kind.",
            ["kind"],
            registry=registry,
        )
        self._discards = Counter(
            "telemetry_values_discarded",
            "Values that did not fit their column, by what they are not.",
            ["reason"],
            registry=registry,
        )
        self._removed = Counter(
            "telemetry_rows_removed", "Rows removed by their age.", ["kind"], registry=registry
        )
        self._held_tables = Gauge(
            "telemetry_held_tables",
            "Tables that do not take their rows, by state.",
            ["reader", "state"],
            registry=registry,
        )
        self._held_messages = Gauge(
            "telemetry_held_messages",
            "Messages that wait for held tables.",
            ["reader"],
            registry=registry,
        )
        self._succeeded_at = Gauge(
            "telemetry_last_sync_success_timestamp_seconds",
            "When the last sync ended that went well since the start.",
            ["reader"],
            registry=registry,
        )

        self._archived = Counter(
            "telemetry_archived_messages", "Messages written to the archive.", registry=registry
        )
        self._up = Gauge(
            "telemetry_warehouse_up",
            "Whether the warehouse answered when it was last tried: 1 or 0.",
            registry=registry,
        )

    def note_load(self, load: Load) -> None:
        """Count a load that went through."""
        self._loads.labels(State.EXPORTED).inc()
        self._load_seconds.observe((load.finished_at - load.started_at).total_seconds())
        outcomes = {
            "loaded": load.loaded,
            "repeated": load.repeated,
            "rejected": len(load.rejected),
        }
        for outcome, count in outcomes.items():
            self._messages.labels(outcome).inc(count)
        for table, added in load.tables.items():
            self._rows.labels(kind_of(without_namespace(table))).inc(added)
        for reason, count in load.discards.items():
            self._discards.labels(reason).inc(count)

    def note_removed(self, removed: Mapping[str, int]) -> None:
        """Count rows that were too old."""
        for table, count in removed.items():
            self._removed.labels(kind_of(without_namespace(table))).inc(count)

    def note_failure(self) -> None:
        """Count a load that did not happen."""
        self._loads.labels(State.FAILED).inc()

    def note_success(self, reader: str, seconds: float) -> None:
        """Note when a sync has ended well, in seconds since 1970."""
        self._succeeded_at.labels(reader).set(seconds)

    def note_archived(self, messages: int) -> None:
        """Count what the archive got."""
        self._archived.inc(messages)

    def note_up(self, *, is_up: bool) -> None:
        """Note whether the warehouse answers."""
        self._up.set(is_up)

    def note_held(self, reader: str, held: Sequence[HeldTable]) -> None:
        """Note how it stands with tables that miss messages."""
        for state in (State.EXPORTING, State.FAILED, State.ABORTED):
            count = sum(each.state is state for each in held)
            self._held_tables.labels(reader, state).set(count)
        self._held_messages.labels(reader).set(sum(each.messages for each in held))
