"""Makes .venv hold what the requirements say; a second call only compares hashes."""

import fcntl
import hashlib
import importlib.util
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"

# What each level installs; dev.txt has every pin of the other two (a test holds that).
LEVELS = {
    "run": ("requirements/run.txt", "requirements/build.txt"),
    "dev": ("requirements/dev.txt",),
}
# What an editable installation is made from.
PROJECT = ("pyproject.toml", "hatch_build.py")
# A richer level serves the poorer one too.
SERVED_BY = {"run": ("run", "dev"), "dev": ("dev",)}


class SetupError(Exception):
    """Nothing was set up; the sentence says what to do."""


def main(level: str) -> None:
    """Set up one level, one process at a time."""
    if _is_ready(level):
        return
    with _alone():
        if not _is_ready(level):
            _set_up(level)


def fingerprint(level: str, root: Path = ROOT) -> str:
    """Return one hash over every file that decides what the environment holds."""
    digest = hashlib.sha256()
    for name in (*LEVELS[level], *PROJECT):
        path = root / name
        digest.update(name.encode() + b"\0")
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()


def _is_ready(level: str) -> bool:
    return any(_holds(served) for served in SERVED_BY[level]) and _runs()


def _holds(level: str) -> bool:
    stamp = _stamp(level)
    return stamp.exists() and stamp.read_text("utf-8") == fingerprint(level)


def _stamp(level: str) -> Path:
    return VENV / f"commandpost-{level}.sha256"


def _runs() -> bool:
    """Say whether the environment's Python starts: the system may have moved on beneath it."""
    probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return (
            subprocess.run([PYTHON, "-c", probe], capture_output=True, check=False).returncode == 0
        )
    except OSError:
        return False


@contextmanager
def _alone() -> Iterator[None]:
    with (ROOT / "pyproject.toml").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _set_up(level: str) -> None:
    started = time.monotonic()
    if not _runs():
        _make_venv()
    _say(f"installing {' and '.join(LEVELS[level])}; this takes a minute when all is new")
    for name in LEVELS[level]:
        _pip("--require-hashes", "-r", name)
    _pip("--no-deps", "--no-build-isolation", "-e", ".")
    _stamp(level).write_text(fingerprint(level), "utf-8")
    _say(f".venv is ready after {time.monotonic() - started:.0f} s")


def _make_venv() -> None:
    if any(importlib.util.find_spec(name) is None for name in ("venv", "ensurepip")):
        package = f"python3.{sys.version_info.minor}-venv"
        msg = f"This Python has no venv: install it, for example by 'apt-get install {package}'."
        raise SetupError(msg)
    _say("making .venv")
    _call(sys.executable, "-m", "venv", "--clear", str(VENV))


def _pip(*arguments: str) -> None:
    quiet = ("-q", "--no-input", "--disable-pip-version-check", "--no-warn-script-location")
    _call(str(PYTHON), "-m", "pip", "install", *quiet, *arguments)


def _call(*command: str) -> None:
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        step = " ".join(command[1:4])
        msg = f"Set-up stopped at '{step}' for the reason above: mend it and call make again."
        raise SetupError(msg)


def _say(sentence: str) -> None:
    print(f"set-up: {sentence}", flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except SetupError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Set-up was interrupted; call make again to finish it.")
