"""What is committed names no registry and no machine, and the pins fit together."""

import json
import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ("dev.txt", "run.txt", "build.txt")
# Character classes keep this file from finding itself.
REGISTRIES = re.compile(
    r"pypi[.]org|python[h]osted|registry[.]npmjs|npmjs[.](?:org|com)|npm[m]irror|yarn[p]kg"
    r"|--(?:extra-)?index[-]url|--find[-]links|trusted[-]host"
)
MACHINES = re.compile(
    r"""(?:^|[\s"'`(=:])/(?:root|work|home/[a-z]+|Users|opt/wheels)[/]""", re.MULTILINE
)
NAME = re.compile(r"[A-Za-z0-9._-]+")
PIN = re.compile(r"^(?P<name>[a-z0-9.-]+)==(?P<version>[^ ;\\]+)", re.MULTILINE)
# The tool that compiles requirements tells uv to leave such addresses out.
MAY_NAME_OPTIONS = ("tools/lock.py",)


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Return every committed text file."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("no git here, so nobody knows which files are committed")
    listed = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607 - git from the path, as a developer has it
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
        for path in paths
        if path.is_file() and b"\0" not in path.read_bytes()
    }


def test_no_committed_file_names_a_registry(texts: dict[str, str]) -> None:
    found = found_by(REGISTRIES.search, texts)

    assert [name for name in found if name not in MAY_NAME_OPTIONS] == []


def test_no_committed_file_names_a_folder_of_a_machine(texts: dict[str, str]) -> None:
    assert found_by(MACHINES.search, texts) == []


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_requirements_name_no_address(name: str) -> None:
    assert re.findall(r".*://.*", (ROOT / "requirements" / name).read_text("utf-8")) == []


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_pin_has_a_hash(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text("utf-8")
    blocks = re.split(r"\n(?=[a-z0-9])", text)

    assert [block for block in blocks if "==" in block and "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("name", ["run.txt", "build.txt"])
def test_what_runs_is_what_was_tested(name: str) -> None:
    tested = pins("dev.txt")

    assert {package: tested.get(package) for package in pins(name)} == pins(name)


def test_every_dependency_of_the_product_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = {NAME.findall(line)[0].lower() for line in project["dependencies"]}

    assert names - set(pins("run.txt")) == set()


def test_the_lock_of_the_front_end_names_no_address() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))

    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []


@pytest.mark.parametrize(
    "line",
    ["https://files.python" + "hosted.org/x", "--index" + "-url x", "//registry.np" + "mjs.org"],
)
def test_a_registry_would_be_seen(line: str) -> None:
    assert REGISTRIES.search(line)


@pytest.mark.parametrize("line", ["/r" + "oot/x", 'open("/wo' + 'rk/x")', "=/ho" + "me/ann/x"])
def test_a_machine_would_be_seen(line: str) -> None:
    assert MACHINES.search(line)


def test_an_address_path_is_no_machine() -> None:
    paths = ("GET /api/v1/ho" + "me", "docs/wo" + "rk/x", "./roo" + "t/x")
    assert [path for path in paths if MACHINES.search(path)] == []


def found_by(search: Callable[[str], object], texts: dict[str, str]) -> list[str]:
    return sorted(name for name, text in texts.items() if search(text))


def pins(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / name).read_text("utf-8")
    return {match["name"]: match["version"] for match in PIN.finditer(text)}
