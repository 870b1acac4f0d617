"""The data plane of one data directory, put together from the settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from commandpost_telemetry.collector.limits import CollectorLimits, RateLimit
from commandpost_telemetry.collector.sources import Sources
from commandpost_telemetry.collector.web import Collector, create_collector
from commandpost_telemetry.log.limits import LogLimits
from commandpost_telemetry.log.log import Log
from commandpost_telemetry.log.open import open_log
from commandpost_telemetry.log.rejects import Rejects
from commandpost_telemetry.settings import Settings


@dataclass(frozen=True, slots=True)
class DataPlane:
    """What belongs together while it runs; `app` is the ASGI application."""

    log: Log
    sources: Sources
    rejects: Rejects
    app: Collector

    def close(self) -> None:
        """Write what is queued and let go of every file; blocks until that is done."""
        self.log.close()
        self.rejects.close()
        self.sources.close()


def open_data_plane(
    settings: Settings,
    *,
    version: str = "0",
    limits: CollectorLimits | None = None,
    log_limits: LogLimits | None = None,
    lags: Callable[[], Mapping[str, int]] | None = None,
) -> DataPlane:
    """Open log, sources and rejects under the data directory and the application over them."""
    folder = settings.data_dir / "log"
    log = open_log(settings.log_url or folder, limits=log_limits, beside=folder)
    sources = open_sources(settings)
    rejects = Rejects(settings.data_dir / "rejects.sqlite")
    limits = limits or limits_of(settings)
    app = create_collector(log, sources, rejects, limits=limits, version=version, lags=lags)
    return DataPlane(log, sources, rejects, app)


def limits_of(settings: Settings) -> CollectorLimits:
    """Return what one source may send as the settings say, and all else as it always is."""
    rate = RateLimit(settings.collector_rate) if settings.collector_rate else None
    return CollectorLimits(rate=rate)


def open_sources(settings: Settings) -> Sources:
    """Open the sources alone, for those who only manage write keys."""
    return Sources(settings.data_dir / "sources.sqlite", settings.collector_write_keys)
