"""Text to words: pure, and forgiving, since people type it in a hurry."""

from collections.abc import Sequence
from dataclasses import dataclass

QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»"}  # phones turn straight quotes into these


@dataclass(frozen=True, slots=True)
class Line:
    """A command line: the trigger without its slash, and the words behind it."""

    trigger: str
    words: Sequence[str]


def is_command(text: str) -> bool:
    """Return whether a message is a command: a slash and a letter at its start, or no more."""
    stripped = text.strip()
    return stripped == "/" or (stripped[:1] == "/" and stripped[1:2].isalpha())


def parse(text: str) -> Line:
    """Return the trigger and the words; quoted words may hold spaces."""
    trigger, *rest = split_words(text.strip().removeprefix("/")) or [""]
    return Line(trigger.casefold(), tuple(rest))


def split_words(text: str) -> list[str]:
    """Split at white space; quotes group, and inside them a backslash takes a quote literally.

    A quote that is never closed is an ordinary character.
    """
    words: list[str] = []
    position = 0
    unclosed = dict.fromkeys(QUOTES.values(), 0)  # up to where no quote that begins is closed
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        word, position = _word(text, position, unclosed)
        words.append(word)
    return words


def _word(text: str, start: int, unclosed: dict[str, int]) -> tuple[str, int]:
    close = QUOTES.get(text[start])
    if close and start >= unclosed[close]:
        quoted, end = _quoted(text, start + 1, close)
        if quoted is not None:
            return quoted, end
        unclosed[close] = end
    end = start
    while end < len(text) and not text[end].isspace():
        end += 1
    return text[start:end], end


def _quoted(text: str, start: int, close: str) -> tuple[str | None, int]:
    """Return what stands up to the close, and where the word ends; else nothing, and the close."""
    kept: list[str] = []
    position = start
    while position < len(text) and text[position] != close:
        if text[position] == "\\" and text[position + 1 : position + 2] in {close, "\\"}:
            position += 1
        kept.append(text[position])
        position += 1
    end = position + 1
    if position < len(text) and (end == len(text) or text[end].isspace()):
        return "".join(kept), end
    return None, position
