"""Puts together what the page, REST and the command line show of telemetry."""

import gzip
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.kit.clock import now
from commandpost.kit.words import N_, _
from commandpost.outbox.models import Batch, Message, State
from commandpost.outbox.queries import count_by_state, find_lane, list_recent
from commandpost.settings import Settings, TelemetryMode
from commandpost.telemetry.pseudonyms import pseudonym
from commandpost.telemetry.queries import get_installation
from commandpost.telemetry.rules import LANES, LOCAL_LANE, mode_sentences
from commandpost_telemetry.catalogue.event import Definition
from commandpost_telemetry.catalogue.metadata import ENVELOPE, METADATA, Metadata
from commandpost_telemetry.catalogue.registry import all_events
from commandpost_telemetry.catalogue.telemetry import SendTestEvent
from commandpost_telemetry.rudder.message import batch_body

STATE_LABELS = {
    State.QUEUED: N_("queued"),
    State.SENDING: N_("sending"),
    State.DELIVERED: N_("delivered"),
    State.PARKED: N_("withheld or refused"),
}


@dataclass(frozen=True, slots=True)
class LaneView:
    """How one receiver stands."""

    lane: str
    counts: dict[State, int]
    held: bool
    failing: bool  # the last try did not go through
    answer: str
    answered_at: datetime | None

    @property
    def open(self) -> int:
        return self.counts[State.QUEUED] + self.counts[State.SENDING]


@dataclass(frozen=True, slots=True)
class StatusView:
    """The mode in one sentence, and the receivers."""

    mode: TelemetryMode
    headline: str
    sentence: str
    configured: bool
    do_not_track: bool
    policy: str
    diagnostic_id: str
    data_plane_url: str
    lanes: Sequence[LaneView]


@dataclass(frozen=True, slots=True)
class MessageView:
    """One recorded event; `text` is the stored message, readable."""

    id: str
    event: str
    lane: str
    state: State
    recorded_at: datetime
    settled_at: datetime | None
    reason: str
    batch: int | None
    size: int
    properties: Sequence[str]
    text: str

    @property
    def state_label(self) -> str:
        return _(STATE_LABELS[self.state])


@dataclass(frozen=True, slots=True)
class BatchView:
    """One request body: the exact bytes, unpacked, beside the SHA-256 of what is stored."""

    number: int
    lane: str
    state: State
    count: int
    size: int
    sha256: str
    text: str
    created_at: datetime
    status: int | None
    answer: str
    answered_at: datetime | None

    @property
    def state_label(self) -> str:
        return _(STATE_LABELS[self.state])


def status_view(session: Session, settings: Settings) -> StatusView:
    """Return how telemetry stands."""
    installation = get_installation(session)
    lanes = [_lane_view(session, name) for name in LANES]
    sent = lanes[1].counts[State.DELIVERED]
    headline, sentence = mode_sentences(
        installation.mode(), sent=sent, address=settings.telemetry_data_plane_url
    )
    return StatusView(
        mode=installation.mode(),
        headline=headline,
        sentence=sentence,
        configured=installation.configured_mode is not None,
        do_not_track=installation.do_not_track,
        policy=settings.telemetry_policy,
        diagnostic_id=installation.diagnostic_id,
        data_plane_url=settings.telemetry_data_plane_url,
        lanes=lanes,
    )


def _lane_view(session: Session, name: str) -> LaneView:
    lane = find_lane(session, name)
    counts = count_by_state(session, name)
    if lane is None:
        return LaneView(name, counts, held=False, failing=False, answer="", answered_at=None)
    failing = lane.attempts > 0
    return LaneView(name, counts, lane.held, failing, lane.answer, lane.answered_at)


def list_shown(
    session: Session, actor: Actor, *, label: str = "", state: str = "", before: int = 0, limit: int
) -> Sequence[Message]:
    """Return the newest that somebody may see: administrators all, others those of their deeds."""
    own = () if actor.is_admin else (actor.id, pseudonym(get_installation(session).salt, actor.id))
    return list_recent(
        session, lanes=LANES, label=label, state=state, naming=own, before=before, limit=limit
    )


def message_view(message: Message) -> MessageView:
    """Return a recorded event as it is shown."""
    content = json.loads(message.payload)
    return MessageView(
        id=message.id,
        event=message.label,
        lane=message.lane,
        state=State(message.state),
        recorded_at=message.created_at,
        settled_at=message.settled_at,
        reason=message.reason,
        batch=message.batch_number,
        size=len(message.payload),
        properties=tuple(content["properties"]),
        text=message.payload.decode(),
    )


def latest_test(session: Session) -> Sequence[Message]:
    """Return the newest test event, once for each receiver that it goes to."""
    name = SendTestEvent.definition.name
    newest = list_recent(session, lanes=LANES, label=name, limit=len(LANES))
    return [message for message in reversed(newest) if message.id == newest[0].id]


def batch_view(batch: Batch) -> BatchView:
    """Return a batch as it is shown."""
    return BatchView(
        number=batch.number,
        lane=batch.lane,
        state=State(batch.state),
        count=batch.count,
        size=len(batch.body),
        sha256=batch.sha256,
        text=gzip.decompress(batch.body).decode(),
        created_at=batch.created_at,
        status=batch.status,
        answer=batch.answer,
        answered_at=batch.answered_at,
    )


@dataclass(frozen=True, slots=True)
class Preview:
    """The body that a batch of the newest events would be, and where it would go."""

    address: str
    count: int
    sha256: str
    text: str


def preview(session: Session, settings: Settings, *, limit: int = 10) -> Preview:
    """Return what would leave in the mode `send`: the newest events of this server as one body."""
    newest = list_recent(session, lanes=[LOCAL_LANE], limit=limit)
    payloads = [message.payload for message in reversed(newest)]
    body = batch_body(payloads, sent_at=now())
    data_plane = settings.telemetry_data_plane_url or _("(no data plane configured)")
    return Preview(
        address=f"{data_plane}/v1/batch",
        count=len(payloads),
        sha256=hashlib.sha256(body).hexdigest(),
        text=body.decode(),
    )


def definitions() -> Sequence[Definition]:
    """Return what the catalogue says of each event, in the order of the public page."""
    return [event.definition for event in all_events()]


def metadata() -> Sequence[Metadata]:
    """Return what accompanies every event."""
    return (*METADATA, *ENVELOPE)
