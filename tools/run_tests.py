"""Runs the test-suite on four workers under the coverage gate, then on PostgreSQL what asks it.

Arguments go to pytest instead of all that.
"""

import os
import subprocess
import sys

from tools.browser import find_or_install_chromium

WORKERS = ("-n", "4", "--dist", "loadfile", "--no-loadscope-reorder")  # most wait for servers
REACHED = ("-p", "tests.architecture.reached")
COVERAGE = ("--cov", "--cov-report=term")
FOR_PEOPLE = ("--cov-report=html",)  # a machine reads the table alone
ON_POSTGRES = ("-n", "3", "--database=postgres", "--no-cov")  # these wait less


def main(arguments: list[str]) -> int:
    """Run pytest and return its exit code."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # every worker and server would compile anew
    chromium, reason = find_or_install_chromium()
    if chromium:
        os.environ["COMMANDPOST_CHROME"] = chromium
    elif os.environ.get("CI"):
        print(f"The browser tests can't run: {reason}.")
        return 1
    else:
        print(f"The browser tests are skipped: {reason}.")
    if arguments:
        return _pytest(*arguments)
    for_people = () if os.environ.get("CI") else FOR_PEOPLE
    first = _pytest(*WORKERS, *REACHED, *COVERAGE, *for_people)
    return _pytest(*WORKERS, *ON_POSTGRES) or first


def _pytest(*arguments: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *arguments], check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
