"""Builders for tests of telemetry."""

from commandpost.accounts.actor import Actor
from commandpost.kit.db import Database
from commandpost.kit.ids import UserId
from commandpost.settings import Settings
from commandpost.telemetry.actions import configure
from commandpost.telemetry.record import record
from commandpost_telemetry.catalogue.checklist import CheckChecklistItem

ANN = Actor(UserId("a" * 26), "ann", "Ann", is_admin=True)
BEN = Actor(UserId("b" * 26), "ben", "Ben")


def settings(**values: object) -> Settings:
    """Return settings that ignore the environment of the machine, with what the test wants."""
    return Settings(**({"do_not_track": ""} | values))  # type: ignore[arg-type]  # validated there


def an_installation(database: Database, **values: object) -> Settings:
    """Start once with these settings."""
    made = settings(**values)
    with database.transaction() as session:
        configure(session, made)
    return made


def recorded_events(database: Database, count: int = 1, *, at_once: bool = False) -> None:
    """Record `count` checks, each in a transaction of its own unless they come at once."""
    each = 1 if not at_once else count
    for _ in range(count // each):
        with database.transaction() as session:
            for _ in range(each):
                record(session, CheckChecklistItem(incident_id="i" * 26, user_id="u" * 26))
