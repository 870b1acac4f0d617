"""How telemetry stands, what was recorded, what was sent and what can be recorded: a page each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.gate import Administrator, SignedIn
from commandpost.kit.edge import Db, SettingsOf, WriteDb
from commandpost.kit.words import N_, _
from commandpost.outbox.models import Batch, Message
from commandpost.outbox.queries import list_batches
from commandpost.settings import Settings
from commandpost.telemetry.actions import TOPICS, note_seen
from commandpost.telemetry.documentation import telemetry_page_markup
from commandpost.telemetry.rules import LANES
from commandpost.telemetry.view import (
    STATE_LABELS,
    BatchView,
    MessageView,
    Preview,
    StatusView,
    batch_view,
    definitions,
    latest_test,
    list_shown,
    message_view,
    metadata,
    preview,
    status_view,
)
from commandpost.ui.render import NavEntry, fragment, page, wants_fragment
from commandpost.ui.shell import shell
from commandpost_telemetry.catalogue.event import Definition
from commandpost_telemetry.catalogue.metadata import Metadata

router = APIRouter()
PAGE = "/backstage/telemetry"
TEST = f"{PAGE}/test"
EVENTS = f"{PAGE}/events"
BATCHES = f"{PAGE}/batches"
CATALOGUE = f"{PAGE}/catalogue"
PLACES = {
    PAGE: N_("Overview"),
    EVENTS: N_("Events"),
    BATCHES: N_("Batches"),
    CATALOGUE: N_("Catalogue"),
}
SHOWN = 25
SHOWN_BATCHES = 10
HEARD = ",".join(TOPICS)

Row = TypeVar("Row")
Before = Annotated[int, Query(ge=0, lt=2**63)]


@dataclass(frozen=True, slots=True)
class Frame:
    """What telemetry/_page.html shows above each of its pages."""

    status: StatusView
    places: Sequence[NavEntry]
    may_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOfTest:
    """What the block `test_event` shows: the newest test event on its way to each receiver."""

    ways: Sequence[MessageView]
    topics: str = HEARD
    href: str = TEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview(WayOfTest):
    """What telemetry/telemetry.html shows."""

    frame: Frame
    preview: Preview


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Generic[Row]):
    """Rows from the newest on, where the list is fetched again, and what it is told by."""

    rows: Sequence[Row]
    newest_href: str
    older_href: str
    href: str
    topics: str = HEARD


@dataclass(frozen=True, slots=True, kw_only=True)
class EventList:
    """What the block `event_list` shows."""

    listed: Listed[MessageView]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsPage(EventList):
    """What telemetry/events.html shows."""

    frame: Frame
    event: str
    kinds: Sequence[tuple[str, str]]
    state: str
    states: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchList:
    """What the block `batch_list` shows."""

    listed: Listed[BatchView]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchesPage(BatchList):
    """What telemetry/batches.html shows."""

    frame: Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class CataloguePage:
    """What telemetry/catalogue.html shows."""

    frame: Frame
    definitions: Sequence[Definition]
    metadata: Sequence[Metadata]


@dataclass(frozen=True, slots=True)
class PublicPage:
    """What telemetry/public.html shows."""

    content: Markup


@router.get("/telemetry")
def public_page(request: Request) -> HTMLResponse:
    """Show the public telemetry page to anybody, signed in or not."""
    context = PublicPage(telemetry_page_markup())
    return page(
        request, "telemetry/public.html", page=context, shell=shell(request, _("Telemetry"))
    )


@router.get(PAGE)
def show_overview(
    request: Request, session: WriteDb, actor: SignedIn, settings: SettingsOf
) -> Response:
    """Show how telemetry stands, and administrators what would be sent first."""
    note_seen(session, actor)
    shown = Overview(
        frame=_frame(request, session, actor, settings),
        ways=_ways(session) if actor.is_admin else (),
        preview=preview(session, settings, limit=10 * actor.is_admin),
    )
    return _show(request, "telemetry/telemetry.html", shown, _("Telemetry"))


@router.get(TEST)
def show_test(request: Request, session: Db, _actor: Administrator) -> Response:
    """Show how far the newest test event has come, for the page that waits for it."""
    context = WayOfTest(ways=_ways(session))
    return fragment(request, "telemetry/telemetry.html", "test_event", page=context)


def _ways(session: Session) -> Sequence[MessageView]:
    return [message_view(message) for message in latest_test(session)]


@router.get(EVENTS)
def show_events(
    request: Request,
    session: Db,
    actor: SignedIn,
    settings: SettingsOf,
    event: str = "",
    state: str = "",
    before: Before = 0,
) -> Response:
    """Show the newest events, or those before a number."""
    found = list_shown(session, actor, label=event, state=state, before=before, limit=SHOWN + 1)
    asked = {"event": event, "state": state}
    listed = Listed(
        rows=[message_view(message) for message in found[:SHOWN]],
        newest_href=_address(EVENTS, asked) if before else "",
        older_href=_older(EVENTS, found, SHOWN, asked),
        href=_address(EVENTS, {**asked, "before": str(before or "")}),
        topics=HEARD if actor.is_admin else "",  # whose deed it was is not told
    )
    if wants_fragment(request):
        return fragment(
            request, "telemetry/events.html", "event_list", page=EventList(listed=listed)
        )
    labels = [(each.name, _(each.label)) for each in definitions()]
    shown = EventsPage(
        frame=_frame(request, session, actor, settings),
        listed=listed,
        event=event,
        kinds=[("", _("All kinds")), *labels],
        state=state,
        states=[("", _("All states")), *((each, _(said)) for each, said in STATE_LABELS.items())],
    )
    return _show(request, "telemetry/events.html", shown, _("Recorded events"))


@router.get(BATCHES)
def show_batches(
    request: Request, session: Db, actor: Administrator, settings: SettingsOf, before: Before = 0
) -> Response:
    """Show the newest request bodies, or those before a number."""
    found = list_batches(session, lanes=LANES, before=before, limit=SHOWN_BATCHES + 1)
    listed = Listed(
        rows=[batch_view(batch) for batch in found[:SHOWN_BATCHES]],
        newest_href=BATCHES if before else "",
        older_href=_older(BATCHES, found, SHOWN_BATCHES, {}),
        href=_address(BATCHES, {"before": str(before or "")}),
    )
    if wants_fragment(request):
        return fragment(
            request, "telemetry/batches.html", "batch_list", page=BatchList(listed=listed)
        )
    shown = BatchesPage(frame=_frame(request, session, actor, settings), listed=listed)
    return _show(request, "telemetry/batches.html", shown, _("Batches"))


@router.get(CATALOGUE)
def show_catalogue(
    request: Request, session: Db, actor: SignedIn, settings: SettingsOf
) -> Response:
    """Show what can be recorded."""
    shown = CataloguePage(
        frame=_frame(request, session, actor, settings),
        definitions=definitions(),
        metadata=metadata(),
    )
    return _show(request, "telemetry/catalogue.html", shown, _("What can be recorded"))


def _frame(request: Request, session: Session, actor: Actor, settings: Settings) -> Frame:
    """Return what stands above each page; batches hold deeds of all teams, so few see them."""
    here = request.url.path
    return Frame(
        status=status_view(session, settings),
        places=[
            NavEntry(_(label), path, path == here)
            for path, label in PLACES.items()
            if actor.is_admin or path != BATCHES
        ],
        may_change=actor.is_admin,
    )


def _older(path: str, found: Sequence[Message | Batch], shown: int, asked: dict[str, str]) -> str:
    """Return where older ones are, if more were found than are shown."""
    if len(found) <= shown:
        return ""
    return _address(path, {**asked, "before": str(found[shown - 1].number)})


def _address(path: str, asked: dict[str, str]) -> str:
    said = urlencode({name: value for name, value in asked.items() if value})
    return f"{path}?{said}" if said else path


def _show(request: Request, template: str, shown: object, title: str) -> Response:
    return page(request, template, page=shown, shell=shell(request, title))
