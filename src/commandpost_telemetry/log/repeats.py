"""Leaves out of a group of requests what was taken before."""

from collections.abc import Sequence
from dataclasses import dataclass

from commandpost_telemetry.log.body import packed
from commandpost_telemetry.log.entry import Request
from commandpost_telemetry.log.seen import Keys, Seen, keys_of


@dataclass(frozen=True, slots=True)
class Packed:
    """A request made ready outside of the lock: keys of its messages and its stored body."""

    request: Request
    keys: Sequence[bytes]
    body: bytes


def made_ready(request: Request) -> Packed:
    """Do the costly part of a request before the lock is taken."""
    return Packed(request, keys_of(request.source_id, request.message_ids), packed(request.lines))


@dataclass(frozen=True, slots=True)
class Fresh:
    """What of a group is new: bodies to store with their counts, and the keys to remember."""

    bodies: list[tuple[Request, int, bytes]]
    keys: Keys
    repeats: int


def without_repeats(group: Sequence[Packed], seen: Seen) -> Fresh:
    """Return the group without what is remembered and without what it holds twice itself."""
    keys = Keys([key for each in group for key in each.keys])
    known = seen.find(keys)
    if not known and len(set(keys.keys)) == len(keys.keys):
        return Fresh([(each.request, len(each.keys), each.body) for each in group], keys, 0)
    bodies: list[tuple[Request, int, bytes]] = []
    fresh: list[bytes] = []
    for each in group:
        new, body = _kept(each, known)
        if new:
            bodies.append((each.request, len(new), body))
            fresh += new
            known.update(new)
    return Fresh(bodies, Keys(fresh), len(keys.keys) - len(fresh))


def _kept(each: Packed, known: set[bytes]) -> tuple[Sequence[bytes], bytes]:
    if known.isdisjoint(each.keys) and len(set(each.keys)) == len(each.keys):
        return each.keys, each.body
    lines = each.request.lines.splitlines(keepends=True)
    kept: dict[bytes, bytes] = {}
    for key, line in zip(each.keys, lines, strict=True):
        if key not in known:
            kept.setdefault(key, line)
    return list(kept), packed(b"".join(kept.values()))
