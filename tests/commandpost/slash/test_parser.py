"""Text to words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from commandpost.slash.parser import QUOTES, Line, is_command, parse, split_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("  ", []),
        ("start", ["start"]),
        ("  a \t b\n c ", ["a", "b", "c"]),
        ('rename "Page the on-call"', ["rename", "Page the on-call"]),
        ("rename “Page the on-call”", ["rename", "Page the on-call"]),
        ("sag „zwei Wörter“ «et trois»", ["sag", "zwei Wörter", "et trois"]),
        ('say "never closed', ["say", '"never', "closed"]),
        ('5" pipe', ['5"', "pipe"]),
        ('"a"b c', ['"a"b', "c"]),
        (r'"he said \"no\" \\ twice"', [r'he said "no" \ twice']),
        ('""', [""]),
        ("@ben", ["@ben"]),
    ],
)
def test_words_are_split_at_white_space_and_quotes_group(text: str, words: list[str]) -> None:
    assert split_words(text) == words


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("/incident", Line("incident", ())),
        ("  /Incident  start ", Line("incident", ("start",))),
        ("/incident check 2", Line("incident", ("check", "2"))),
        ("/", Line("", ())),
        ("", Line("", ())),
    ],
)
def test_a_line_is_a_trigger_and_words(text: str, line: Line) -> None:
    assert parse(text) == line


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("/incident", True),
        ("  /x", True),
        ("/ x", False),
        ("//", False),
        ("/", True),
        (" /\n", True),
        ("", False),
        ("see /etc/hosts", False),
        ("/9", False),
    ],
)
def test_a_command_is_a_slash_and_a_letter_or_a_slash_alone(text: str, answer: object) -> None:
    assert is_command(text) is answer


@given(st.lists(st.text()))
def test_quoted_words_come_back_whole(words: list[str]) -> None:
    escaped = (word.replace("\\", "\\\\").replace('"', '\\"') for word in words)

    assert split_words(" ".join(f'"{word}"' for word in escaped)) == words


@given(st.text())
def test_any_text_can_be_split_and_nothing_that_was_typed_is_lost(text: str) -> None:
    words = split_words(text)

    assert _letters("".join(words)) == _letters(text)


def _letters(text: str) -> str:
    """Return what is neither a gap nor has a meaning of its own to the parser."""
    meant = {"\\", *QUOTES, *QUOTES.values()}
    return "".join(c for c in text if not c.isspace() and c not in meant)


class Looked(str):
    """Text that counts how often one looks at it."""

    __slots__ = ("times",)

    @override
    def __getitem__(self, key):
        self.times = getattr(self, "times", 0) + 1
        return super().__getitem__(key)


@pytest.mark.parametrize("text", ["“a " * 1000, "“a " * 1000 + "”x", '"a ' * 1000, "„a “a " * 500])
def test_quotes_that_are_never_closed_are_looked_for_once(text: str) -> None:
    looked = Looked(text)

    assert split_words(looked) == text.split()
    assert looked.times < 10 * len(text)
