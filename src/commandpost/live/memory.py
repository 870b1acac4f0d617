"""What is remembered of fragments: as what somebody sees a path, and what is seen there.

Both are forgotten when a topic changes on which they hang; `user:<id>` ends what one person sees.
"""

import threading
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from time import monotonic

from commandpost.live.hub import EVERYTHING

SIGHT_LASTS = 60.0  # seconds; sessions that run out say nothing
ANSWER_LASTS = 20.0  # seconds; durations and names of people go on
MOST_SIGHTS = 20_000
MOST_ANSWERS = 1_000
MOST_BYTES = 32 * 1024 * 1024  # of all answers together
LONGEST_ANSWER = 128 * 1024
MOST_TOPICS = 50_000


@dataclass(frozen=True, slots=True)
class Kept:
    """What a route says of its answer: who sees it alike, and what changes it."""

    viewer_id: str
    audience: str
    topics: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sight:
    """As what somebody sees a path."""

    audience: str
    until: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What an audience sees."""

    headers: list[tuple[bytes, bytes]]
    body: bytes
    until: float


class Memory:
    """Sights and answers by key, forgotten when a topic they hang on changes; for any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sights: dict[Hashable, Sight] = {}
        self._answers: dict[Hashable, Answer] = {}
        self._bytes = 0
        self._hanging: dict[str, set[Hashable]] = {}
        self._hangs_on: dict[Hashable, frozenset[str]] = {}
        self._changed: dict[str, int] = {}
        self._forgotten = 0
        self.tick = 0
        """Counts changes: what was asked before a change is not kept after it."""

    def audience_of(self, sight_key: Hashable) -> str | None:
        """Return as what this session sees the path, if that is known."""
        sight = self._sights.get(sight_key)
        return sight.audience if sight is not None and sight.until >= monotonic() else None

    def find(self, sight_key: Hashable, path: Hashable) -> Answer | None:
        """Return what is remembered for this session at this path."""
        audience = self.audience_of(sight_key)
        answer = self._answers.get((path, audience))
        if audience is None or answer is None or answer.until < monotonic():
            return None
        return answer

    def note(self, sight_key: Hashable, kept: Kept, *, since: int) -> None:
        """Remember a sight that was looked up at the tick `since`, unless it is old already."""
        own = f"user:{kept.viewer_id}"
        with self._lock:
            if self._is_old((own,), since):
                return
            if len(self._sights) >= MOST_SIGHTS:
                self._forget_all()
            self._sights[sight_key] = Sight(kept.audience, monotonic() + SIGHT_LASTS)
            self._hanging.setdefault(own, set()).add(sight_key)

    def add(self, path: Hashable, kept: Kept, answer: Answer, *, since: int) -> None:
        """Remember an answer that was asked for at the tick `since`, unless it is old already."""
        own = f"user:{kept.viewer_id}"
        with self._lock:
            if len(answer.body) > LONGEST_ANSWER or self._is_old((own, *kept.topics), since):
                return
            answer_key = (path, kept.audience)
            self._drop(answer_key)  # so that the oldest stand first
            self._make_room(len(answer.body))
            self._answers[answer_key] = answer
            self._hangs_on[answer_key] = kept.topics
            self._bytes += len(answer.body)
            for topic in kept.topics:
                self._hanging.setdefault(topic, set()).add(answer_key)

    def _is_old(self, topics: Iterable[str], since: int) -> bool:
        changed = max((self._changed.get(topic, 0) for topic in topics), default=0)
        return max(changed, self._forgotten) > since

    def _make_room(self, size: int) -> None:
        for key, answer in list(self._answers.items()):
            if answer.until >= monotonic():
                break
            self._drop(key)
        if len(self._answers) >= MOST_ANSWERS or self._bytes + size > MOST_BYTES:
            self._forget_all()

    def _drop(self, key: Hashable) -> None:
        """Forget one answer, and that it hangs on anything."""
        answer = self._answers.pop(key, None)
        if answer is None:
            return
        self._bytes -= len(answer.body)
        for topic in self._hangs_on.pop(key):
            hanging = self._hanging.get(topic, set())
            hanging.discard(key)
            if not hanging:
                self._hanging.pop(topic, None)

    def _forget_all(self) -> None:
        self._sights.clear()
        self._answers.clear()
        self._bytes = 0
        self._hangs_on.clear()
        self._hanging.clear()

    def hear(self, topics: frozenset[str]) -> None:
        """Forget what hangs on these topics."""
        with self._lock:
            self.tick += 1
            if EVERYTHING in topics or len(self._changed) > MOST_TOPICS:
                self._changed.clear()
                self._forgotten = self.tick
                self._forget_all()
            for topic in topics:
                self._changed[topic] = self.tick
                for key in self._hanging.pop(topic, ()):
                    self._sights.pop(key, None)
                    self._drop(key)
