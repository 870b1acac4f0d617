"""Set-up does its work once for each state of the requirement files."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tools import setup

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder with the files that decide what the environment holds."""
    (tmp_path / "requirements").mkdir()
    for name in ("run", "build", "dev"):
        (tmp_path / "requirements" / f"{name}.txt").write_text(f"{name}==1\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    return tmp_path


def test_nothing_changed_means_nothing_to_do(project: Path) -> None:
    assert setup.fingerprint("dev", project) == setup.fingerprint("dev", project)


@pytest.mark.parametrize("name", ["requirements/dev.txt", "pyproject.toml", "hatch_build.py"])
def test_a_changed_file_means_set_up_again(project: Path, name: str) -> None:
    before = setup.fingerprint("dev", project)

    (project / name).write_text("changed\n")

    assert setup.fingerprint("dev", project) != before


def test_the_tools_of_developers_do_not_matter_to_who_only_runs_it(project: Path) -> None:
    before = setup.fingerprint("run", project)

    (project / "requirements" / "dev.txt").write_text("changed\n")

    assert setup.fingerprint("run", project) == before


def test_a_python_that_is_new_enough_is_found() -> None:
    done = find_python(os.environ["PATH"])

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip().startswith("python3")


def test_without_a_python_one_line_says_what_to_install(tmp_path: Path) -> None:
    done = find_python(str(tmp_path))

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "Commandpost needs Python 3.11 or newer and found no python3: "
        "install one, for example by 'apt-get install python3 python3-venv'.\n"
    )


def test_an_old_python_is_passed_over_for_a_newer_one(tmp_path: Path) -> None:
    program(tmp_path / "python3", "exit 1")
    program(tmp_path / "python3.12", "exit 0")

    assert find_python(str(tmp_path)).stdout == "python3.12\n"


def test_an_old_python_alone_is_named(tmp_path: Path) -> None:
    program(tmp_path / "python3", '[ "$1" = --version ] && echo Python 3.9.2')

    done = find_python(str(tmp_path))

    assert done.returncode == 1
    assert "found Python 3.9.2: install one" in done.stderr


def find_python(path: str) -> subprocess.CompletedProcess[str]:
    shell = shutil.which("sh") or "sh"
    return subprocess.run(
        [shell, str(ROOT / "tools" / "find-python")],
        env={"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def program(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
