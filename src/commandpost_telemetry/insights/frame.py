"""What every page of Insights has around its content: tabs, filters, freshness."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from markupsafe import Markup

from commandpost_telemetry.insights.formats import duration
from commandpost_telemetry.insights.freshness import Freshness
from commandpost_telemetry.insights.pages import SECTIONS, Choices
from commandpost_telemetry.insights.scope import Scope, Step

_PRESETS = ((7, "7 days"), (28, "28 days"), (90, "90 days"), (365, "A year"))


@dataclass(frozen=True, slots=True)
class Link:
    """A link that may be the one the reader is on."""

    label: str
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Filters:
    """The form above the panels."""

    first: str
    last: str
    by: Step
    chosen_by: bool
    version: str
    licence: str
    server: str
    versions: Sequence[str]
    licences: Sequence[str]
    presets: Sequence[Link]
    narrowed: str
    clear_href: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What `_frame.html` needs."""

    base: str
    tabs: Sequence[Link]
    filters: Filters | None
    freshness: Markup
    may_sync: bool
    stale: str = ""
    said: str = ""


def tabs(base: str, current: str, query: str) -> list[Link]:
    """Return the pages of Insights; the filters go along."""
    found = [
        Link(section.title, f"{base}/{section.path}{query}", section.name == current)
        for section in SECTIONS
    ]
    more = (("Syncs", "syncs"), ("Last week", "summary"), ("Metrics", "metrics"))
    return [*found, *(Link(label, f"{base}/{name}", current == name) for label, name in more)]


def filters(scope: Scope, offered: Choices) -> Filters:
    """Return the filter form of a scope."""
    words = [
        f"{name} {value}"
        for name, value in (
            ("version", scope.version),
            ("licence", scope.licence),
            ("server", scope.server),
        )
        if value
    ]
    return Filters(
        first=scope.first.isoformat(),
        last=scope.last.isoformat(),
        by=scope.by,
        chosen_by=scope.chosen_by,
        version=scope.version,
        licence=scope.licence,
        server=scope.server,
        versions=offered.versions,
        licences=offered.licences,
        presets=_presets(scope),
        narrowed=", ".join(words),
        clear_href=scope.address(version="", licence="", server=""),
    )


def _presets(scope: Scope) -> list[Link]:
    found = []
    for days, label in _PRESETS:
        first = scope.today - timedelta(days=days - 1)
        words = {"from": first.isoformat(), "to": scope.today.isoformat(), "by": ""}
        is_current = (scope.first, scope.last) == (first, scope.today)
        found.append(Link(label, scope.address(**words), is_current))
    return found


def freshness_line(known: Freshness, at: datetime) -> Markup:
    """Say when the last sync was, how far behind it is and when the next one is due."""
    parts = []
    if known.last_sync_at:
        ago = duration((at - known.last_sync_at).total_seconds())
        parts.append(Markup("Last sync {}, {} ago.").format(moment(known.last_sync_at), ago))
    else:
        parts.append(Markup("No sync yet."))
    if known.newest_event_at:
        lag = duration((at - known.newest_event_at).total_seconds())
        parts.append(Markup("Newest event {} old.").format(lag))
    if known.next_sync_at:
        parts.append(Markup("Next sync {}.").format(moment(known.next_sync_at)))
    if known.error:
        parts.append(Markup("The last try failed: {}").format(known.error))
    return Markup(" ").join([*parts, Markup("Days and hours are UTC.")])


def no_data_yet(known: Freshness, *, may_sync: bool) -> Markup:
    """Say what will be here and what to do."""
    which = "next" if known.last_sync_at else "first"
    due = (
        Markup("The {} sync runs at {}").format(which, moment(known.next_sync_at))
        if known.next_sync_at
        else Markup("Numbers appear after the first sync")
    )
    way = ", or run it now." if may_sync else "; an administrator can run it now."
    failed = f" The last try failed: {known.error}" if known.error else ""
    return Markup("{}{} Start an incident, and it is counted here.{}").format(due, way, failed)


def moment(at: datetime) -> Markup:
    """Return a time in UTC that a script of the host may turn into local time."""
    utc = at.astimezone(UTC)
    element = Markup('<time datetime="{}" title="{}" data-time="datetime">{}</time>')
    return element.format(
        utc.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        f"{utc:%Y-%m-%d %H:%M:%S} UTC",
        f"{utc:%Y-%m-%d %H:%M} UTC",
    )
