"""What the data plane counts, for Prometheus."""

from collections.abc import Callable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from commandpost_telemetry.log.writer import Commit

_SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5)


class Metrics:
    """One registry per data plane, so that two of them in a process do not meet."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self.accepted = Counter(
            "telemetry_events_accepted", "Events acknowledged.", ["source"], registry=self.registry
        )
        self.refused = Counter(
            "telemetry_requests_refused",
            "Requests refused, by status and reason.",
            ["status", "reason"],
            registry=self.registry,
        )
        self.rejected = Counter(
            "telemetry_events_rejected",
            "Events kept as rejects, by reason.",
            ["reason"],
            registry=self.registry,
        )
        self.repeats = Counter(
            "telemetry_events_repeated", "Events that were taken before.", registry=self.registry
        )
        self.bytes = Counter(
            "telemetry_body_bytes", "Bytes of inflated bodies taken.", registry=self.registry
        )
        self.commit_seconds = Histogram(
            "telemetry_commit_seconds",
            "Time of one commit, fsync included.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.inflight = Gauge(
            "telemetry_requests_inflight", "Requests being answered.", registry=self.registry
        )
        self.backlog = Gauge(
            "telemetry_log_bytes", "Bytes of the log on disk.", registry=self.registry
        )
        self.damaged = Gauge(
            "telemetry_log_files_damaged",
            "Files of the log that are kept because something in them cannot be read.",
            registry=self.registry,
        )
        self.lag = Gauge(
            "telemetry_reader_lag_entries",
            "Entries of the log that a reader has not loaded.",
            ["reader"],
            registry=self.registry,
        )

    def note_commit(self, commit: Commit) -> None:
        """Count one commit of the log."""
        self.commit_seconds.observe(commit.seconds)
        self.repeats.inc(commit.repeats)

    def page(self, lags: Callable[[], Mapping[str, int]] | None) -> bytes:
        """Return all numbers in Prometheus' text form."""
        for reader, lag in (lags() if lags is not None else {}).items():
            self.lag.labels(reader).set(lag)
        return generate_latest(self.registry)
