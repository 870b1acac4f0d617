"""The documented contexts of the templates: one frozen dataclass each, the frame first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from commandpost_telemetry.insights.frame import Frame
from commandpost_telemetry.insights.metrics.catalogue import Metric
from commandpost_telemetry.insights.models.catalogue import Model
from commandpost_telemetry.insights.pages import Tile
from commandpost_telemetry.insights.panels import Column, Panel
from commandpost_telemetry.insights.quality import Finding
from commandpost_telemetry.insights.servers import ServerFacts, ServerList
from commandpost_telemetry.insights.summary import Summary
from commandpost_telemetry.insights.weekly import Sending


@dataclass(frozen=True, slots=True)
class SectionPage:
    """What section.html needs."""

    frame: Frame
    lead: str
    tiles: Sequence[Tile]
    panels: Sequence[Panel]


@dataclass(frozen=True, slots=True)
class ServersPage(SectionPage):
    """What servers.html needs."""

    servers: ServerList | None
    withheld: str  # why there is no list of servers
    kept: Sequence[tuple[str, str]]  # of the address, to go along with a search


@dataclass(frozen=True, slots=True)
class ServerPage(SectionPage):
    """What server.html needs."""

    server: ServerFacts
    version_columns: Sequence[Column]


@dataclass(frozen=True, slots=True)
class QualityPage(SectionPage):
    """What quality.html needs."""

    findings: Sequence[Finding]
    history: Sequence[Sequence[str]]
    history_columns: Sequence[Column]


@dataclass(frozen=True, slots=True)
class Listed:
    """One list of the loader with its rows as text."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    nothing: str


@dataclass(frozen=True, slots=True)
class SyncsPage:
    """What syncs.html needs."""

    frame: Frame
    lists: Sequence[Listed]
    may_act: bool


@dataclass(frozen=True, slots=True)
class SummaryPage:
    """What summary.html needs."""

    frame: Frame
    summary: Summary
    sendings: Sequence[Sending]
    ways: Mapping[str, str]  # the name of each way that is set up, and what it is called


@dataclass(frozen=True, slots=True)
class EmptyPage:
    """What empty.html needs."""

    frame: Frame
    empty: Markup


@dataclass(frozen=True, slots=True)
class RefusedPage:
    """What refused.html needs."""

    frame: Frame
    sentence: str


@dataclass(frozen=True, slots=True)
class MetricsPage:
    """What metrics.html needs."""

    frame: Frame
    metrics: Sequence[Metric]
    models: Sequence[Model]
    withheld: str  # why no model can be taken away


@dataclass(frozen=True, slots=True)
class MetricPage:
    """What metric.html needs."""

    frame: Frame
    metric: Metric
    panel: Panel
    sql: str
