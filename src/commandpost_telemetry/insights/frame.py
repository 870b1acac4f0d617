"""What every page of Insights has around its content: tabs, filters, freshness."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup

from commandpost_telemetry.insights.formats import named
from commandpost_telemetry.insights.freshness import Freshness
from commandpost_telemetry.insights.pages import SECTIONS, Choices
from commandpost_telemetry.insights.scope import Scope, Step
from commandpost_telemetry.kit.formats import duration, local_time
from commandpost_telemetry.kit.words import N_, gettext

_PRESETS = ((7, N_("7 days")), (28, N_("28 days")), (90, N_("90 days")), (365, N_("A year")))
_MORE = ((N_("Syncs"), "syncs"), (N_("Last week"), "summary"), (N_("Metrics"), "metrics"))
_ONLY = {"version": N_("version"), "licence": N_("licence"), "server": N_("server")}

_STEPS = {
    Step.DAY: (N_("day"), N_("by day")),
    Step.WEEK: (N_("week"), N_("by week")),
    Step.MONTH: (N_("month"), N_("by month")),
}
_LAST = N_("Last sync %(time)s, %(ago)s ago.")
_FAILED = N_("The last try failed: %(error)s")


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
    step: str  # the same in words
    steps: Sequence[tuple[Step, str]]
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
        Link(gettext(section.title), f"{base}/{section.path}{query}", section.name == current)
        for section in SECTIONS
    ]
    more = (Link(gettext(label), f"{base}/{name}", current == name) for label, name in _MORE)
    return [*found, *more]


def filters(scope: Scope, offered: Choices) -> Filters:
    """Return the filter form of a scope."""
    chosen = {"version": scope.version, "licence": scope.licence, "server": scope.server}
    words = [f"{gettext(_ONLY[name])} {named(value)}" for name, value in chosen.items() if value]
    return Filters(
        first=scope.first.isoformat(),
        last=scope.last.isoformat(),
        by=scope.by,
        step=gettext(_STEPS[scope.by][0]),
        steps=[(step, gettext(label)) for step, (_step, label) in _STEPS.items()],
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
        found.append(Link(gettext(label), scope.address(**words), is_current))
    return found


def freshness_line(known: Freshness, at: datetime) -> Markup:
    """Say when the last sync was, whether it went well and when the next one is due."""
    parts = []
    if known.last_sync_at:
        ago = duration((at - known.last_sync_at).total_seconds())
        parts.append(_marked(_LAST, local_time(known.last_sync_at), ago=ago))
    else:
        parts.append(_marked(N_("No sync yet.")))
    if known.next_sync_at:
        parts.append(_marked(N_("Next sync %(time)s."), local_time(known.next_sync_at)))
    if known.error:
        parts.append(_marked(_FAILED, error=known.error))
    return Markup(" ").join([*parts, _marked(N_("Days and hours are UTC."))])


def no_data_yet(known: Freshness, *, may_sync: bool) -> Markup:
    """Say what will be here and what to do."""
    if known.next_sync_at is None:
        due = N_("Numbers appear after the first sync.")
    elif known.last_sync_at is None:
        due = N_("The first sync runs at %(time)s.")
    else:
        due = N_("The next sync runs at %(time)s.")
    way = N_("Run it now, or wait.") if may_sync else N_("An administrator can run it now.")
    parts = [
        _marked(due, local_time(known.next_sync_at) if known.next_sync_at else ""),
        _marked(way),
    ]
    parts.append(_marked(N_("Start an incident, and it is counted here.")))
    if known.error:
        parts.append(_marked(_FAILED, error=known.error))
    return Markup(" ").join(parts)


def _marked(text: str, time: Markup | str = "", **values: str) -> Markup:
    """Say a text that has a time as an element in it."""
    return Markup(gettext(text)) % {"time": time, **values}  # noqa: S704 - catalogues hold no markup
