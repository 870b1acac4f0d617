"""Leaves out of a group of requests what was taken before."""

from collections.abc import Sequence
from dataclasses import dataclass

from commandpost_telemetry.log.body import packed
from commandpost_telemetry.log.entry import Request
from commandpost_telemetry.log.seen import Seen, keys_of


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
    keys: list[bytes]
    repeats: int


def without_repeats(group: Sequence[Packed], seen: Seen) -> Fresh:
    """Return the group without what is remembered and without what it holds twice itself."""
    bodies: list[tuple[Request, int, bytes]] = []
    known = seen.find([key for each in group for key in each.keys])
    keys: list[bytes] = []
    repeats = 0
    for each in group:
        if known.isdisjoint(each.keys) and len(set(each.keys)) == len(each.keys):
            new, body = each.keys, each.body
        else:
            new, body = _kept(each, known)
            repeats += len(each.keys) - len(new)
        if new:
            bodies.append((each.request, len(new), body))
            keys += new
            known.update(new)
    return Fresh(bodies, keys, repeats)


def _kept(each: Packed, known: set[bytes]) -> tuple[list[bytes], bytes]:
    lines = each.request.lines.splitlines(keepends=True)
    kept: dict[bytes, bytes] = {}
    for key, line in zip(each.keys, lines, strict=True):
        if key not in known:
            kept.setdefault(key, line)
    return list(kept), packed(b"".join(kept.values()))
