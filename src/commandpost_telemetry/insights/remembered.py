"""Answers kept between two loads, so that a page that many look at is computed once."""

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from commandpost_telemetry.insights.source import Answer, Parameter, Source

MOST_ANSWERS = 512
MOST_ROWS = 2000  # of one answer; whole models are not kept
LONGEST = 60.0  # seconds: what another process changes by hand shows after that

_Key = tuple[str, tuple[tuple[str, Parameter], ...]]


@dataclass
class Remembered:
    """A source that answers the same question from memory until something was loaded."""

    source: Source
    _answers: OrderedDict[_Key, tuple[float, Answer]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _forgotten: int = 0  # times; what was asked before the last one is not kept after it

    @property
    def dialect(self) -> str:
        return self.source.dialect

    @property
    def events_schema(self) -> str:
        return self.source.events_schema

    def ask(self, sql: str, parameters: Mapping[str, Parameter] | None = None) -> Answer:
        key = sql, tuple(sorted((parameters or {}).items()))
        at = time.monotonic()
        with self._lock:
            kept, since = self._answers.get(key), self._forgotten
        if kept is not None and at - kept[0] < LONGEST:
            return kept[1]
        answer = self.source.ask(sql, parameters)
        if len(answer.rows) <= MOST_ROWS:
            self._keep(key, at, answer, since=since)
        return answer

    def change(self, statements: Sequence[str]) -> None:
        self.source.change(statements)
        self.forget()

    def forget(self) -> None:
        """Forget every answer: something was loaded or changed."""
        with self._lock:
            self._forgotten += 1
            self._answers.clear()

    def _keep(self, key: _Key, at: float, answer: Answer, *, since: int) -> None:
        with self._lock:
            if since != self._forgotten:
                return
            self._answers[key] = at, answer
            if len(self._answers) > MOST_ANSWERS:
                self._answers.popitem(last=False)
