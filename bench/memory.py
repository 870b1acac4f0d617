"""`python -m bench.memory SECONDS`: the memory of the data plane at full rate, grows or not.

What is read of mapped files is told apart: the system takes it back when it needs it.
"""

import asyncio
import json
import re
import statistics
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

from bench.collector import BATCH, Served, a_request, an_event, serving
from commandpost_telemetry.log.sqlite import SqliteLog

CONNECTIONS = 16
SAMPLES = 60
MOST_GROWTH = 1.05  # of the last quarter over the second
_NUMBER = b"@" * 12  # of a batch; stands in the ids of its messages


@dataclass(frozen=True)
class Sample:
    """What a process held at some moment."""

    seconds: float
    events: int
    own: float  # MiB
    mapped: float  # MiB


class Sender:
    """Sends batches of messages that were never sent before, as fast as they are answered."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self._numbers = count()
        self._answered = 0
        events = [an_event() | {"messageId": f"{_NUMBER.decode()}-{n}"} for n in range(BATCH)]
        self._body = json.dumps({"batch": events}).encode()

    async def samples(self, seconds: float) -> list[Sample]:
        """Send for so long; return what the data plane held meanwhile."""
        found: list[Sample] = []
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            asking = [group.create_task(self._ask()) for _ in range(CONNECTIONS)]
            for number in range(1, SAMPLES + 1):
                await asyncio.sleep(began + seconds * number / SAMPLES - time.monotonic())
                own, mapped = _held(self._served.pid)
                events = self._answered * BATCH
                found.append(Sample(time.monotonic() - began, events, own, mapped))
                await asyncio.to_thread(_release, self._served.folder / "log")
            for each in asking:
                each.cancel()
        return found

    async def _ask(self) -> None:
        parts = urlsplit(self._served.url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        with closing(writer):
            for number in self._numbers:
                body = self._body.replace(_NUMBER, b"%012d" % number)
                packed = zlib.compress(body, 1, 31)
                writer.write(a_request("/v1/batch", packed, "Content-Encoding: gzip\r\n"))
                head = await reader.readuntil(b"\r\n\r\n")
                if not head.startswith(b"HTTP/1.1 200 "):
                    raise RuntimeError(head.decode())
                await reader.readexactly(len(b"ok"))
                self._answered += 1


def _held(pid: int) -> tuple[float, float]:
    """Return the MiB that are a process's own, and those of files that it has mapped."""
    found = dict(re.findall(r"Rss(\w+):\s+(\d+)", Path(f"/proc/{pid}/status").read_text()))
    return int(found["Anon"]) / 1024, int(found["File"]) / 1024


def _release(folder: Path) -> None:
    """Let the log go as a loader does that has loaded everything."""
    with closing(SqliteLog(folder)) as log:
        log.release(log.last_position())


def main(seconds: float) -> int:
    """Send, print what was held, and answer whether it stayed the same."""
    with serving(1) as served:
        samples = asyncio.run(Sender(served).samples(seconds))
    print("\n".join(_lines(samples)))
    quarter = len(samples) // 4
    before = statistics.mean(each.own for each in samples[quarter : 2 * quarter])
    after = statistics.mean(each.own for each in samples[-quarter:])
    grows = after > before * MOST_GROWTH
    print(f"second quarter {before:.1f} MiB, last {after:.1f} MiB: {'GROWS' if grows else 'flat'}")
    return int(grows)


def _lines(samples: list[Sample]) -> Iterator[str]:
    yield "seconds      events  own MiB  mapped MiB"
    for each in samples:
        yield f"{each.seconds:7.0f} {each.events:11,} {each.own:8.1f} {each.mapped:11.1f}"
    warm = samples[len(samples) // 4 :]
    slope, _ = statistics.linear_regression(
        [each.seconds / 3600 for each in warm], [each.own for each in warm]
    )
    yield f"slope {slope:+.2f} MiB an hour, but for the first quarter"


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
