"""Tells the summary of the last week, once by each way that is set up: a mail, a post."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from commandpost_telemetry.insights.panels import Suppression
from commandpost_telemetry.insights.questions import ask
from commandpost_telemetry.insights.scope import Scope
from commandpost_telemetry.insights.source import Source
from commandpost_telemetry.insights.summary import Summary, last_week, summary
from commandpost_telemetry.insights.upkeep import Upkeep
from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.kit.words import ENGLISH, N_, gettext, speaking
from commandpost_telemetry.warehouse.schema.sql import compose, literal

_FIRST_DAY = "SELECT MIN(first_day) AS first_day FROM server_life"
_SENDINGS = """
SELECT week, way, state, tries, changed_at, said
FROM sendings
ORDER BY week DESC, way
LIMIT 40
"""


class DeliveryFailed(Exception):
    """The summary did not get through; the sentence says why, and a later try may work."""


class Way(Protocol):
    """One way to tell a summary."""

    @property
    def name(self) -> str:
        """Return by what it is told apart."""
        ...

    @property
    def label(self) -> str:
        """Return what it is called on the page, in the reader's language."""
        ...

    def deliver(self, told: Summary) -> str:
        """Tell it and return what is worth a note; raises `DeliveryFailed`."""
        ...


class State(StrEnum):
    """How far a summary came on one way."""

    SENDING = "sending"  # left like this by a process that ended: never sent a second time
    SENT = "sent"
    FAILED = "failed"  # tried again after the next sync

    def said(self) -> str:
        """Return it in the reader's language."""
        return gettext(_STATES[self])


_STATES = {
    State.SENDING: N_("sending"),
    State.SENT: N_("sent"),
    State.FAILED: N_("failed"),
}


@dataclass(frozen=True, slots=True)
class Sending:
    """One week on one way."""

    week: date
    way: str
    state: State
    tries: int
    changed_at: datetime
    said: str


@dataclass(frozen=True, slots=True)
class Weekly:
    """Sends what is due; what became of it is kept in the warehouse."""

    source: Source
    upkeep: Upkeep
    suppression: Suppression
    ways: Sequence[Way] = ()
    language: str = ENGLISH  # of what is told; its readers may read several

    def send_due(self) -> None:
        """Tell the last week on every way that has not told it."""
        scope = last_week(now().date())
        if not self.ways or not self.upkeep.refresh() or not self._has_begun(scope):
            return
        before = {each.way: each for each in self.sendings() if each.week == scope.first}
        with speaking(self.language):
            told = summary(self.source, scope, self.suppression)
            self._tell(told, before)

    def _tell(self, told: Summary, before: Mapping[str, Sending]) -> None:
        for way in self.ways:
            last = before.get(way.name)
            if last is None or last.state is State.FAILED:
                self._send(way, told, tries=last.tries + 1 if last else 1)

    def sendings(self) -> list[Sending]:
        """Return what became of the last weeks, the newest first."""
        return [
            Sending(week, str(way), State(str(state)), int(str(tries)), changed_at, str(said))
            for week, way, state, tries, changed_at, said in ask(self.source, _SENDINGS, {}).rows
            if isinstance(week, date) and isinstance(changed_at, datetime)
        ]

    def _has_begun(self, scope: Scope) -> bool:
        """Whether anything happened by the end of the week: an empty summary tells nothing."""
        first = ask(self.source, _FIRST_DAY, {}).rows[0][0]
        return isinstance(first, date) and first <= scope.last

    def _send(self, way: Way, told: Summary, *, tries: int) -> None:
        self._keep(way, told, State.SENDING, tries, "")  # before it leaves: never twice
        try:
            said = way.deliver(told)
        except DeliveryFailed as error:
            self._keep(way, told, State.FAILED, tries, str(error))
        else:
            self._keep(way, told, State.SENT, tries, said)

    def _keep(self, way: Way, told: Summary, state: State, tries: int, said: str) -> None:
        key = {"week": literal(told.first.isoformat()), "way": literal(way.name)}
        at = literal(now().replace(tzinfo=None, microsecond=0).isoformat(sep=" "))
        self.source.change(
            [
                compose(
                    "DELETE FROM insights.sendings WHERE week = CAST({week} AS DATE)"
                    " AND way = {way}",
                    **key,
                ),
                compose(
                    "INSERT INTO insights.sendings VALUES (CAST({week} AS DATE), {way}, {state},"
                    " {tries}, CAST({at} AS TIMESTAMP), {said})",
                    **key,
                    state=literal(state.value),
                    tries=literal(tries),
                    at=at,
                    said=literal(said[:1000]),
                ),
            ]
        )
