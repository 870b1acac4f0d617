"""From an address to a log: a folder, or the brokers of a cluster."""

from pathlib import Path
from urllib.parse import urlsplit

from commandpost_telemetry.log.errors import LogAddressError
from commandpost_telemetry.log.limits import LogLimits
from commandpost_telemetry.log.sqlite import SqliteLog


def open_log(address: str | Path, *, limits: LogLimits | None = None) -> SqliteLog:
    """Open the log at a path or `sqlite:///path`."""
    if isinstance(address, Path):
        return SqliteLog(address, limits)
    parts = urlsplit(address)
    if parts.scheme == "sqlite" and not parts.netloc and len(parts.path) > 1:
        return SqliteLog(Path(parts.path[1:]), limits)
    if not parts.scheme and address:
        return SqliteLog(Path(address), limits)
    raise LogAddressError(
        f"LOG_URL names no log that is known: {parts.scheme or address!r}. "
        "Write sqlite:///folder (four slashes for an absolute path)."
    )
