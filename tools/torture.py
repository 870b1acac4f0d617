"""`make torture`: hours of what the tests do in seconds: kills, full disks, names and a fuzzer.

COMMANDPOST_KILL_ROUNDS (1,000), COMMANDPOST_DISK_ROUNDS (100), COMMANDPOST_FUZZ_SECONDS (600) and
COMMANDPOST_RATE_SECONDS (3,600) say how long. Arguments choose among the parts:
`make torture ARGS="kill fuzz"`.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FUZZER = ROOT / "requirements" / "torture.txt"
TARGETS = ("parser", "gzip", "log")
PIPELINE = "tests/commandpost_telemetry"
KILLS = (f"{PIPELINE}/collector/test_kill.py", f"{PIPELINE}/warehouse/test_kill.py")


def kill() -> bool:
    """Kill collector and loader at random moments under load."""
    return _tested(*KILLS, "-k", "kill_9 or killed", COMMANDPOST_KILL_ROUNDS="1000")


def disk() -> bool:
    """Let the disk be full at any size, and writes fail."""
    names = "full or fail or cannot or damaged or cut_short"
    return _tested(KILLS[0], f"{PIPELINE}/log", "-k", names, COMMANDPOST_DISK_ROUNDS="100")


def names() -> bool:
    """Load an event under each of 10,000 names, into a table of its own."""
    test = f"{PIPELINE}/warehouse/test_bad_days.py"
    return _tested(test, "-k", "event_names", COMMANDPOST_EVENT_NAMES="10000")


def fuzz() -> bool:
    """Run each target of the fuzzer; where it has no wheel, Hypothesis looks for as many cases."""
    with tempfile.TemporaryDirectory() as folder:
        pip = ("-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes")
        _called(*pip, "--target", folder, "-r", str(FUZZER))
        if not Path(folder, "atheris").is_dir():
            print("torture: atheris has no wheel for this Python; Hypothesis takes its place.")
            return _tested(f"{PIPELINE}/test_fuzz.py", "--hypothesis-profile", "torture")
        seconds = os.environ.get("COMMANDPOST_FUZZ_SECONDS", "600")
        module = "tests.commandpost_telemetry.fuzz"
        done = [_called("-m", module, each, seconds, PYTHONPATH=folder) for each in TARGETS]
    return all(done)


def rate() -> bool:
    """Send at full rate for an hour, and hold that the memory of the data plane stays the same."""
    return _called("-m", "bench.memory", os.environ.get("COMMANDPOST_RATE_SECONDS", "3600"))


PARTS = {"kill": kill, "disk": disk, "names": names, "fuzz": fuzz, "rate": rate}


def main(wanted: list[str]) -> int:
    """Run the parts, all of them unless some are named; say which failed."""
    failed = [name for name in wanted or PARTS if not PARTS[name]()]
    print(f"torture: {'failed: ' + ', '.join(failed) if failed else 'all of it was borne'}")
    return int(bool(failed))


def _tested(*arguments: str, **environment: str) -> bool:
    return _called("-m", "pytest", "-q", "-p", "no:randomly", *arguments, **environment)


def _called(*arguments: str, **environment: str) -> bool:
    known = environment | os.environ  # what the caller has set wins
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=known, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
