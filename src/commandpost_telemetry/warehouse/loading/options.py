"""What may differ from one installation's loads to the next's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from commandpost_telemetry.warehouse.schema.json_paths import JsonPaths


@dataclass(frozen=True, slots=True)
class Options:
    """How much a load may bring, where its copies are looked for, and what is kept."""

    destination_id: str = "warehouse"
    source_type: str = "HTTP"
    most_columns: int = 200  # of one event
    most_at_once: int = 10_000  # columns of all tables of one load: each costs memory and locks
    is_append_only: bool = False  # trust the log and look for no copies in the tables
    window: timedelta | None = timedelta(days=31)  # how late a copy may come; None: any time
    retention: Mapping[str, int] = field(default_factory=dict)  # table, kind or * -> days
    json_paths: JsonPaths = field(default_factory=JsonPaths)
