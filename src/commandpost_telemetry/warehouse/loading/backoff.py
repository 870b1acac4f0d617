"""How long to wait after something failed, and when to stop trying."""

from datetime import timedelta

_FIRST = timedelta(seconds=60)
_LAST = timedelta(seconds=1800)
_TRIES = 3
_PATIENCE = timedelta(minutes=180)


def pause(failures: int) -> timedelta:
    """Return the wait after so many failures in a row: one minute, doubled up to half an hour."""
    doubled: timedelta = _FIRST * (1 << min(failures - 1, 10))
    return min(doubled, _LAST)


def is_given_up(failures: int, since_first: timedelta) -> bool:
    """Whether a table has failed so often and so long that a person has to look at it."""
    return failures > _TRIES and since_first > _PATIENCE
