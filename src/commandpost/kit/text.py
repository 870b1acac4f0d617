"""Text as search compares it."""

import unicodedata


def fold(value: str) -> str:
    """Return text without case and accents, as both sides of a search are compared."""
    decomposed = unicodedata.normalize("NFD", value)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
