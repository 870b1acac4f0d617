"""The process that `test_archive` measures: archives more than it may hold, and says its peak."""

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from commandpost_telemetry.log.entry import Entry
from commandpost_telemetry.warehouse.syncing.archive import Archive

MESSAGES = 100  # of an entry, two kilobytes each
LINES = "".join(f'{{"messageId":"m{n:02}","x":"{"x" * 2000}"}}\n' for n in range(MESSAGES)).encode()
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Backlog:
    """A log so long that it is made as it is read."""

    def __init__(self, megabytes: int) -> None:
        self._entries = megabytes * 5

    def last_position(self) -> int:
        return self._entries

    def read(self, *, after: int, max_bytes: int = 64 << 20) -> list[Entry]:
        return list(self._read(after, max_bytes))

    def release(self, up_to: int) -> None: ...

    def _read(self, after: int, room: int) -> Iterator[Entry]:
        for position in range(after + 1, self._entries + 1):
            yield Entry(position, "shop", AT, MESSAGES, LINES)
            room -= len(LINES)
            if room <= 0:
                return


def main(folder: Path, megabytes: int) -> None:
    archive = Archive(Backlog(megabytes), folder)
    archive.run()
    # of this program alone: `ru_maxrss` remembers that of the process that started it
    [peak] = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    print(archive.messages, int(peak) // 1024)  # noqa: T201 - what the test reads


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
