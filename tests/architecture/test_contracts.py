"""Each import contract catches what it forbids: one violation is planted in a copy of the tree."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
VERDICT = re.compile(r"^(?P<name>.+?) (?P<verdict>KEPT|BROKEN)\b", re.MULTILINE)


@dataclass(frozen=True)
class Violation:
    """A line added to one file of the copy, and the contract that must not let it pass."""

    contract: str
    path: str
    line: str


VIOLATIONS = (
    Violation(
        "The pipeline never knows the application",
        "commandpost_telemetry/kit/planted.py",
        "import commandpost.kit.clock",
    ),
    Violation(
        "The application sees only the catalogue and the wire format",
        "commandpost/main.py",
        "import commandpost_telemetry.collector.web",
    ),
    Violation(
        "Features lean one way",
        "commandpost/kit/planted.py",
        "import commandpost.accounts.models",
    ),
    Violation("Features lean one way", "commandpost/outbox/planted.py", "import commandpost.live"),
    Violation("Features lean one way", "commandpost/planted/__init__.py", ""),
    Violation(
        "Inside a feature, imports point down",
        "commandpost/incidents/models.py",
        "import commandpost.incidents.queries",
    ),
    Violation(
        "Inside a feature, imports point down",
        "commandpost/incidents/api.py",
        "import commandpost.incidents.web",
    ),
    Violation(
        "Rules and the catalogue do no I/O",
        "commandpost/incidents/rules.py",
        "import sqlalchemy",
    ),
    Violation(
        "Rules and the catalogue do no I/O",
        "commandpost_telemetry/catalogue/planted.py",
        "import httpx",
    ),
    Violation(
        "Other features use actions, queries and rules, never each other's pages",
        "commandpost/incidents/actions.py",
        "import commandpost.chat.web",
    ),
    Violation(
        "The pipeline flows one way",
        "commandpost_telemetry/rudder/planted.py",
        "import commandpost_telemetry.log.entry",
    ),
    Violation("The pipeline flows one way", "commandpost_telemetry/planted.py", ""),
    Violation(
        "From the schema up, each room of the warehouse builds on those below",
        "commandpost_telemetry/warehouse/loading/planted.py",
        "import commandpost_telemetry.warehouse.syncing.sync",
    ),
    Violation(
        "From the schema up, each room of the warehouse builds on those below",
        "commandpost_telemetry/warehouse/planted.py",
        "",
    ),
    Violation(
        "No warehouse knows another",
        "commandpost_telemetry/warehouse/destinations/duckdb/planted.py",
        "import commandpost_telemetry.warehouse.destinations.postgres.session",
    ),
    Violation(
        "No import cycles among siblings",
        "commandpost/outbox/models.py",
        "import commandpost.outbox.record",
    ),
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the sources beside the real contracts."""
    ignored = shutil.ignore_patterns("__pycache__", "static", "templates")
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_sources_keep_every_contract(copy: Path) -> None:
    verdicts = lint(copy)

    assert set(verdicts.values()) == {"KEPT"}


@pytest.mark.parametrize("violation", VIOLATIONS, ids=lambda violation: violation.path)
def test_a_planted_violation_breaks_its_contract(copy: Path, violation: Violation) -> None:
    plant(copy / "src" / violation.path, violation.line)

    verdicts = lint(copy)

    assert verdicts[violation.contract] == "BROKEN"


def test_every_contract_has_a_planted_violation(copy: Path) -> None:
    assert {violation.contract for violation in VIOLATIONS} == set(lint(copy))


def plant(path: Path, line: str) -> None:
    """Add the line to the file, or to a folder's or package's file made for it."""
    if path.is_dir() or (not path.exists() and path.with_suffix("").is_dir()):
        path = path.with_suffix("") / "__init__.py"
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")


def lint(copy: Path) -> dict[str, str]:
    """Run import-linter on the copy and return each contract's verdict."""
    done = subprocess.run(
        [sys.executable, "-c", LINT],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy / "src"), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    verdicts = {match["name"]: match["verdict"] for match in VERDICT.finditer(done.stdout)}
    assert verdicts, done.stdout + done.stderr
    return verdicts
