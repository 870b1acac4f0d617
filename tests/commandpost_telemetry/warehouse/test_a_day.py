"""A day of 200 servers through collector, log and sync: the tables answer what was played."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import merge
from pathlib import Path
from random import Random

import pytest

from commandpost_telemetry.catalogue.incident import CreateIncident, EndIncident
from commandpost_telemetry.insights.demo.deeds import Deed
from commandpost_telemetry.insights.demo.world import Server
from commandpost_telemetry.insights.demo.year import Wish, deeds, message, windows
from commandpost_telemetry.kit.clock import clock, now
from commandpost_telemetry.rudder.message import batch_body, batches, rfc3339_ms
from commandpost_telemetry.rudder.naming import Naming
from commandpost_telemetry.settings import Settings
from commandpost_telemetry.warehouse.connect import calendar_of, open_sync
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination
from commandpost_telemetry.warehouse.schema.tables import event_table
from tests.commandpost_telemetry.collector.given import Plane, a_plane
from tests.commandpost_telemetry.warehouse import given

pytestmark = pytest.mark.slow

MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)
DAY = timedelta(days=1)
SERVERS = 200
ADMINISTRATORS = 40  # servers that say a second time who they are

AMISS = """
SELECT reason FROM loader.rejects UNION ALL SELECT table_name FROM loader.held
UNION ALL SELECT error FROM loader.failures
"""


@dataclass
class Told:
    """What the servers know of their day."""

    events: Counter[tuple[str, str]] = field(default_factory=Counter)  # server, event
    running: set[tuple[str, str]] = field(default_factory=set)  # server, incident
    users: dict[str, tuple[object, ...]] = field(default_factory=dict)  # edition, people, theme
    messages: int = 0

    def deed(self, deed: Deed) -> None:
        self.messages += 1
        self.events[deed.server.id, deed.event.definition.name] += 1
        if isinstance(deed.event, CreateIncident):
            self.running.add((deed.server.id, deed.event.incident_id))
        if isinstance(deed.event, EndIncident):
            self.running.discard((deed.server.id, deed.event.incident_id))


def identify(at: datetime, server: Server, **traits: object) -> bytes:
    """A message without its end, as those of the product wait for the moment of sending."""
    return json.dumps(
        {
            "type": "identify",
            "messageId": f"{server.id} {at:%H}",
            "userId": server.id,
            "traits": traits,
            "originalTimestamp": rfc3339_ms(at),
        }
    ).encode()


def introductions(servers: Sequence[Server], told: Told) -> Iterator[tuple[datetime, list[bytes]]]:
    """All servers say at one in the morning who they are, some again at noon, as they are then."""
    told.messages += SERVERS + ADMINISTRATORS
    at, said = MIDNIGHT + timedelta(hours=1), []
    for server in servers:
        told.users[server.id] = (server.edition or None, len(server.people), None)
        said.append(identify(at, server, edition=server.edition, people=len(server.people)))
    yield at, said
    at, said = MIDNIGHT + timedelta(hours=12), []
    for server in servers[:ADMINISTRATORS]:
        people = len(server.people) + 1
        told.users[server.id] = (server.edition or None, people, "dark")
        said.append(identify(at, server, people=people, theme="dark"))
    yield at, said


def played(happened: Iterator[Deed], told: Told) -> Iterator[tuple[datetime, list[bytes]]]:
    chance = Random(1)  # noqa: S311 - ids of made-up messages
    for at, together in windows(happened):
        for deed in together:
            told.deed(deed)
        yield at, [message(deed, chance) for deed in together]


def post(plane: Plane, messages: Sequence[bytes], *, is_answer_lost: bool) -> None:
    for batch in batches(messages):
        body = batch_body(batch, sent_at=now())
        for _ in range(1 + is_answer_lost):
            assert plane.send("POST", "/v1/batch", body).status == 200


def the_day(plane: Plane, warehouse: DuckDBDestination, folder: Path, told: Told) -> int:
    """Play it and sync by the default schedule; return how many syncs there were."""
    servers, happened = deeds(Wish(SERVERS, 1, 7, MIDNIGHT + DAY - timedelta(seconds=1)))
    settings = Settings(data_dir=folder)
    sync, calendar = open_sync(settings, plane.parts.log, warehouse), calendar_of(settings)
    syncs, due = 0, calendar.following(MIDNIGHT)
    sent = merge(introductions(servers, told), played(happened, told))
    for number, (at, messages) in enumerate([*sent, (MIDNIGHT + DAY, [])]):
        while due <= at:
            clock.set(due)
            sync.run()
            syncs, due = syncs + 1, calendar.following(due)
        clock.set(at)
        post(plane, messages, is_answer_lost=number % 5 == 0)
    return syncs


def test_a_day_of_200_servers_is_answered_as_it_was_played(
    tmp_path: Path, in_memory: DuckDBDestination, at_noon: datetime
) -> None:
    del at_noon  # the clock is driven, and reset at the end
    clock.set(MIDNIGHT)
    told = Told()

    with a_plane(tmp_path) as plane:
        syncs = the_day(plane, in_memory, tmp_path, told)
        left = plane.parts.log.read(after=in_memory.position("log"))

    def ask(sql: str) -> list[tuple[object, ...]]:
        return in_memory.query(sql).rows

    by_event: Counter[str] = Counter()
    for (_, event), count in told.events.items():
        by_event[event_table(event, Naming.DUCKDB)] += count
    expected = {"tracks": by_event.total(), "identifies": SERVERS + ADMINISTRATORS} | by_event
    added = "SELECT table_name, sum(added)::INT FROM loader.load_tables GROUP BY ALL"
    assert syncs == DAY / timedelta(minutes=30)
    assert {table: len(given.rows(in_memory, table, "id")) for table in expected} == expected
    assert set(ask(added)) >= set(expected.items())
    assert ask("SELECT sum(messages)::INT, sum(loaded)::INT FROM loader.loads") == [
        (told.messages, told.messages)
    ]
    assert (
        Counter(
            {
                (server, event): count
                for server, event, count in ask(
                    "SELECT diagnostic_id, event_text, count(*) FROM telemetry_events GROUP BY ALL"
                )
            }
        )
        == told.events
    )
    assert (
        set(
            ask(
                "SELECT user_id, incident_id FROM create_incident"
                " ANTI JOIN end_incident USING (user_id, incident_id)"
            )
        )
        == told.running
    )
    assert {
        user: latest for user, *latest in ask("SELECT id, edition, people, theme FROM users")
    } == {user: list(latest) for user, latest in told.users.items()}
    assert left == []
    assert ask("SELECT reason FROM rudder_discards") + ask(AMISS) == []
    [(lag,)] = ask("SELECT max(uuid_ts - received_at) FROM tracks")
    assert isinstance(lag, timedelta)
    assert lag <= timedelta(minutes=30)
