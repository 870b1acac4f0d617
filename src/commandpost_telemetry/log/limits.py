"""How large the log and its queue may grow."""

from dataclasses import dataclass, field

from commandpost_telemetry.log.seen import SeenLimits


@dataclass(frozen=True, slots=True)
class LogLimits:
    """Defaults for one machine; the host may give its own."""

    segment_bytes: int = 256 << 20
    segment_seconds: int = 3600
    group_bytes: int = 8 << 20  # how much one commit takes at most
    queue_bytes: int = 64 << 20  # how much may wait for a commit
    backlog_bytes: int = 20 << 30  # how much may lie on disk before it is loaded
    min_free_bytes: int = 256 << 20
    seen: SeenLimits = field(default_factory=SeenLimits)
