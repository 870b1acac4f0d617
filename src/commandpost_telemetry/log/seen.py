"""Which messages were taken before: tables of hashes on disk that survive the process.

A repeat is found by one look into a mapped file per generation. A generation is closed when it is
full or a window old, and removed a window after its last message, so memory and disk are bounded.
"""

import os
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from mmap import mmap
from pathlib import Path

KEY_BYTES = 16
_SLOTS = 4
_BUCKET_BYTES = KEY_BYTES * _SLOTS
_HEADER_BYTES = 4096
_HEADER = struct.Struct("<8sQQ")  # magic, keys held, newest message in milliseconds
_MAGIC = b"seen\x00\x00\x00\x01"
_FULL = 0.6
_GROWTH = 2
_EMPTY = bytes(KEY_BYTES)


def keys_of(source_id: str, message_ids: Iterable[str]) -> list[bytes]:
    """Return what is remembered of messages; ids of two sources never meet."""
    of_source = blake2b(f"{source_id}\0".encode("utf-8", "surrogatepass"), digest_size=KEY_BYTES)
    keys = []
    for message_id in message_ids:
        key = of_source.copy()
        key.update(message_id.encode("utf-8", "surrogatepass"))
        keys.append(key.digest())
    return keys


@dataclass(frozen=True, slots=True)
class SeenLimits:
    """How long to remember, and how much disk that may take before the oldest is forgotten."""

    window_ms: int = 8 * 24 * 3600 * 1000
    max_bytes: int = 4 << 30
    smallest_power: int = 16  # of the buckets: 4 MiB, 157,000 keys


class Generation:
    """One open-addressing table in a mapped file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        born, power = path.stem.removeprefix("seen-").split("-")
        self.born_ms = int(born)
        self.power = int(power)
        self._mask = (1 << self.power) - 1
        self._file = path.open("r+b")
        self._map = mmap(self._file.fileno(), _HEADER_BYTES + (_BUCKET_BYTES << self.power))

    @classmethod
    def create(cls, folder: Path, *, born_ms: int, power: int) -> "Generation":
        """Make an empty table; its space is reserved, so writing to it cannot fail later."""
        path = folder / f"seen-{born_ms:014d}-{power}.tbl"
        temporary = path.with_suffix(".new")
        with temporary.open("wb") as file:
            _reserve(file.fileno(), _HEADER_BYTES + (_BUCKET_BYTES << power))
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

    @property
    def is_full(self) -> bool:
        """Whether another generation should take over."""
        return self.count >= (_SLOTS << self.power) * _FULL

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return len(self._map)

    def find(self, keys: Sequence[bytes]) -> set[bytes]:
        """Return those of the keys that it holds."""
        held_bytes = self._map
        starts = self._starts(keys)
        buckets = [held_bytes[start : start + _BUCKET_BYTES] for start in starts]
        held = memoryview(b"".join(buckets)).cast("Q")
        found: set[bytes] = set()
        # most of the time nothing of what all buckets hold is looked for
        if not set(_halves(keys)).isdisjoint(held[::2].tolist()):
            found.update(key for key, bucket in zip(keys, buckets, strict=True) if key in bucket)
        last = zip(held[6::8].tolist(), held[7::8].tolist(), strict=True)
        for index in [index for index, half in enumerate(last) if half != (0, 0)]:
            if self._free_slot(keys[index], starts[index]) is None:
                found.add(keys[index])  # its bucket is full, it is in one of the next
        return found

    def add(self, keys: Sequence[bytes], *, at_ms: int) -> None:
        """Remember keys; one that is there already stays as it is."""
        held_bytes = self._map
        added = 0
        for key, start in zip(keys, self._starts(keys), strict=True):
            slot: int | None = start
            if held_bytes[start] or held_bytes[start : start + KEY_BYTES] != _EMPTY:
                slot = self._free_slot(key, start)
            if slot is not None:
                held_bytes[slot : slot + KEY_BYTES] = key
                added += 1
        newest_ms = max(at_ms, self.newest_ms)
        held_bytes[: _HEADER.size] = _HEADER.pack(_MAGIC, self.count + added, newest_ms)

    def _starts(self, keys: Sequence[bytes]) -> list[int]:
        """Return where the bucket of each key starts; half of a key says which one."""
        mask = self._mask
        return [_HEADER_BYTES + (half & mask) * _BUCKET_BYTES for half in _halves(keys)]

    def _free_slot(self, key: bytes, start: int) -> int | None:
        """Return where the key belongs, None if it is there; full buckets overflow to the next."""
        while True:
            held = self._map[start : start + _BUCKET_BYTES]
            if key in held:
                return None
            used = -(-len(held.rstrip(b"\0")) // KEY_BYTES)
            if used < _SLOTS:
                return start + used * KEY_BYTES
            start += _BUCKET_BYTES
            if start == len(self._map):
                start = _HEADER_BYTES

    def sync(self) -> None:
        """Return when all that was added is on disk."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._map.close()
        self._file.close()


def _halves(keys: Sequence[bytes]) -> list[int]:
    return memoryview(b"".join(keys)).cast("Q")[::2].tolist()


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
        paths = sorted(self._folder.glob("seen-*.tbl"), reverse=True)
        known = {generation.path: generation for generation in self._generations}
        for path in known.keys() - set(paths):
            known.pop(path).close()
        self._generations = [known.get(path) or Generation(path) for path in paths]

    def find(self, keys: Sequence[bytes]) -> set[bytes]:
        """Return those of the keys that are remembered."""
        return set().union(*(generation.find(keys) for generation in self._generations))

    def add(self, keys: list[bytes], *, at_ms: int) -> None:
        """Remember keys that are durable in the log."""
        current = self._generations[0] if self._generations else None
        if current is None or current.is_full or at_ms - current.born_ms > self._limits.window_ms:
            current = self._next_generation(current, at_ms)
        current.add(keys, at_ms=at_ms)

    def sync(self) -> None:
        """Return when everything remembered is on disk."""
        for generation in self._generations[:2]:  # older ones were synced when they were closed
            generation.sync()

    def close(self) -> None:
        for generation in self._generations:
            generation.close()
        self._generations = []

    def _next_generation(self, current: Generation | None, at_ms: int) -> Generation:
        born_ms = at_ms if current is None else max(at_ms, current.born_ms + 1)
        power = self._power(current, at_ms)
        self._forget(at_ms)
        made = Generation.create(self._folder, born_ms=born_ms, power=power)
        self._generations.insert(0, made)
        return made

    def _power(self, current: Generation | None, at_ms: int) -> int:
        if current is None:
            return self._limits.smallest_power
        if at_ms - current.born_ms > self._limits.window_ms:
            held = max(current.count, 1)
            return max(self._limits.smallest_power, (held // _SLOTS).bit_length() + 1)
        largest = (self._limits.max_bytes // 4 // _BUCKET_BYTES).bit_length() - 1
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


def _reserve(descriptor: int, size: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, size)
    else:  # pragma: no cover - macOS; there a full disk is met while the table is written
        os.ftruncate(descriptor, size)
