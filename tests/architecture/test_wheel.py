"""What is installed from the wheel is all that the product needs at run time."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
PACKAGES = ("commandpost", "commandpost_telemetry", "mattermost_plugin")


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Return the names in a freshly built wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_holds_every_file_below_src(contents: set[str]) -> None:
    files = {
        path.relative_to(SRC).as_posix()
        for package in PACKAGES
        for path in (SRC / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert files - contents == set()


def test_the_wheel_holds_what_npm_brings(contents: set[str]) -> None:
    vendor = "commandpost/ui/static/vendor"

    assert {f"{vendor}/htmx.min.js", f"{vendor}/inter.css"} <= contents


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_says_that_it_is_typed(contents: set[str], package: str) -> None:
    assert f"{package}/py.typed" in contents
