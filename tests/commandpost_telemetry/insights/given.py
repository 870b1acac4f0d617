"""Builders for Insights: events that lie in a warehouse, with nothing hidden but their ids."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import duckdb

from commandpost_telemetry.catalogue.registry import all_events
from commandpost_telemetry.rudder.naming import Naming
from commandpost_telemetry.warehouse.schema.tables import event_table

Column = str | int | datetime | None


def at(text: str) -> datetime:
    """Read `2026-11-02 09:00` as the naive UTC of a warehouse."""
    return datetime.fromisoformat(text).replace(tzinfo=None)


@dataclass
class Events:
    """Events on their way into the tables of a warehouse."""

    rows: list[tuple[str, dict[str, Column]]] = field(default_factory=list)
    loads: list[dict[str, Column]] = field(default_factory=list)
    received_after: timedelta = timedelta(seconds=2)
    loaded_after: timedelta = timedelta(minutes=10)

    def add(
        self, event: str, when: str | datetime, server: str, version: str = "0.4.0", **own: Column
    ) -> None:
        """Add one event of the catalogue; `own` are its declared columns."""
        moment = at(when) if isinstance(when, str) else when
        columns = self._columns(event, moment, server)
        columns |= {"server_version": "5.28.0", "plugin_version": version, **own}
        self.rows.append((event, columns))

    def start(
        self,
        when: str,
        incident: str,
        *,
        server: str = "s1",
        by: str = "ann",
        version: str = "0.4.0",
        **own: Column,
    ) -> None:
        columns = {"incident_id": incident, "commander_user_id": by} | own
        self.add("CreateIncident", when, server, version, **columns)

    def end(
        self,
        when: str,
        incident: str,
        *,
        server: str = "s1",
        by: str = "ann",
        version: str = "0.4.0",
        **own: Column,
    ) -> None:
        columns = {"incident_id": incident, "user_actual_id": by} | own
        self.add("EndIncident", when, server, version, **columns)

    def item(
        self,
        event: str,
        when: str,
        incident: str,
        *,
        server: str = "s1",
        by: str = "ann",
        version: str = "0.4.0",
    ) -> None:
        """Add a deed on an item: `check`, `uncheck`, `add`, `remove`, `rename` or `move`."""
        name = f"{event.title()}ChecklistItem"
        self.add(name, when, server, version, incident_id=incident, user_actual_id=by)

    def playbook(
        self,
        event: str,
        when: str,
        playbook: str,
        *,
        server: str = "s1",
        version: str = "0.4.0",
        **own: Column,
    ) -> None:
        """Add a deed on a playbook: `create`, `update` or `delete`."""
        self.add(f"{event.title()}Playbook", when, server, version, playbook_id=playbook, **own)

    def load(self, when: str | datetime, *counts: int) -> None:
        """Add the account of a load: messages, loaded, repeated, discarded, rejected."""
        moment = at(when) if isinstance(when, str) else when
        names = ("messages", "loaded", "repeated", "discarded", "rejected")
        self.loads.append({"finished_at": moment, **dict(zip(names, counts, strict=True))})

    def _columns(self, event: str, moment: datetime, server: str) -> dict[str, Column]:
        received = moment + self.received_after
        return {
            "id": f"m{len(self.rows) + 1:04d}",
            "user_id": server,
            "event": event_table(event, Naming.DUCKDB),
            "event_text": event,
            "timestamp": moment,
            "original_timestamp": moment,
            "sent_at": moment,
            "received_at": received,
            "uuid_ts": received + self.loaded_after,
        }

    def into(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Put all events into the tables of a DuckDB warehouse, and forget them."""
        for table, columns in self.tables():
            names = ", ".join(f'"{name}"' for name in columns)
            marks = ", ".join("?" * len(columns))
            connection.execute(
                f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608 - names of our own
                list(columns.values()),
            )
        self.rows.clear()
        self.loads.clear()

    def tables(self) -> list[tuple[str, dict[str, Column]]]:
        """Return every row with its table; each event is also one of tracks."""
        found: list[tuple[str, dict[str, Column]]] = [("loader.loads", each) for each in self.loads]
        for event, columns in self.rows:
            kept = {name: value for name, value in columns.items() if name in _TRACKS}
            found.append(("tracks", kept))
            found.append((event_table(event, Naming.DUCKDB), columns))
        return found


_TRACKS = frozenset(
    {
        "id",
        "user_id",
        "event",
        "event_text",
        "timestamp",
        "original_timestamp",
        "sent_at",
        "received_at",
        "uuid_ts",
    }
)
NAMES = tuple(e.definition.name for e in all_events() if e.definition.is_counted)


def a_month() -> Events:
    """Return November 2026 on three servers, small enough to count by hand.

    s1 (0.4.0, then 0.5.0 from the 10th): i1 ended after 1 h, i2 after 3 h; s2 (0.4.0): i3 goes on;
    s3 was seen in October only; s9 only tried telemetry out, which no metric counts. Today is the
    24th.
    """
    events = Events()
    events.add(
        "CreateIncident", "2026-10-01 08:00", "s3", incident_id="i0", commander_user_id="eve"
    )
    events.playbook("create", "2026-11-02 08:00", "p1", total_checklist_items=3, num_checklists=1)
    events.start("2026-11-02 09:00", "i1", total_checklist_items=3, post_id="post")
    events.item("check", "2026-11-02 09:10", "i1")
    events.item("check", "2026-11-02 09:20", "i1", by="ben")
    events.item("uncheck", "2026-11-02 09:30", "i1", by="ben")
    events.item("add", "2026-11-02 09:40", "i1")
    events.item("check", "2026-11-02 09:50", "i1", by="ben")
    events.end("2026-11-02 10:00", "i1", total_checklist_items=4)
    events.start("2026-11-03 22:00", "i3", server="s2", total_checklist_items=0, by="cid")
    events.item("rename", "2026-11-03 22:30", "i3", server="s2", by="cid")
    events.playbook("update", "2026-11-10 08:00", "p1", version="0.5.0", total_checklist_items=5)
    events.start("2026-11-10 09:00", "i2", version="0.5.0", total_checklist_items=5)
    events.item("check", "2026-11-10 09:30", "i2", version="0.5.0")
    events.end("2026-11-10 12:00", "i2", version="0.5.0", total_checklist_items=5)
    events.add("SendTestEvent", "2026-11-11 12:00", "s9")
    events.load("2026-10-31 23:59", 1, 1, 0, 0, 0)
    events.load("2026-11-02 10:30", 12, 9, 2, 4, 1)
    events.load("2026-11-04 00:10", 2, 2, 0, 0, 0)
    events.load("2026-11-10 12:30", 5, 4, 0, 1, 1)
    return events


def utc(text: str) -> datetime:
    """Read a moment with its zone."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
