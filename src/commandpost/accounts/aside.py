"""Two threads of their own for what hashes passwords or takes the write lock by itself.

In the shared threads it could fill them all, waiting for a lock whose holder needs one of them.
"""

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar

T = TypeVar("T")

_room: RunVar[CapacityLimiter] = RunVar("accounts_room")


async def aside(function: Callable[[], T]) -> T:
    """Run it in one of the two threads."""
    room = _room.get(None)
    if room is None:
        room = CapacityLimiter(2)
        _room.set(room)
    return await to_thread.run_sync(function, limiter=room)
