"""Runs every linter and drift check, two at a time, and shows all failures, not only the first."""

import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
PYTHON_FOLDERS = tuple(
    name for name in ("src", "tests", "bench", "tools", "migrations") if (ROOT / name).is_dir()
)
TEMPLATES = tuple(str(path.relative_to(ROOT)) for path in sorted(ROOT.glob("src/**/templates")))
WORDS = ("src", "tests", "bench", "tools", "docs", "README.md", "CONTRIBUTING.md", "pyproject.toml")


@dataclass(frozen=True)
class Check:
    """One command that must answer 0."""

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What one check said."""

    name: str
    passed: bool
    seconds: float
    output: str


# The slow ones first, so that two cores end together.
CHECKS = (
    Check("mypy", ("mypy", *(name for name in PYTHON_FOLDERS if name != "migrations"))),
    Check("lint-imports", ("lint-imports", "--no-logo")),
    Check("djlint --lint", ("djlint", "--quiet", "--lint", *TEMPLATES)),
    Check("djlint --check", ("djlint", "--check", *TEMPLATES)),
    Check("deptry", ("deptry", "src")),
    Check("migrate --check", ("commandpost", "migrate", "--check")),
    Check("words --check", ("python", "tools/words.py", "--check")),
    Check("docs --check", ("commandpost", "docs", "--check")),
    Check("pip check", ("python", "-m", "pip", "--disable-pip-version-check", "check")),
    Check("codespell", ("codespell", *WORDS)),
    Check("ruff format", ("ruff", "format", "--check", ".")),
    Check("ruff check", ("ruff", "check", "--output-format=concise", ".")),
)


def main(names: list[str]) -> int:
    """Run the checks, or those whose name starts with one of the given words."""
    checks = [check for check in CHECKS if not names or check.name.startswith(tuple(names))]
    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = list(pool.map(_run, checks))
    failed = [outcome.name for outcome in outcomes if not outcome.passed]
    print(
        f"{len(failed)} of {len(outcomes)} checks failed: {', '.join(failed)}"
        if failed
        else "all good"
    )
    return bool(failed)


def _run(check: Check) -> Outcome:
    program = shutil.which(check.command[0], path=str(BIN)) or check.command[0]
    started = time.monotonic()
    done = subprocess.run(
        [program, *check.command[1:]],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    outcome = Outcome(check.name, done.returncode == 0, time.monotonic() - started, done.stdout)
    _show(outcome)
    return outcome


def _show(outcome: Outcome) -> None:
    mark = "ok    " if outcome.passed else "FAILED"
    text = f"{mark} {outcome.name} ({outcome.seconds:.1f} s)"
    print(text if outcome.passed else f"{text}\n{outcome.output.rstrip()}\n", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
