"""The data plane as a process of its own, to be killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.commandpost_telemetry.collector.given import KEY

_PROGRAM = """
import resource
import sys

from commandpost_telemetry.collector.process import collect
from commandpost_telemetry.settings import Settings

if __name__ == "__main__":
    if len(sys.argv) > 2:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
    collect(Settings(), processes=int(sys.argv[1]), say=lambda line: print(line, flush=True))
"""


@dataclass(frozen=True, slots=True)
class Alone:
    address: str
    process: subprocess.Popen[str]

    def kill(self) -> None:
        """End all processes as a power cut would, as far as they can tell."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def kill_a_worker(self) -> None:
        """End one of several processes that share the port; it is followed by another."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        workers = [int(pid) for pid in path.read_text().split() if _is_worker(int(pid))]
        os.kill(workers[0], signal.SIGKILL)


@contextmanager
def a_process(
    folder: Path,
    *,
    processes: int = 1,
    largest_file: int | None = None,
    more: Mapping[str, str] | None = None,
) -> Iterator[Alone]:
    """Start, wait until it answers, and stop in the end if it still runs.

    Beyond `largest_file` bytes every write fails, as on a disk that is full.
    """
    limit = [] if largest_file is None else [str(largest_file)]
    program = folder / "alone.py"
    program.write_text(_PROGRAM)
    environment = os.environ | {
        "COMMANDPOST_DATA_DIR": str(folder),
        "COMMANDPOST_TELEMETRY_COLLECTOR_WRITE_KEYS": f'{{"ann": "{KEY}"}}',
        **(more or {}),
    }
    with (
        (folder / "alone.log").open("a") as log,
        subprocess.Popen(
            [sys.executable, str(program), str(processes), *limit],
            env=environment,
            start_new_session=True,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            ready, _, address = process.stdout.readline().strip().partition(" ")
            assert ready == "ready"
            yield Alone(address, process)
        finally:
            process.terminate()
            process.wait()


def _is_worker(pid: int) -> bool:
    # beside the workers runs a process that only looks after what they share
    return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
