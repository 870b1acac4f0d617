"""What telemetry a test has recorded, as it would be sent."""

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from commandpost.outbox.models import Message


def recorded(session: Session) -> list[tuple[str, dict[str, object]]]:
    """Return name and own properties of every recorded event, oldest first."""
    rows = session.execute(
        select(Message.label, Message.payload).order_by(Message.created_at, Message.label)
    )
    return [(label, _own(json.loads(payload)["properties"])) for label, payload in rows]


def _own(properties: dict[str, object]) -> dict[str, object]:
    return {
        name: value
        for name, value in properties.items()
        if name not in {"PluginVersion", "ServerVersion"}
    }
