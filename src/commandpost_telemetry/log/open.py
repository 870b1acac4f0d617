"""From an address to a log: a folder, or a topic of a cluster."""

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from commandpost_telemetry.log.errors import LogAddressError
from commandpost_telemetry.log.limits import LogLimits
from commandpost_telemetry.log.log import Log
from commandpost_telemetry.log.sqlite import SqliteLog

_NAME = "COMMANDPOST_TELEMETRY_LOG_URL"
_FORMS = "Write sqlite:///folder (four slashes for an absolute path) or kafka://broker:9092/topic."


def files_of(address: str | Path) -> list[Path]:
    """Return the files of a log in order; one in a cluster has none."""
    folder = _folder_at(address)
    return sorted(folder.glob("*.sqlite")) if folder else []


def _folder_at(address: str | Path) -> Path | None:
    if isinstance(address, Path):
        return address
    parts = urlsplit(address)
    if parts.scheme == "sqlite" and not parts.netloc and len(parts.path) > 1:
        return Path(parts.path[1:])
    return Path(address) if address and not parts.scheme else None


def open_log(
    address: str | Path, *, limits: LogLimits | None = None, beside: Path | None = None
) -> Log:
    """Open the log at a path, `sqlite:///folder` or `kafka://broker,broker/topic?option=value`.

    `beside` is where a log in a cluster remembers which messages it has taken.
    """
    if (folder := _folder_at(address)) is not None:
        return SqliteLog(folder, limits)
    address = str(address)
    parts = urlsplit(address)
    if parts.scheme == "kafka" and parts.netloc and len(parts.path) > 1:
        return _kafka(address, limits, beside or Path("data/log"))
    raise LogAddressError(
        f"{_NAME} names no log that is known: {parts.scheme or address!r}. {_FORMS}"
    )


def _kafka(address: str, limits: LogLimits | None, beside: Path) -> Log:
    try:
        from commandpost_telemetry.log.kafka import KafkaLog  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise LogAddressError(
            f"{_NAME} names Kafka, whose client is not installed: add the extra `kafka`."
        ) from error
    parts = urlsplit(address)
    options = dict(parse_qsl(parts.query))
    return KafkaLog(parts.netloc, parts.path[1:], beside, options=options, limits=limits)
