"""What a refused form carries back: the sentences, each beside its field."""

from commandpost.kit.errors import AppError, Invalid


def errors_of(refusal: AppError) -> dict[str, str]:
    """Return the sentence under the name of its field, or under "" for the whole form."""
    if isinstance(refusal, Invalid):
        return {refusal.field: refusal.sentence}
    details = refusal.details
    field = details.get("field", "") if isinstance(details, dict) else ""
    return {str(field): refusal.sentence}
