"""Answers are kept until something was loaded or changed, or a minute has gone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from commandpost_telemetry.insights import remembered
from commandpost_telemetry.insights.remembered import Remembered
from commandpost_telemetry.insights.source import Answer, Parameter


@dataclass
class Counting:
    """A warehouse in which every answer is the number of the question."""

    dialect: str = "duckdb"
    events_schema: str = "main"
    asked: int = 0
    rows: int = 1
    meanwhile: Callable[[], None] = lambda: None  # what happens while a question is answered
    changes: list[str] = field(default_factory=list)

    def ask(self, sql: str, parameters: Mapping[str, Parameter] | None = None) -> Answer:
        del sql, parameters
        self.asked += 1
        self.meanwhile()
        return Answer(("number",), ((self.asked,),) * self.rows)

    def change(self, statements: Sequence[str]) -> None:
        self.changes += statements


def answers(source: Remembered, *questions: str) -> list[object]:
    return [source.ask(question, {"by": "day"}).rows[0][0] for question in questions]


def test_the_same_question_is_asked_once() -> None:
    source = Remembered(Counting())

    assert answers(source, "a", "b", "a") == [1, 2, 1]
    assert source.ask("a", {"by": "week"}).rows == ((3,),)
    assert (source.dialect, source.events_schema) == ("duckdb", "main")


def test_a_change_and_a_load_make_it_forget() -> None:
    counting = Counting()
    source = Remembered(counting)

    first = answers(source, "a")
    source.change(["DELETE"])
    second = answers(source, "a")
    source.forget()

    assert [first, second, answers(source, "a")] == [[1], [2], [3]]
    assert counting.changes == ["DELETE"]


def test_an_answer_to_what_was_asked_before_a_load_is_not_kept_after_it() -> None:
    counting = Counting()
    source = Remembered(counting)
    counting.meanwhile = source.forget
    late = answers(source, "a")
    counting.meanwhile = lambda: None

    assert [late, answers(source, "a", "a")] == [[1], [2, 2]]


def test_after_a_minute_it_asks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Remembered(Counting())
    answers(source, "a")

    monkeypatch.setattr(remembered, "LONGEST", 0.0)

    assert answers(source, "a") == [2]


def test_it_keeps_only_so_many_answers_and_no_long_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "MOST_ANSWERS", 2)
    counting = Counting()
    source = Remembered(counting)

    assert answers(source, "a", "b", "c", "a") == [1, 2, 3, 4]
    counting.rows = remembered.MOST_ROWS + 1
    assert answers(source, "long", "long") == [5, 6]
