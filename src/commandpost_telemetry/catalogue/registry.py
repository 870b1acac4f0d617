"""The list of all events, in the order of the public page."""

from commandpost_telemetry.catalogue.checklist import (
    AddChecklistItem,
    CheckChecklistItem,
    MoveChecklistItem,
    RemoveChecklistItem,
    RenameChecklistItem,
    UncheckChecklistItem,
)
from commandpost_telemetry.catalogue.event import Event
from commandpost_telemetry.catalogue.incident import CreateIncident, EndIncident
from commandpost_telemetry.catalogue.playbook import CreatePlaybook, DeletePlaybook, UpdatePlaybook
from commandpost_telemetry.catalogue.telemetry import SendTestEvent

_EVENTS: tuple[type[Event], ...] = (
    CreateIncident,
    EndIncident,
    AddChecklistItem,
    RemoveChecklistItem,
    RenameChecklistItem,
    MoveChecklistItem,
    CheckChecklistItem,
    UncheckChecklistItem,
    CreatePlaybook,
    UpdatePlaybook,
    DeletePlaybook,
    SendTestEvent,
)


def all_events() -> tuple[type[Event], ...]:
    """Return every event class of the catalogue."""
    return _EVENTS
