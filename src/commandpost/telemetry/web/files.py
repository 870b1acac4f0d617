"""What was recorded and sent, as files."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import PlainTextResponse, Response

from commandpost.accounts.gate import Administrator, SignedIn
from commandpost.kit.edge import Db
from commandpost.telemetry.queries import get_batch
from commandpost.telemetry.view import list_shown
from commandpost.telemetry.web.pages import PAGE

router = APIRouter()

EXPORTED = 10_000


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
