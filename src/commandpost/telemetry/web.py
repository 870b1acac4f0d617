"""The page that shows what is sent: for administrators, and read-only for every user."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from markupsafe import Markup

from commandpost.accounts.actor import Actor
from commandpost.accounts.gate import Administrator, SignedIn
from commandpost.kit.edge import Db, SettingsOf, WriteDb
from commandpost.kit.errors import Invalid
from commandpost.outbox.queries import find_batch, list_batches, list_recent
from commandpost.settings import Settings, TelemetryMode
from commandpost.telemetry.actions import choose_mode, note_seen, reset_diagnostic_id
from commandpost.telemetry.documentation import telemetry_page_markup
from commandpost.telemetry.errors import BatchNotFound
from commandpost.telemetry.view import (
    BatchView,
    MessageView,
    Preview,
    StatusView,
    batch_view,
    definitions,
    message_view,
    metadata,
    preview,
    shown_to,
    status_view,
)
from commandpost.ui.render import page
from commandpost.ui.shell import done, shell
from commandpost_telemetry.catalogue.event import Definition
from commandpost_telemetry.catalogue.metadata import Metadata

router = APIRouter(include_in_schema=False)
PAGE = "/backstage/telemetry"

SHOWN = 50
EXPORTED = 10_000


@dataclass(frozen=True, slots=True)
class TelemetryPage:
    """What telemetry/telemetry.html shows."""

    status: StatusView
    events: Sequence[MessageView]
    batches: Sequence[BatchView]
    definitions: Sequence[Definition]
    metadata: Sequence[Metadata]
    label: str
    state: str
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
    return page(request, "telemetry/public.html", page=context, shell=shell(request, "Telemetry"))


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
            for message in shown_to(
                actor, list_recent(session, lane=None, label=event, state=state, limit=SHOWN)
            )
        ],
        batches=[batch_view(batch) for batch in list_batches(session, limit=10 * actor.is_admin)],
        definitions=definitions(),
        metadata=metadata(),
        label=event,
        state=state,
        preview=preview(session, settings, limit=10 * actor.is_admin),
        may_change=actor.is_admin,
    )
    return page(
        request, "telemetry/telemetry.html", page=context, shell=shell(request, "Telemetry")
    )


@router.post(f"{PAGE}/mode")
def change_mode(
    session: Db, actor: Administrator, settings: SettingsOf, mode: Annotated[str, Form()]
) -> Response:
    """Switch the mode from the page."""
    return _chosen(session, actor, settings, mode)


def _chosen(session: Db, actor: Actor, settings: Settings, mode: str) -> Response:
    if mode not in set(TelemetryMode):
        raise Invalid("The mode is off, local or send. Nothing was changed.", field="mode")
    choose_mode(session, actor, settings, mode=TelemetryMode(mode))
    return done(PAGE, f"The telemetry mode is now “{mode}”.")


@router.post(f"{PAGE}/diagnostic-id")
def reset_id(session: Db, actor: Administrator) -> Response:
    """Give this installation a new random id."""
    reset_diagnostic_id(session, actor)
    return done(PAGE, "This server has a new diagnostic id.")


@router.get(f"{PAGE}/events.jsonl")
def export_events(session: Db, actor: SignedIn) -> Response:
    """Download the newest recorded messages, one JSON object a line."""
    messages = shown_to(actor, list_recent(session, lane=None, limit=EXPORTED))
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
    batch = find_batch(session, number)
    if batch is None:
        raise BatchNotFound
    return Response(
        batch.body,
        media_type="application/gzip",
        headers={"Content-Disposition": f'attachment; filename="batch-{number}.json.gz"'},
    )
