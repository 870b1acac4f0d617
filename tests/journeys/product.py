"""The product as people run it: its own process, its own folder, real HTTP."""

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PASSWORD = "correct horse battery staple"
START = 60.0  # seconds; far more than it takes
STOP = 20.0
UNMEASURED = {"COVERAGE_PROCESS_CONFIG": ""}  # who is killed could not tell what was covered
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Product:
    """Where it answers, where it keeps everything, and how its command lines are called."""

    url: str
    folder: Path
    said: tuple[str, ...] = ()  # what it printed before it was ready

    def run(self, program: str, *arguments: str) -> str:
        """Run a command of the product beside it and return what it printed."""
        done = subprocess.run(
            [str(Path(sys.executable).parent / program), *arguments],
            env=environment(self.folder),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=START,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def environment(folder: Path) -> dict[str, str]:
    """Return an environment in which nothing of this machine's settings is left."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("COMMANDPOST_") and name != "DO_NOT_TRACK"
    }
    return kept | {"COMMANDPOST_DATA_DIR": str(folder), "COMMANDPOST_DEMO_PASSWORD": PASSWORD}


@contextmanager
def served(folder: Path, *options: str, more: Mapping[str, str] | None = None) -> Iterator[Product]:
    """Start the product on a free port, with more settings, and wait until it says it is ready."""
    command = [sys.executable, "-m", "commandpost.cli", "serve", "--port", "0", *options]
    with subprocess.Popen(
        command,
        env=environment(folder) | dict(more or {}),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            *before, ready = said_until(process, ("ready ",))
            yield Product(ready.removeprefix("ready ").rstrip("/"), folder, tuple(before))
        finally:
            process.terminate()
            try:
                process.wait(STOP)
            except subprocess.TimeoutExpired:
                process.kill()


def said_until(process: "subprocess.Popen[str]", ready: tuple[str, ...]) -> list[str]:
    """Return the lines up to the one that says it is ready; what follows is read and dropped."""
    said: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_read, args=(process, said), daemon=True).start()
    heard: list[str] = []
    while not heard or heard[-1]:
        try:
            heard.append(said.get(timeout=START))
        except queue.Empty:
            break
        if heard[-1].startswith(ready):
            return heard
    raise AssertionError("The product did not start:\n" + "\n".join(heard))


def _read(process: "subprocess.Popen[str]", said: "queue.Queue[str]") -> None:
    assert process.stdout
    for line in process.stdout:
        said.put(line.strip())
    said.put("")
