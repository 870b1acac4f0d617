"""How refusals are documented in OpenAPI: one shape, a sentence each."""

from typing import Any

from pydantic import BaseModel

MEANINGS = {
    400: "What was sent can't be used; the sentence says what and how to mend it.",
    401: "Nobody is signed in, or the token is not good.",
    403: "You may know of it, but not do this.",
    404: "It does not exist, or you may not know that it does.",
    409: "It changed meanwhile, or is in a state that refuses this.",
    413: "More than one request may carry (1 MiB).",
    422: "A field is missing, unknown or of the wrong type.",
    429: "Too often; the header Retry-After says when to come back.",
}


class Refusal(BaseModel):
    """A sentence for people, and details for programs."""

    error: str
    details: Any = None


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the documentation of these statuses for a route."""
    return {
        status: {"model": Refusal, "description": MEANINGS[status]} for status in sorted(statuses)
    }


def there_already(model: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    """Return the documentation of a POST that found made what it was to make."""
    return {200: {"model": model, "description": "It was there already; nothing was made."}}
