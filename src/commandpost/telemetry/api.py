"""REST routes of telemetry: read by everybody, changed by administrators."""

import json
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from commandpost.accounts.gate import Administrator, SignedIn, signed_in
from commandpost.kit.edge import Db, SettingsOf, WriteDb
from commandpost.outbox.models import Batch, Message, State
from commandpost.outbox.queries import list_batches
from commandpost.settings import TelemetryMode
from commandpost.telemetry.actions import choose_mode, note_seen, send_test_event
from commandpost.telemetry.queries import get_batch as get_stored_batch
from commandpost.telemetry.rules import LANES
from commandpost.telemetry.schemas import (
    Batches,
    BatchSummary,
    Catalogue,
    EventEntry,
    FieldEntry,
    LaneStatus,
    ModeChange,
    PreviewOfBatch,
    RecordedEvent,
    RecordedEvents,
    Status,
)
from commandpost.telemetry.view import (
    StatusView,
    definitions,
    latest_test,
    list_shown,
    preview,
    status_view,
)
from commandpost.ui.refusals import refusals
from commandpost_telemetry.catalogue.event import Definition

router = APIRouter(
    prefix="/api/v1/telemetry", tags=["telemetry"], dependencies=[Depends(signed_in)]
)


@router.get("", responses=refusals(401))
def get_status(session: Db, settings: SettingsOf) -> Status:
    """Say the mode in force, the receivers, and how many events stand where."""
    return _status(status_view(session, settings))


@router.get("/catalogue", responses=refusals(401))
def get_catalogue() -> Catalogue:
    """List every event that can be recorded, with every property."""
    items = [_entry(definition) for definition in definitions()]
    return Catalogue(items=items, total_count=len(items), page_count=1, has_more=False)


@router.get("/events", responses=refusals(401, 422))
def get_events(
    session: Db, actor: SignedIn, limit: Annotated[int, Query(ge=1, le=1000)] = 50
) -> RecordedEvents:
    """List the newest recorded events, each exactly as it is sent but for `sentAt`.

    Administrators see all of them, everybody else those of their own deeds.
    """
    return _all_recorded(list_shown(session, actor, limit=limit))


@router.post("/test", status_code=201, responses=refusals(401, 403, 409))
def post_test(session: Db, actor: Administrator) -> RecordedEvents:
    """Record a test event, once for each receiver; `GET /events` shows how it fares."""
    send_test_event(session, actor)
    session.flush()  # so that it is read below as it will be committed
    return _all_recorded(latest_test(session))


@router.get("/batches", responses=refusals(401, 403, 422))
def get_batches(
    session: Db, _actor: Administrator, limit: Annotated[int, Query(ge=1, le=200)] = 20
) -> Batches:
    """List the newest request bodies with the receivers' answers."""
    items = [_batch(batch) for batch in list_batches(session, lanes=LANES, limit=limit)]
    return Batches(items=items, total_count=len(items), page_count=1, has_more=False)


@router.get(
    "/batches/{number}",
    response_class=Response,
    responses={200: {"content": {"application/gzip": {}}}, **refusals(401, 403, 404, 422)},
)
def get_batch(
    session: Db, _actor: Administrator, number: Annotated[int, Path(ge=1, lt=2**31)]
) -> Response:
    """Return the stored body of one batch, byte for byte as it is or was sent."""
    return Response(get_stored_batch(session, number).body, media_type="application/gzip")


@router.get("/preview", responses=refusals(401, 403))
def get_preview(session: WriteDb, actor: Administrator, settings: SettingsOf) -> PreviewOfBatch:
    """Return what would leave in the mode `send`. An administrator who asks has seen it."""
    note_seen(session, actor)
    view = preview(session, settings)
    return PreviewOfBatch(
        address=view.address, count=view.count, sha256=view.sha256, body=view.text
    )


@router.put("/mode", responses=refusals(400, 401, 403, 409, 413, 422))
def put_mode(change: ModeChange, session: Db, actor: Administrator, settings: SettingsOf) -> Status:
    """Switch the mode. `off` deletes what is queued; `send` needs that you looked first."""
    choose_mode(session, actor, settings, mode=TelemetryMode(change.mode))
    session.flush()  # so that the status below is read as it will be committed
    return _status(status_view(session, settings))


def _status(view: StatusView) -> Status:
    return Status(
        mode=view.mode.value,
        sentence=f"{view.headline} {view.sentence}",
        configured=view.configured,
        do_not_track=view.do_not_track,
        policy="beta" if view.policy == "beta" else "general",
        diagnostic_id=view.diagnostic_id,
        data_plane_url=view.data_plane_url,
        lanes=[
            LaneStatus(
                lane=lane.lane,
                queued=lane.counts[State.QUEUED],
                sending=lane.counts[State.SENDING],
                delivered=lane.counts[State.DELIVERED],
                parked=lane.counts[State.PARKED],
                held=lane.held,
                answer=lane.answer,
                answered_at=lane.answered_at,
            )
            for lane in view.lanes
        ],
    )


def _batch(batch: Batch) -> BatchSummary:
    return BatchSummary(
        number=batch.number,
        lane=batch.lane,
        state=batch.state,
        count=batch.count,
        size=len(batch.body),
        sha256=batch.sha256,
        created_at=batch.created_at,
        status=batch.status,
        answer=batch.answer,
        answered_at=batch.answered_at,
    )


def _entry(definition: Definition) -> EventEntry:
    return EventEntry(
        name=definition.name,
        label=definition.label,
        description=definition.description,
        triggers=list(definition.triggers),
        purpose=definition.purpose,
        readers=definition.readers,
        retention=definition.retention,
        owner=definition.owner,
        since=definition.since,
        version=definition.version,
        fields=[
            FieldEntry(
                names=list(field.wire.names),
                kind=field.kind,
                says=field.wire.says,
                unit=field.wire.unit,
                sensitivity=field.wire.sensitivity,
                example=field.wire.example,
            )
            for field in definition.fields
        ],
    )


def _all_recorded(messages: Sequence[Message]) -> RecordedEvents:
    items = [_recorded(message) for message in messages]
    return RecordedEvents(items=items, total_count=len(items), page_count=1, has_more=False)


def _recorded(message: Message) -> RecordedEvent:
    return RecordedEvent(
        id=message.id,
        event=message.label,
        lane=message.lane,
        state=message.state,
        recorded_at=message.created_at,
        settled_at=message.settled_at,
        reason=message.reason,
        message=json.loads(message.payload),
    )
