"""What a refused form carries back: the sentences, each beside its field."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Form

from commandpost.kit.errors import AppError, Invalid

# What a field held when its form was opened; unknown to a form that does not say.
Seen = Annotated[Sequence[str], Form()]  # a list keeps an empty text, which alone counts as unsaid
SeenChecked = Annotated[bool | None, Form()]


def seen(said: Sequence[str]) -> str | None:
    """Return the text that a field held, which may be empty, or None where the form is silent."""
    return said[-1] if said else None


def errors_of(refusal: AppError) -> dict[str, str]:
    """Return the sentence under the name of its field, or under "" for the whole form."""
    if isinstance(refusal, Invalid):
        return {refusal.field: refusal.sentence}
    details = refusal.details
    field = details.get("field", "") if isinstance(details, dict) else ""
    return {str(field): refusal.sentence}
