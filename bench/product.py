"""The product as a process of its own, with demo data, for whoever measures it from outside."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

PATIENCE = 30.0
PROGRAM = Path(sys.executable).parent / "commandpost"


@dataclass(frozen=True)
class Product:
    """A running server and how to reach it."""

    url: str
    pid: int
    data_dir: Path
    start_seconds: float

    def token(self, username: str = "ann") -> str:
        """Return a new personal token."""
        return _output("token", "create", username, "--data-dir", str(self.data_dir))

    def memory_mib(self) -> float:
        """Return the resident memory of the process and its children."""
        return sum(_resident_kib(pid) for pid in _family(self.pid)) / 1024


@contextmanager
def running(*, demo: bool = True, cpu: int | None = None) -> Iterator[Product]:
    """Start `commandpost serve` on an empty folder and wait for its first answer."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_on(Path(folder), demo=demo, cpu=cpu) as product,
    ):
        yield product


@contextmanager
def running_on(folder: Path, *, demo: bool = True, cpu: int | None = None) -> Iterator[Product]:
    """Start it on a folder that may hold data already; on one core if one is named."""
    command = [str(PROGRAM), "serve", "--port", "0", "--data-dir", str(folder)]
    pinned = command if cpu is None else ["taskset", "-c", str(cpu), *command]
    started = time.monotonic()
    process = subprocess.Popen(
        [*pinned, "--demo"] if demo else pinned, stdout=subprocess.PIPE, text=True
    )
    try:
        url = _ready(process)
        yield Product(url, process.pid, folder, time.monotonic() - started)
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _ready(process: subprocess.Popen[str]) -> str:
    """Return the address once it answers."""
    for line in process.stdout or ():
        if line.startswith("ready "):
            url = line.split()[1]
            _first_answer(url)
            return url
    raise RuntimeError("The product ended before it was ready; what it said stands above.")


def _first_answer(url: str) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        try:
            httpx.get(f"{url}/health", timeout=1).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.01)
        else:
            return
    raise RuntimeError(f"{url} gave no answer for {PATIENCE:.0f} s.")


def _output(*arguments: str) -> str:
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split()
    return [pid, *(int(child) for child in children)]


def _resident_kib(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0
