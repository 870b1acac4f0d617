"""Which messages were taken before: tables of hashes on disk that survive the process.

A repeat is found by one look into a mapped file per generation. A generation is closed when it is
full or a window old, and removed a window after its last message, so memory and disk are bounded.
"""

import os
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import compress
from mmap import mmap
from pathlib import Path

KEY_BYTES = 16
_SLOT_BYTES = 8
_HEADER_BYTES = 4096
_HEADER = struct.Struct("<8sQQ")  # magic, keys held, newest message in milliseconds
_MAGIC = b"seen\x00\x00\x00\x02"
_FULL = 0.5
_GROWTH = 2


def keys_of(source_id: str, message_ids: Iterable[str]) -> list[bytes]:
    """Return what is remembered of messages; ids of two sources never meet."""
    of_source = blake2b(f"{source_id}\0".encode("utf-8", "surrogatepass"), digest_size=KEY_BYTES)
    begun, keys = of_source.copy, []
    for message_id in message_ids:
        key = begun()
        key.update(message_id.encode("utf-8", "surrogatepass"))
        keys.append(key.digest())
    return keys


@dataclass(frozen=True, slots=True)
class SeenLimits:
    """How long to remember, and how much disk that may take before the oldest is forgotten."""

    window_ms: int = 8 * 24 * 3600 * 1000
    max_bytes: int = 4 << 30
    smallest_power: int = 19  # of the slots: 4 MiB, 262,000 keys


class Keys:
    """Keys as a table knows them: half of a key says where it stands, the other is kept there.

    So two keys are taken for one only when all of one half and the place by the other agree.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        halves = memoryview(b"".join(keys)).cast("Q").tolist()
        self.keys = keys
        self.places: list[int] = halves[::2]
        self.marks: list[int] = halves[1::2]
        if 0 in self.marks:  # a free slot
            self.marks = [mark or 1 for mark in self.marks]


class Generation:
    """One open-addressing table in a mapped file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        born, power = path.stem.removeprefix("seen-").split("-")
        self.born_ms = int(born)
        self.power = int(power)
        self._mask = (1 << self.power) - 1
        self._file = path.open("r+b")
        self._map = mmap(self._file.fileno(), _size(self.power))
        self._slots = memoryview(self._map)[_HEADER_BYTES:].cast("Q")

    @classmethod
    def create(cls, folder: Path, *, born_ms: int, power: int) -> "Generation":
        """Make an empty table; its space is reserved, so writing to it cannot fail later."""
        path = folder / f"seen-{born_ms:014d}-{power}.table"
        temporary = path.with_suffix(".new")
        with temporary.open("wb") as file:
            _reserve(file.fileno(), _size(power))
            file.write(_HEADER.pack(_MAGIC, 0, born_ms))
        temporary.rename(path)
        return cls(path)

    @property
    def count(self) -> int:
        """How many keys it holds."""
        held: int = _HEADER.unpack_from(self._map)[1]
        return held

    @property
    def newest_ms(self) -> int:
        """When its newest message came."""
        at: int = _HEADER.unpack_from(self._map)[2]
        return at

    def has_room_for(self, more: int) -> bool:
        """Whether so many more keys leave enough free slots that none is looked for long."""
        return self.count + more <= len(self._slots) * _FULL

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return len(self._map)

    def find(self, keys: Keys) -> set[bytes]:
        """Return those of the keys that it holds."""
        table, mask, found = self._slots, self._mask, set()
        slots = [place & mask for place in keys.places]
        taken = [table[slot] for slot in slots]
        for at in compress(range(len(slots)), taken):  # written out: it is asked of every message
            held, slot, mark = taken[at], slots[at], keys.marks[at]
            while held and held != mark:
                slot = (slot + 1) & mask
                held = table[slot]
            if held:
                found.add(keys.keys[at])
        return found

    def add(self, keys: Keys, *, at_ms: int) -> None:
        """Remember keys that it does not hold."""
        slots, mask = self._slots, self._mask
        for place, mark in zip(keys.places, keys.marks, strict=True):
            slot = place & mask
            while slots[slot]:
                slot = (slot + 1) & mask
            slots[slot] = mark
        newest_ms = max(at_ms, self.newest_ms)
        count = self.count + len(keys.keys)
        self._map[: _HEADER.size] = _HEADER.pack(_MAGIC, count, newest_ms)

    def sync(self) -> None:
        """Return when all that was added is on disk."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._slots.release()
        self._map.close()
        self._file.close()


class Seen:
    """The generations of one log; `add` and `refresh` are called under the log's lock."""

    def __init__(self, folder: Path, limits: SeenLimits) -> None:
        self._folder = folder
        self._limits = limits
        self._generations: list[Generation] = []
        self.forgotten_early = 0
        self.refresh()

    def refresh(self) -> None:
        """Take in the files that another process has made or removed."""
        paths = sorted(self._folder.glob("seen-*.table"), reverse=True)
        known = {generation.path: generation for generation in self._generations}
        for path in known.keys() - set(paths):
            known.pop(path).close()
        self._generations = [known.get(path) or Generation(path) for path in paths]

    def find(self, keys: Keys) -> set[bytes]:
        """Return those of the keys that are remembered."""
        return set().union(*(generation.find(keys) for generation in self._generations))

    def add(self, keys: Keys, *, at_ms: int) -> None:
        """Remember keys that are durable in the log and not yet remembered."""
        current = self._generations[0] if self._generations else None
        more = len(keys.keys)
        if (
            current is None
            or at_ms - current.born_ms > self._limits.window_ms
            or not current.has_room_for(more)
        ):
            current = self._next_generation(current, at_ms, more)
        current.add(keys, at_ms=at_ms)

    def sync(self) -> None:
        """Return when everything remembered is on disk."""
        for generation in self._generations[:2]:  # older ones were synced when they were closed
            generation.sync()

    def close(self) -> None:
        for generation in self._generations:
            generation.close()
        self._generations = []

    def _next_generation(self, current: Generation | None, at_ms: int, more: int) -> Generation:
        born_ms = at_ms if current is None else max(at_ms, current.born_ms + 1)
        power = max(self._power(current, at_ms), int(more / _FULL).bit_length())
        self._forget(at_ms)
        made = Generation.create(self._folder, born_ms=born_ms, power=power)
        self._generations.insert(0, made)
        return made

    def _power(self, current: Generation | None, at_ms: int) -> int:
        if current is None:
            return self._limits.smallest_power
        if at_ms - current.born_ms > self._limits.window_ms:
            held = max(current.count, 1)
            return max(self._limits.smallest_power, held.bit_length() + 1)
        largest = (self._limits.max_bytes // 4 // _SLOT_BYTES).bit_length() - 1
        return max(self._limits.smallest_power, min(current.power + _GROWTH, largest))

    def _forget(self, at_ms: int) -> None:
        kept: list[Generation] = []
        size = 0
        for generation in self._generations:
            size += generation.size
            if at_ms - generation.newest_ms > self._limits.window_ms:
                self._remove(generation)
            elif size > self._limits.max_bytes and kept:
                self.forgotten_early += generation.count
                self._remove(generation)
            else:
                kept.append(generation)
        self._generations = kept

    def _remove(self, generation: Generation) -> None:
        generation.path.unlink(missing_ok=True)
        generation.close()


def _size(power: int) -> int:
    return _HEADER_BYTES + (_SLOT_BYTES << power)


def _reserve(descriptor: int, size: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, size)
    else:  # pragma: no cover - macOS; there a full disk is met while the table is written
        os.ftruncate(descriptor, size)
