"""What the log held, kept as Parquet by day of receipt: a reader of the log like any other."""

import fcntl
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from pathlib import Path

import duckdb

from commandpost_telemetry.log.entry import Entry, LogReader
from commandpost_telemetry.warehouse.destinations.errors import WarehouseUnavailable
from commandpost_telemetry.warehouse.schema.sql import compose, literal

ARCHIVE = "archive"  # the name of the reader
_BATCH_BYTES = 64 << 20
_MEMORY = "256MB"
_NAME = re.compile(r"(?:(\d+)-)?(\d+)-(\d+)\.parquet")  # of which log, from and to where
_ROWS = """
COPY (
    SELECT unnest($positions) AS position, unnest($sources) AS source_id,
        unnest($received) AS received_at, unnest($lines) AS message
) TO {path} (FORMAT parquet, COMPRESSION zstd)
"""


@dataclass(frozen=True, slots=True, order=True)
class _Place:
    """A position, and in which log: one that replaces another counts from 0 again."""

    generation: int
    position: int


class Archive:
    """A folder of days: `day=2026-11-24/<from>-<to>.parquet`, and how far it has got."""

    def __init__(self, log: LogReader, folder: Path, *, batch_bytes: int = _BATCH_BYTES) -> None:
        self._log = log
        self._folder = folder
        self._batch_bytes = batch_bytes
        self.messages = 0  # written since the start

    def position(self) -> int:
        """Return up to where the archive holds the log, which may be younger than the archive."""
        with self._failures_told():
            position = self._place().position
        return position if position <= self._log.last_position() else 0

    def _place(self) -> _Place:
        try:
            *generation, position = map(int, self._marker.read_text("utf-8").split())
        except (FileNotFoundError, NotADirectoryError, ValueError):  # new, or the marker is lost
            return max((end for _, end, _ in self._files()), default=_Place(0, 0))
        return _Place(sum(generation), position)

    def waiting(self) -> int:
        """Return how many entries of the log it lacks."""
        return self._log.last_position() - self.position()

    def run(self) -> None:
        """Write what is new; what a crash has left half done is done again."""
        with self._failures_told():
            self._folder.mkdir(parents=True, exist_ok=True)
            with self._alone():
                self._write_all()

    @contextmanager
    def _failures_told(self) -> Iterator[None]:
        try:
            yield
        except (OSError, duckdb.Error) as error:
            raise WarehouseUnavailable(
                f"The archive in {self._folder} can't be written: {error}. The log keeps what it "
                f"lacks, and the next sync tries again. Look at disk and rights."
            ) from error

    def _write_all(self) -> None:
        place = self._place()
        if 0 < self._log.last_position() < place.position:
            place = _Place(place.generation + 1, 0)
        self._mark(place)
        self._sweep(place)
        while entries := self._log.read(after=place.position, max_bytes=self._batch_bytes):
            reached = replace(place, position=entries[-1].position)
            for day, of_day in groupby(sorted(entries, key=_day), key=_day):
                self._write(day, list(of_day), _name(place, reached))
            self._mark(reached)
            self.messages += sum(entry.count for entry in entries)
            self._log.release(reached.position)
            place = reached

    def _write(self, day: date, entries: Sequence[Entry], name: str) -> None:
        folder = self._folder / f"day={day}"
        folder.mkdir(exist_ok=True)
        part = self._folder / f"{name}.part"
        rows = list(_rows(entries))
        with duckdb.connect(config={"memory_limit": _MEMORY, "threads": 1}) as engine:
            engine.execute(
                compose(_ROWS, path=literal(str(part))),
                {
                    "positions": [position for position, *_ in rows],
                    "sources": [source for _, source, *_ in rows],
                    "received": [received for _, _, received, _ in rows],
                    "lines": [line for *_, line in rows],
                },
            )
        _renamed(part, folder / name)

    def _sweep(self, place: _Place) -> None:
        """Remove what belongs to no batch that was finished; older logs are left alone."""
        for part in self._folder.glob("*.part"):
            part.unlink()
        for start, _, path in self._files():
            if start.generation == place.generation and start >= place:
                path.unlink()

    def _files(self) -> Iterator[tuple[_Place, _Place, Path]]:
        for path in self._folder.glob("day=*/*.parquet"):
            if (name := _NAME.fullmatch(path.name)) is not None:
                generation = int(name[1] or 0)
                yield _Place(generation, int(name[2])), _Place(generation, int(name[3])), path

    @property
    def _marker(self) -> Path:
        return self._folder / "position"

    def _mark(self, place: _Place) -> None:
        part = self._folder / "position.part"
        part.write_text(f"{place.generation} {place.position}", "utf-8")
        _renamed(part, self._marker)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self._folder / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise OSError("another process writes it") from error
            yield


def _name(start: _Place, end: _Place) -> str:
    generation = f"{start.generation}-" if start.generation else ""  # the first needs no number
    return f"{generation}{start.position}-{end.position}.parquet"


def _day(entry: Entry) -> date:
    return entry.received_at.date()


def _rows(entries: Iterable[Entry]) -> Iterator[tuple[int, str, object, str]]:
    for entry in entries:
        for line in entry.lines.splitlines():
            text = line.decode("utf-8", "replace")
            yield entry.position, entry.source_id, entry.received_at, text


def _renamed(part: Path, path: Path) -> None:
    """Put a file in its place, whole and on disk."""
    _synced(part)
    part.rename(path)
    _synced(path.parent)


def _synced(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
