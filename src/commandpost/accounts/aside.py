"""Threads of their own for what would fill the shared ones, and none of it waits for the other.

Two hash passwords or take the write lock by themselves: in the shared threads they could wait for
a lock whose holder needs one of them. Four wait for the sign-in provider: a slow one must not keep
those waiting who sign in by password.
"""

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar

T = TypeVar("T")

_here: RunVar[CapacityLimiter] = RunVar("accounts_here")
_away: RunVar[CapacityLimiter] = RunVar("accounts_away")


async def aside(function: Callable[[], T]) -> T:
    """Run what hashes or writes in one of the two threads."""
    return await to_thread.run_sync(function, limiter=_room(_here, 2))


async def away(function: Callable[[], T]) -> T:
    """Run what asks the provider in one of the four threads."""
    return await to_thread.run_sync(function, limiter=_room(_away, 4))


def _room(kept: RunVar[CapacityLimiter], threads: int) -> CapacityLimiter:
    room = kept.get(None)
    if room is None:
        room = CapacityLimiter(threads)
        kept.set(room)
    return room
