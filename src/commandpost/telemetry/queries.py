"""Every question about how this installation does telemetry."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from commandpost.outbox.models import Batch
from commandpost.outbox.queries import find_batch
from commandpost.settings import TelemetryMode
from commandpost.telemetry.errors import BatchNotFound
from commandpost.telemetry.models import ONLY, Installation, wished_mode
from commandpost.telemetry.rules import LANES, lanes


@dataclass(frozen=True, slots=True)
class Recording:
    """What recording an event needs to know."""

    mode: TelemetryMode
    diagnostic_id: str
    salt: str  # "" when ids go as they are


def is_open(session: Session, lane: str) -> bool:
    """Return whether the mode in force lets events go there."""
    recording = find_recording(session)
    return recording is not None and lane in lanes(recording.mode)


def find_recording(session: Session) -> Recording | None:
    """Return how to record, in one row of columns: it is asked with every tracked deed."""
    row = session.execute(
        select(
            Installation.do_not_track,
            Installation.configured_mode,
            Installation.honours_host_switch,
            Installation.chosen_mode,
            Installation.diagnostic_id,
            Installation.pseudonyms,
            Installation.salt,
        ).where(Installation.id == ONLY),
        execution_options={"autoflush": False},  # the deed's own rows are not asked about
    ).first()
    if row is None:
        return None
    mode = wished_mode(
        row.do_not_track, row.configured_mode, row.honours_host_switch, row.chosen_mode
    )
    return Recording(mode, row.diagnostic_id, row.salt if row.pseudonyms else "")


def find_installation(session: Session) -> Installation | None:
    """Return the row, None before the first start."""
    return session.get(Installation, ONLY)


def get_installation(session: Session) -> Installation:
    """Return the row; `configure` makes it at the start of every process."""
    return session.get_one(Installation, ONLY)


def get_batch(session: Session, number: int) -> Batch:
    """Return one batch of telemetry; the outbox also carries what is no telemetry."""
    batch = find_batch(session, number)
    if batch is None or batch.lane not in LANES:
        raise BatchNotFound
    return batch
