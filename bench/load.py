"""Asks one thing again and again over kept connections, cheaper than any server answers it."""

import asyncio
import statistics
import time
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Rate:
    """Answers per second, and how long 99 of 100 took at most."""

    per_second: float
    p99_ms: float


def ask_again(
    url: str, headers: dict[str, str], *, seconds: float = 3.0, connections: int = 8
) -> Rate:
    """Return how often a GET is answered with 200."""
    return asyncio.run(_ask_again(url, headers, seconds, connections))


async def _ask_again(url: str, headers: dict[str, str], seconds: float, connections: int) -> Rate:
    request = _request(url, headers)
    ends = time.perf_counter() + seconds
    started = time.perf_counter()
    parts = await asyncio.gather(*(_one(url, request, ends) for _ in range(connections)))
    took = time.perf_counter() - started
    durations = [duration for part in parts for duration in part]
    return Rate(len(durations) / took, statistics.quantiles(durations, n=100)[98] * 1000)


async def _one(url: str, request: bytes, ends: float) -> list[float]:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    durations = []
    while (before := time.perf_counter()) < ends:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(f"{url} answered {head.splitlines()[0].decode()}.")
        await reader.readexactly(_length(head))
        durations.append(time.perf_counter() - before)
    writer.close()
    return durations


def _request(url: str, headers: dict[str, str]) -> bytes:
    parts = urlsplit(url)
    lines = [f"GET {parts.path} HTTP/1.1", f"Host: {parts.netloc}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"\r\ncontent-length: ")
    return int(rest.partition(b"\r\n")[0])
