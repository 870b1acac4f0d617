"""Claim what is due in a lane, deliver it, settle the answer. One relayer per lane at a time."""

import hashlib
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from commandpost.kit.clock import now
from commandpost.kit.db import Database, tell
from commandpost.kit.ids import new_id
from commandpost.outbox.carrier import Answer, Carrier, Outcome
from commandpost.outbox.models import Batch, Lane, Message, State
from commandpost.outbox.queries import (
    count_open,
    find_batch,
    find_open_batch,
    list_in_batch,
    list_overdue,
    list_queued,
    lock_lane,
)
from commandpost.outbox.record import SETTLED

LEASE = timedelta(seconds=60)
FIRST_RETRY = 1.0  # seconds; the contract says a first retry within two
LONGEST_RETRY = 300.0  # seconds
HELD_RETRY = 60.0  # seconds; a rotated key must cost nothing
AT_ONCE = 1000  # messages in one batch at the most
ANSWER_KEPT = 1000  # characters of an answer that are kept


@dataclass(frozen=True, slots=True)
class Limits:
    """Past these the oldest messages are parked, counted and shown, never silently lost."""

    rows: int = 100_000
    age: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A batch that is ours to send."""

    number: int
    body: bytes


class Relay:
    """Moves one lane. `step()` sends at most one batch and says whether there may be more."""

    def __init__(
        self,
        database: Database,
        lane: str,
        carrier: Carrier,
        *,
        limits: Limits = Limits(),
        is_open: Callable[[Session], bool] = lambda _session: True,
    ) -> None:
        self._database = database
        self._lane = lane
        self._carrier = carrier
        self._limits = limits
        self._is_open = is_open  # asked in the transaction that claims: a closed lane keeps still
        self._owner = new_id()
        self._turn = threading.Lock()  # a drain that somebody waits for takes turns with the loop

    def step(self) -> bool:
        """Send what is due. Returns False when nothing is, or the receiver does not want it now."""
        with self._turn:
            claimed = self.claim() if self._has_work() else None
            if claimed is None:
                return False
            answer = self._carrier.send(claimed.body)
            self.settle(claimed.number, answer)
            return answer.outcome in {Outcome.DELIVERED, Outcome.REFUSED}

    def drain(self) -> int:
        """Send until nothing is due; return how many messages are still open."""
        while self.step():
            pass
        with self._database.reading() as session:
            return count_open(session, self._lane)

    def hurry(self) -> None:
        """Make the lane due now, as an administrator or a command asks."""
        with self._database.transaction() as session:
            session.execute(update(Lane).where(Lane.name == self._lane).values(due_at=now()))

    def take_over(self) -> None:
        """Take the lane from a process that is known to be gone, without waiting for its lease."""
        at = now()
        with self._database.transaction() as session:
            session.execute(
                update(Lane)
                .where(Lane.name == self._lane)
                .values(due_at=at, leased_until=at, changed_at=at)
            )

    def _has_work(self) -> bool:
        """Look without writing: most of the time there is nothing to send."""
        with self._database.reading() as session:
            return count_open(session, self._lane) > 0

    def claim(self) -> Claimed | None:
        """Take the lane and its next batch; the first half of a step."""
        with self._database.transaction() as session:
            lane = self._lease(session) if self._is_open(session) else None
            if lane is None:
                return None
            self._park_excess(session)
            batch = find_open_batch(session, self._lane) or self._pack(session)
            if batch is None:
                lane.leased_until = now()
                return None
            return Claimed(batch.number, batch.body)

    def _lease(self, session: Session) -> Lane | None:
        found = lock_lane(session, self._lane)
        at = now()  # read once the row is locked, so that no other relayer's time is later
        if found is None:
            session.add(Lane(name=self._lane, leased_until=at, due_at=at, changed_at=at))
            session.flush()  # so that the conditional update below finds the row
        jumped_back = Lane.changed_at > at + LEASE
        taken = session.execute(
            update(Lane)
            .where(
                Lane.name == self._lane,
                or_(Lane.due_at <= at, jumped_back),
                or_(Lane.leased_until <= at, jumped_back, Lane.leased_by == self._owner),
            )
            .values(leased_by=self._owner, leased_until=at + LEASE, changed_at=at)
            .returning(Lane.name)
        ).first()
        return lock_lane(session, self._lane) if taken else None

    def _pack(self, session: Session) -> Batch | None:
        messages: list[Message] = []
        size = 0
        for message in list_queued(session, self._lane, limit=AT_ONCE):
            if messages and not self._carrier.fits(size + len(message.payload), len(messages) + 1):
                break
            messages.append(message)
            size += len(message.payload)
        return self._new_batch(session, messages) if messages else None

    def _new_batch(self, session: Session, messages: list[Message]) -> Batch:
        at = now()
        body = self._carrier.pack([message.payload for message in messages], sent_at=at)
        batch = Batch(
            lane=self._lane,
            body=body,
            sha256=hashlib.sha256(body).hexdigest(),
            count=len(messages),
            created_at=at,
        )
        session.add(batch)
        session.flush()  # for the batch's number, which its messages carry
        for message in messages:
            message.batch_number = batch.number
            message.state = State.SENDING
        return batch

    def _park_excess(self, session: Session) -> None:
        at = now()
        overdue = list_overdue(
            session, self._lane, older_than=at - self._limits.age, over=self._limits.rows
        )
        for message in overdue:
            _park(message, at, "withheld: the queue is longer or older than its limit")

    def settle(self, number: int, answer: Answer) -> None:
        """Write down what the receiver answered; the second half of a step."""
        at = now()
        with self._database.transaction() as session:
            lane, batch = lock_lane(session, self._lane), find_batch(session, number)
            if lane is None or batch is None:  # the queue was emptied meanwhile
                return
            batch.status, batch.answer, batch.answered_at = (
                answer.status,
                answer.text[:ANSWER_KEPT],
                at,
            )
            self._note(lane, answer, at)
            tell(session, SETTLED)
            if answer.outcome is Outcome.DELIVERED:
                _deliver(session, batch, at)
            elif answer.outcome is Outcome.REFUSED:
                self._split(session, batch, answer, at)

    def _note(self, lane: Lane, answer: Answer, at: datetime) -> None:
        lane.leased_until = lane.changed_at = at
        lane.answer, lane.answered_at = answer.text[:ANSWER_KEPT], at
        lane.held = answer.outcome is Outcome.HELD
        again = answer.outcome in {Outcome.TRANSIENT, Outcome.HELD}
        lane.attempts = lane.attempts + 1 if again else 0
        lane.due_at = at + timedelta(seconds=pause(lane.attempts, answer)) if again else at

    def _split(self, session: Session, batch: Batch, answer: Answer, at: datetime) -> None:
        messages = list(list_in_batch(session, batch.number))
        if len(messages) <= 1:
            batch.state = State.PARKED
            for message in messages:
                _park(message, at, f"refused with {answer.status}: {answer.text[:ANSWER_KEPT]}")
            return
        batch.state = State.SPLIT
        middle = len(messages) // 2
        for half in (messages[:middle], messages[middle:]):
            self._new_batch(session, half)


def pause(attempts: int, answer: Answer) -> float:
    """Return the seconds until the next try: doubling with jitter, capped; Retry-After wins."""
    if answer.retry_after is not None:
        return min(max(answer.retry_after, 0.0), 3600.0)
    if answer.outcome is Outcome.HELD:
        return HELD_RETRY
    longest = min(FIRST_RETRY * 2 ** min(attempts - 1, 16), LONGEST_RETRY)
    return random.uniform(longest / 2, longest)  # noqa: S311 - jitter, not a secret


def _deliver(session: Session, batch: Batch, at: datetime) -> None:
    batch.state = State.DELIVERED
    session.execute(
        update(Message)
        .where(Message.batch_number == batch.number)
        .values(state=State.DELIVERED, settled_at=at)
    )


def _park(message: Message, at: datetime, reason: str) -> None:
    message.state, message.settled_at, message.reason = State.PARKED, at, reason
