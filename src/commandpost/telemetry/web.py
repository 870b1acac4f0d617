"""The page that shows what is sent: for administrators, and read-only for every user."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from markupsafe import Markup
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.gate import Administrator, SignedIn
from commandpost.kit.edge import Db, SettingsOf, WriteDb
from commandpost.kit.errors import Invalid
from commandpost.kit.words import _
from commandpost.outbox.queries import list_batches
from commandpost.settings import Settings, TelemetryMode
from commandpost.telemetry.actions import (
    TOPICS,
    choose_mode,
    note_seen,
    reset_diagnostic_id,
    send_test_event,
)
from commandpost.telemetry.documentation import telemetry_page_markup
from commandpost.telemetry.queries import get_batch
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
from commandpost.ui.render import fragment, page
from commandpost.ui.shell import done, shell
from commandpost_telemetry.catalogue.event import Definition
from commandpost_telemetry.catalogue.metadata import Metadata

router = APIRouter(include_in_schema=False)
PAGE = "/backstage/telemetry"
TEST = f"{PAGE}/test"

SHOWN = 50
EXPORTED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOfTest:
    """What the block `test_event` shows: the newest test event on its way to each receiver."""

    ways: Sequence[MessageView]
    topics: str = ",".join(TOPICS)
    href: str = TEST


@dataclass(frozen=True, slots=True, kw_only=True)
class TelemetryPage(WayOfTest):
    """What telemetry/telemetry.html shows."""

    status: StatusView
    events: Sequence[MessageView]
    batches: Sequence[BatchView]
    definitions: Sequence[Definition]
    metadata: Sequence[Metadata]
    label: str
    state: str
    states: Sequence[tuple[str, str]]
    preview: Preview
    may_change: bool


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
def telemetry_page(
    request: Request,
    session: WriteDb,
    actor: SignedIn,
    settings: SettingsOf,
    event: str = "",
    state: str = "",
) -> HTMLResponse:
    """Show the mode, the catalogue, the last events and batches."""
    note_seen(session, actor)
    context = TelemetryPage(
        status=status_view(session, settings),
        events=[
            message_view(message)
            for message in list_shown(session, actor, label=event, state=state, limit=SHOWN)
        ],
        batches=[
            batch_view(batch)
            for batch in list_batches(session, lanes=LANES, limit=10 * actor.is_admin)
        ],
        ways=_ways(session) if actor.is_admin else (),
        definitions=definitions(),
        metadata=metadata(),
        label=event,
        state=state,
        states=[(value, _(label)) for value, label in STATE_LABELS.items()],
        preview=preview(session, settings, limit=10 * actor.is_admin),
        may_change=actor.is_admin,
    )
    return page(
        request, "telemetry/telemetry.html", page=context, shell=shell(request, _("Telemetry"))
    )


@router.post(f"{PAGE}/mode")
def change_mode(
    session: Db, actor: Administrator, settings: SettingsOf, mode: Annotated[str, Form()]
) -> Response:
    """Switch the mode from the page."""
    return _chosen(session, actor, settings, mode)


def _chosen(session: Db, actor: Actor, settings: Settings, mode: str) -> Response:
    if mode not in set(TelemetryMode):
        raise Invalid(_("The mode is off, local or send. Nothing was changed."), field="mode")
    choose_mode(session, actor, settings, mode=TelemetryMode(mode))
    return done(PAGE, _("The telemetry mode is now “%(mode)s”.", mode=mode))


@router.post(f"{PAGE}/diagnostic-id")
def reset_id(session: Db, actor: Administrator) -> Response:
    """Give this installation a new random id."""
    reset_diagnostic_id(session, actor)
    return done(PAGE, _("This server has a new diagnostic id."))


@router.post(TEST)
def send_test(session: Db, actor: Administrator) -> Response:
    """Record a test event and show its way."""
    send_test_event(session, actor)
    return done(f"{PAGE}#test", _("A test event was recorded; its way is shown below."))


@router.get(TEST)
def show_test(request: Request, session: Db, _actor: Administrator) -> Response:
    """Show how far the newest test event has come, for the page that waits for it."""
    context = WayOfTest(ways=_ways(session))
    return fragment(request, "telemetry/telemetry.html", "test_event", page=context)


def _ways(session: Session) -> Sequence[MessageView]:
    return [message_view(message) for message in latest_test(session)]


@router.get(f"{PAGE}/events.jsonl")
def export_events(session: Db, actor: SignedIn) -> Response:
    """Download the newest recorded messages, one JSON object a line."""
    messages = list_shown(session, actor, limit=EXPORTED)
    lines = "".join(f"{message.payload.decode()}\n" for message in messages)
    return PlainTextResponse(
        lines,
        media_type="application/x-ndjson",
        headers={"Content-Disposition": 'attachment; filename="events.jsonl"'},
    )


@router.get(PAGE + "/batches/{number}.json.gz")
def download_batch(
    session: Db, _actor: Administrator, number: Annotated[int, Path(ge=1, lt=2**31)]
) -> Response:
    """Download the stored body of one batch, byte for byte."""
    return Response(
        get_batch(session, number).body,
        media_type="application/gzip",
        headers={"Content-Disposition": f'attachment; filename="batch-{number}.json.gz"'},
    )
