"""Text as it is kept, and as search compares it."""

import unicodedata
from collections.abc import Iterator

# Joiners stay inside a word: Persian, Hindi and emoji need them. Everything else unseen goes.
JOINERS = "\u200c\u200d"
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")  # count as letters, but show nothing


MOST_MARKS = 30  # on one letter, as in Unicode's stream-safe text; no language has so many


def calm(text: str) -> str:
    """Return text without marks beyond those that a letter can have.

    To put them in order takes the square of their number: thousands stopped everybody for seconds.
    """
    return text if text.isascii() else "".join(_unmarked(text))


def _unmarked(text: str) -> Iterator[str]:
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character)[0] == "M" else 0
        if marks <= MOST_MARKS:
            yield character


def fold(value: str) -> str:
    """Return text without case and accents, as both sides of a search are compared."""
    decomposed = unicodedata.normalize("NFD", calm(value))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def cleaned(text: str) -> str:
    """Return one line of text: composed, trimmed, without characters that nobody can see."""
    seen = calm("".join(_seen(character) for character in text))
    composed = unicodedata.normalize("NFC", seen)  # what stood between two parts is gone by now
    return " ".join(composed.split()).strip(JOINERS + " ")


def _seen(character: str) -> str:
    if character in JOINERS:
        return character
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in UNSEEN else character


def is_blank(text: str) -> bool:
    """Return whether nothing of a text can be seen."""
    return all(unicodedata.category(c)[0] in "ZCM" or c in FILLERS for c in text)
