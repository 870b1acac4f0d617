"""REST shapes of telemetry."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class ModeChange(BaseModel):
    """What PUT /telemetry/mode takes."""

    model_config = ConfigDict(extra="forbid")

    mode: Literal["off", "local", "send"]


class LaneStatus(BaseModel):
    """How one receiver stands."""

    lane: str
    queued: int
    sending: int
    delivered: int
    parked: int
    held: bool
    answer: str
    answered_at: datetime | None


class Status(BaseModel):
    """What GET /telemetry answers."""

    mode: Literal["off", "local", "send"]
    sentence: str
    configured: bool
    do_not_track: bool
    policy: Literal["general", "beta"]
    diagnostic_id: str
    data_plane_url: str
    lanes: list[LaneStatus]


class FieldEntry(BaseModel):
    """One property of an event."""

    names: list[str]
    kind: str
    says: str
    unit: str
    sensitivity: str
    example: Any


class EventEntry(BaseModel):
    """One event of the catalogue."""

    name: str
    label: str
    description: str
    triggers: list[str]
    purpose: str
    readers: str
    retention: str
    owner: str
    since: str
    version: int
    fields: list[FieldEntry]


class Catalogue(BaseModel):
    """Everything that can be recorded."""

    items: list[EventEntry]
    total_count: int
    page_count: int
    has_more: bool


class RecordedEvent(BaseModel):
    """One event as it was recorded: the message is exactly what is sent, but for sentAt."""

    id: str
    event: str
    lane: str
    state: str  # queued, sending, delivered or parked
    recorded_at: datetime
    settled_at: datetime | None
    reason: str
    message: Any


class RecordedEvents(BaseModel):
    """The newest events of this server."""

    items: list[RecordedEvent]
    total_count: int
    page_count: int
    has_more: bool


class BatchSummary(BaseModel):
    """One request body as it is stored; `GET …/batches/{number}` gives its bytes."""

    number: int
    lane: str
    state: str  # sending, delivered, parked or split
    count: int
    size: int
    sha256: str
    created_at: datetime
    status: int | None
    answer: str
    answered_at: datetime | None


class Batches(BaseModel):
    """The newest batches."""

    items: list[BatchSummary]
    total_count: int
    page_count: int
    has_more: bool


class PreviewOfBatch(BaseModel):
    """What would be sent in the mode `send`; `body` is the exact text before compression."""

    address: str
    count: int
    sha256: str
    body: str
