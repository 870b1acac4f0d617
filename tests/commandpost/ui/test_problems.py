"""What is wrong with a field, in the reader's language."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field, ValidationError

from commandpost.kit.words import speaking
from commandpost.ui.problems import problem_of


class Colour(StrEnum):
    """Some."""

    RED = "red"


class Form(BaseModel, extra="forbid"):
    """One field of each kind that doors have."""

    text: str = Field(default="", min_length=2, max_length=4)
    number: int = Field(default=1, ge=1, le=3)
    switch: bool = False
    kind: Literal["a", "b"] = "a"
    colour: Colour = Colour.RED
    several: list[int] = Field(default=[], max_length=1)
    at: datetime | None = None


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"text": 1}, "text is needed"),
        ({"text": "x"}, "it has fewer than 2 characters"),
        ({"text": "too long"}, "it has more than 4 characters"),
        ({"number": "one"}, "a whole number is needed"),
        ({"number": 0}, "it is less than 1"),
        ({"number": 4}, "it is more than 3"),
        ({"switch": "perhaps"}, "true or false is needed"),
        ({"kind": "c"}, "one of these is needed: 'a' or 'b'"),
        ({"colour": "c"}, "one of these is needed: 'red'"),
        ({"several": 1}, "a list is needed"),
        ({"several": [1, 2]}, "it has more than 1 entries"),
        ({"at": "soon"}, "a moment such as 2026-11-24T12:00:00Z is needed"),
        ({"other": 1}, "this is not known here"),
    ],
)
def test_what_is_wrong_is_said_in_our_words(given: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Form.model_validate(given)

    assert problem_of(refused.value.errors()[0]) == problem


def test_it_is_said_in_the_language_that_is_spoken() -> None:
    with speaking("de"):
        said = problem_of({"type": "missing", "msg": "Field required"})

    assert said == "es fehlt"


def test_what_is_rare_is_said_by_pydantic() -> None:
    assert problem_of({"type": "url_parsing", "msg": "That is no URL"}) == "That is no URL"
