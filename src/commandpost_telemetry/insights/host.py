"""What all doors share: the warehouse, the shell, and how a page or a refusal is shown."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urlsplit

import structlog
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from commandpost_telemetry.insights.contexts import EmptyPage, RefusedPage
from commandpost_telemetry.insights.errors import InsightsError, NotAllowed
from commandpost_telemetry.insights.frame import (
    Frame,
    filters,
    freshness_line,
    no_data_yet,
    tabs,
)
from commandpost_telemetry.insights.freshness import FreshnessOf, HeldTables, SyncNow
from commandpost_telemetry.insights.pages import choices
from commandpost_telemetry.insights.panels import Suppression
from commandpost_telemetry.insights.render import render
from commandpost_telemetry.insights.scope import Scope, read_scope
from commandpost_telemetry.insights.source import Source, SourceRefused, SourceUnavailable
from commandpost_telemetry.insights.upkeep import Upkeep
from commandpost_telemetry.insights.weekly import Weekly
from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.kit.formats import minute
from commandpost_telemetry.kit.shell import Shell, Viewer
from commandpost_telemetry.kit.words import _, language, speaking

logger = structlog.get_logger(__name__)

NAVIGATION = "insights"
_KEPT_PAGES = 64
_Kept = OrderedDict[tuple[str, str], tuple[datetime, str, Markup]]  # by language and address


@dataclass
class Host:
    """One mounted set of pages."""

    source: Source
    shell: Shell
    freshness: FreshnessOf
    sync_now: SyncNow | None
    suppression: Suppression
    upkeep: Upkeep
    weekly: Weekly
    held: HeldTables | None = None
    _kept: _Kept = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def frame(self, visit: "Visit", current: str, scope: Scope | None = None) -> Frame:
        """Return what is around the content; the filters need a warehouse that has data."""
        return Frame(
            base=visit.base,
            tabs=tabs(visit.base, current, visit.query),
            filters=filters(scope, choices(self.source)) if scope else None,
            freshness=freshness_line(self.freshness(), now()),
            may_sync=self.may_sync(visit),
        )

    def may_sync(self, visit: "Visit") -> bool:
        """Whether the reader may ask for a sync here."""
        return self.sync_now is not None and visit.viewer.is_administrator

    def show(self, visit: "Visit", template: str, page: object, title: str) -> Response:
        """Answer with a page, and keep it for when the warehouse is down."""
        content = render(template, page)
        with self._lock:
            self._kept[language(), visit.address] = (now(), title, content)
            self._kept.move_to_end((language(), visit.address))
            if len(self._kept) > _KEPT_PAGES:
                self._kept.popitem(last=False)
        return self._page(visit, title, content)

    def no_data(self, visit: "Visit", current: str) -> Response:
        """Say that nothing was ever loaded, and what to do."""
        sentence = no_data_yet(self.freshness(), may_sync=self.may_sync(visit))
        page = EmptyPage(self.frame(visit, current), sentence)
        return self._page(visit, _("Insights"), render("empty.html", page))

    def refused(self, visit: "Visit", sentence: str, status: int) -> Response:
        """Say why not: a page, or a line of text where a file was asked for."""
        if visit.wants_file:
            return PlainTextResponse(f"{sentence}\n", status)
        page = RefusedPage(self.frame(visit, ""), sentence)
        return self._page(visit, _("Insights"), render("refused.html", page), status)

    def last_good(self, visit: "Visit", why: str) -> Response:
        """Show the page as it was when the warehouse last answered, how old it is, and why."""
        with self._lock:
            kept = self._kept.get((language(), visit.address))
        if kept is None:
            hint = _("Nothing is lost; try again in a minute.")
            return self.refused(visit, f"{why} {hint}", 503)
        at, title, content = kept
        age = _("These numbers are of %(time)s UTC.", time=minute(at))
        notice = Markup('<p class="notice error" role="status"><span>{} {}</span></p>')
        return self._page(visit, title, notice.format(why, age) + content)

    def _page(self, visit: "Visit", title: str, content: Markup, status: int = 200) -> Response:
        return self.shell.page(
            visit.request, title=title, section=NAVIGATION, content=content, status=status
        )


@dataclass(frozen=True, slots=True)
class Visit:
    """One request with whoever makes it."""

    request: Request
    viewer: Viewer
    suppression: Suppression

    @property
    def base(self) -> str:
        """Return where the pages are mounted."""
        return str(self.request.scope.get("root_path", ""))

    @property
    def address(self) -> str:
        return str(self.request.url)

    @property
    def query(self) -> str:
        """Return the filters, to go along to the next page."""
        return f"?{self.request.url.query}" if self.request.url.query else ""

    @property
    def wants_file(self) -> bool:
        return "." in self.request.url.path.rsplit("/", 1)[-1]

    def refuse_other_sites(self) -> None:
        """Refuse a deed that a page of another site asks for."""
        origin = self.request.headers.get("origin", "")
        if origin and urlsplit(origin).netloc != self.request.headers.get("host", ""):
            raise NotAllowed(_("This was asked for by a page of another site; nothing was done."))

    def scope(self) -> Scope:
        """Return what the address asks for."""
        asked = read_scope(self.request.query_params, today())
        if asked.server:
            self.suppression.guard_single()
        return asked

    def word(self, name: str) -> str:
        """Return one part of the path."""
        return str(self.request.path_params[name])


def today() -> date:
    """Return the day it is, in UTC."""
    return now().date()


Page = Callable[[Host, Visit], Response]
Door = Callable[[Request], Response]


def door(host: Host, page: Page) -> Door:
    """Ask who looks, show the page, turn a refusal into a sentence."""

    def answer(request: Request) -> Response:
        viewer = host.shell.viewer(request)
        if isinstance(viewer, Response):
            return viewer
        with speaking(viewer.language):
            return _shown(host, page, Visit(request, viewer, host.suppression))

    return answer


def _shown(host: Host, page: Page, visit: Visit) -> Response:
    try:
        return page(host, visit)
    except InsightsError as refusal:
        return host.refused(visit, str(refusal), refusal.status)
    except SourceUnavailable:
        return host.last_good(visit, _("The warehouse does not answer."))
    except SourceRefused as error:
        logger.warning("warehouse refused", address=visit.address, reason=str(error))
        return host.last_good(
            visit, _("The warehouse refuses what this page asks; the log says why.")
        )
