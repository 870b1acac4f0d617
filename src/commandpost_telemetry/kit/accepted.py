"""What an Accept-Language header likes best."""

from collections.abc import Callable
from contextlib import suppress


def liked_best(accepted: str, is_known: Callable[[str], bool], *, otherwise: str) -> str:
    """Return the known language of the greatest weight, of equal ones the first."""
    liked: list[tuple[float, str]] = []
    for part in accepted.split(","):
        tag, _sign, weight = part.strip().partition(";q=")
        with suppress(ValueError):
            liked.append((float(weight or 1), tag.strip().lower().split("-")[0]))
    best = sorted(liked, key=lambda wish: -wish[0])
    return next((name for weight, name in best if weight > 0 and is_known(name)), otherwise)
